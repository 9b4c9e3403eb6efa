"""The benchmark for accelerators, as far as a CPU goes: models paint, and no part takes the rest with it."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import accelerator
from benchmarks.accelerator import run_part
from benchmarks.accelerator_bench import TINY, Bench, Wanted
from benchmarks.random_model import TINY as TINY_CONFIGS
from benchmarks.random_model import write_model
from nodeflow.backends.torch import TorchBackend
from nodeflow.hardware import Part, Wishes

SHALLOW = {
    **TINY_CONFIGS,
    Part.TEXT_ENCODER: {**TINY_CONFIGS[Part.TEXT_ENCODER], "num_hidden_layers": 2},
    Part.TEXT_ENCODER_2: {**TINY_CONFIGS[Part.TEXT_ENCODER_2], "num_hidden_layers": 2},
    Part.UNET: {**TINY_CONFIGS[Part.UNET], "transformer_layers_per_block": [1, 1, 1]},
}

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4


def test_a_random_model_paints_by_the_programs_own_way(tmp_path: Path) -> None:
    write_model(tmp_path / "checkpoints" / TINY, SHALLOW, half=True)
    made = Bench(tmp_path, "cpu").make(Wanted(size=64, steps=1), Wishes(device="cpu"), TorchBackend("cpu"))
    assert made.pixels.shape == (64, 64, 3)
    assert np.isfinite(made.pixels).all()
    assert made.pixels.std() > 1


def test_what_fails_or_lasts_too_long_keeps_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Bench) -> Iterator[tuple[str, ...]]:
        yield ("found",)
        raise RuntimeError("lost")

    def lasts(_: Bench) -> Iterator[tuple[str, ...]]:
        yield ("found",)
        time.sleep(60)

    for name, run, failure in (("fails", fails, "lost"), ("lasts", lasts, "took longer")):
        monkeypatch.setitem(accelerator.PARTS, name, accelerator.Part("Title", ("row",), run, 60))
        table = run_part(name, Bench(tmp_path, "cpu"), None, 0.2)
        assert table.rows == [("found",)]
        assert failure in table.failure
        assert "| found |" in accelerator.report([table], "cpu")
