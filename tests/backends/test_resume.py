"""A run that was cut off goes on where it was, to the very latents of an undisturbed one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

import nodeflow
from nodeflow.backends import Preview, SampleRequest, keeper
from nodeflow.backends.pieces import Piece
from nodeflow.backends.torch import sampling
from nodeflow.backends.torch.guiders import make_guider
from nodeflow.backends.torch.packing import pack, unpack
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.errors import Cancelled
from nodeflow.values import Conditioning, Image, Latent, ModelPart, Scheduler

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

UNET = Path(nodeflow.__file__).parent / "bundled" / "models" / "checkpoints" / "pocket" / "unet"
STEPS = 5
EMPTY = Latent(np.zeros((1, 4, 8, 8), np.float32), empty=True)
CLEAN = Latent(np.random.default_rng(3).standard_normal((1, 4, 8, 8), dtype=np.float32))
PAIR = Latent(np.zeros((2, 4, 8, 8), np.float32), empty=True)


class MemoryFile:
    """A state file in memory, with everything that was saved into it."""

    def __init__(self, state: bytes | None = None) -> None:
        self.states = [] if state is None else [state]
        self.went_on: list[tuple[int, int]] = []

    def load(self) -> bytes | None:
        return self.states[-1] if self.states else None

    def save(self, state: bytes) -> None:
        self.states.append(state)

    def resumed(self, step: int, steps: int) -> None:
        self.went_on.append((step, steps))


@dataclass
class Watcher:
    """Cancels at the `cancel_at`-th question whether to go on, counted from 1."""

    state: MemoryFile | None = None
    cancel_at: int | None = None
    asked: int = 0
    steps: list[tuple[int, int]] = field(default_factory=list)

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        self.steps.append((step, steps))

    def raise_if_cancelled(self) -> None:
        self.asked += 1
        if self.asked == self.cancel_at:
            raise Cancelled

    def warn(self, message: str) -> None: ...

    def deviate(self, part: ModelPart, **facts: str) -> None: ...


@pytest.fixture(scope="module")
def unet() -> Any:
    return diffusers.UNet2DConditionModel.from_pretrained(UNET).eval()


def no_preview(latents: torch.Tensor) -> Image:
    raise AssertionError("nobody looks")


Run = Callable[..., np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def run(unet: Any) -> Run:
    """Sample; gives the latents. Keywords override the request's fields."""
    config = json.loads((UNET.parent / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    random = torch.Generator().manual_seed(1)
    width = unet.config.cross_attention_dim
    hidden, pooled = torch.randn(2, 7, width, generator=random), torch.randn(2, 96, generator=random)
    ids = torch.full((1, 6), 64.0)
    pieces = (Piece(hidden[i : i + 1], pooled[i : i + 1], ids) for i in range(2))
    sides = {name: (piece,) for name, piece in zip(("negative", "positive"), pieces, strict=True)}
    prompt = Conditioning(None, np.zeros((1, 7, 1), np.float32), np.zeros((1, 1), np.float32))

    def sample(watcher: Watcher | None = None, reuse_every: int = 1, **fields: Any) -> Any:
        request = SampleRequest(EMPTY, prompt, None, 7, STEPS, 5.0, Scheduler.EULER)
        request = replace(request, **fields)
        scheduler = make_scheduler(request.scheduler, config, request.steps, torch.device("cpu"))
        return sampling.sample(
            unet,
            scheduler,
            lambda _: sides,
            make_guider(request, unet),
            request,
            monitor=watcher or Watcher(),
            previewer=no_preview,
            reuse_every=reuse_every,
        ).samples

    return sample


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save after every step."""
    monkeypatch.setattr(keeper, "SECONDS", 0.0)


def check_every_state(run: Run, *, boundaries: int) -> None:
    """Going on from each state that a run saved gives its latents."""
    file = MemoryFile()
    whole = run(Watcher(file))
    assert len(file.states) == boundaries
    for saved in file.states:
        again = MemoryFile(saved)
        watcher = Watcher(again)
        np.testing.assert_array_equal(run(watcher), whole)
        done, steps = again.went_on[0]
        assert watcher.steps == [(step, steps) for step in range(done + 1, steps + 1)]


QUICK = (Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_3M_SDE, Scheduler.UNIPC, Scheduler.KDPM2_ANCESTRAL)
EVALUATED_TWICE = (Scheduler.HEUN, Scheduler.KDPM2, Scheduler.KDPM2_ANCESTRAL, Scheduler.DPMPP_SDE)
"""Those that ask the UNet twice in a step."""
SCHEDULERS = [pytest.param(s, marks=() if s in QUICK else pytest.mark.full) for s in Scheduler]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_goes_on_from_every_step(scheduler: Scheduler, run: Run) -> None:
    check_every_state(partial(run, scheduler=scheduler), boundaries=STEPS - 1)


@pytest.mark.full
@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("scheduler", Scheduler)
@pytest.mark.parametrize(
    ("fields", "boundaries"),
    [
        ({"end_step": 4}, 3),
        ({"latent": CLEAN, "denoise": 0.8}, 3),
        ({"latent": PAIR}, 4),
        ({"reuse_every": 2, "latent": PAIR}, None),
    ],
    ids=["hand over", "img2img", "batch", "step caching"],
)
def test_every_kind_of_run_goes_on(
    scheduler: Scheduler, fields: dict[str, Any], boundaries: int | None, run: Run
) -> None:
    if boundaries is None:  # between two steps, where the next evaluation is full
        boundaries = 4 if scheduler in EVALUATED_TWICE else 3
    check_every_state(partial(run, scheduler=scheduler, **fields), boundaries=boundaries)


@pytest.mark.usefixtures("always")
def test_a_handed_over_batch_of_pictures_with_step_caching_goes_on(run: Run) -> None:
    clean = Latent(np.concatenate([CLEAN.samples, -CLEAN.samples]))
    fields = {"latent": clean, "start_step": 1, "end_step": 6, "steps": 8, "reuse_every": 2}
    check_every_state(partial(run, scheduler=Scheduler.DPMPP_2M_SDE, **fields), boundaries=3)


@pytest.mark.parametrize("reuse_every", [1, 2])
def test_a_run_cancelled_inside_a_step_goes_on(reuse_every: int, run: Run) -> None:
    sample = partial(run, scheduler=Scheduler.DPMPP_2M, reuse_every=reuse_every)
    counter = Watcher()
    whole = sample(counter)
    file = MemoryFile()
    for cancel_at in count(counter.asked // 3, counter.asked // 4):  # again and again, at other places
        watcher = Watcher(file, cancel_at)
        try:
            samples = sample(watcher)
        except Cancelled:
            continue
        break
    assert file.went_on
    np.testing.assert_array_equal(samples, whole)


def test_a_quick_run_saves_nothing(run: Run) -> None:
    file = MemoryFile()
    run(Watcher(file))
    assert file.states == []


def test_a_run_cancelled_in_its_first_step_saves_nothing(run: Run) -> None:
    file = MemoryFile()
    with pytest.raises(Cancelled):
        run(Watcher(file, cancel_at=3))
    assert file.states == []


def test_what_was_saved_in_time_is_not_saved_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(keeper, "SECONDS", 2.0)
    file = MemoryFile()
    run(Watcher(file), steps=9)
    assert 0 < len(file.states) < 8


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    "other",
    [
        {"scheduler": Scheduler.DDIM},
        {"steps": 6},
        {"end_step": 4},
        {"latent": PAIR},
        {"seed": 8},
        {"reuse_every": 2},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_state_of_another_run_is_ignored(other: dict[str, Any], run: Run) -> None:
    file = MemoryFile()
    run(Watcher(file))
    again = MemoryFile(file.states[0])
    np.testing.assert_array_equal(run(Watcher(again), **other), run(**other))
    assert again.went_on == []


@pytest.mark.usefixtures("always")
def test_a_damaged_state_is_ignored(run: Run) -> None:
    steps = 2
    file = MemoryFile()
    whole = run(Watcher(file), steps=steps)
    (good,) = file.states
    tree = unpack(good)
    damaged = [
        b"",
        b"no state",
        good[:100],
        good[:-1],
        good.replace(b'"float32"', b'"float99"').replace(b"F32", b"F99"),
        pack({}),
        pack({**tree, "generators": [torch.zeros(3)]}),
        pack({**tree, "generators": []}),
        pack({**tree, "step": steps}),
        pack({**tree, "step": "1"}),
        pack({**tree, "latents": torch.zeros(1)}),
        pack({**tree, "memory": {"scheduler": {"step": 1}, "guider": {}}}),
        pack({**tree, "memory": {"scheduler": {}, "guider": {"average": 1}}}),
        pack({**tree, "memory": {"scheduler": 1, "guider": {}}}),
        pack({**tree, "memory": 1}),
    ]
    for data in damaged:
        again = MemoryFile(data)
        np.testing.assert_array_equal(run(Watcher(again), steps=steps), whole)
        assert again.went_on == []


def test_packing_keeps_every_kind_of_value() -> None:
    half = torch.tensor([1.5, float("inf")], dtype=torch.bfloat16)
    tree: dict[str, Any] = {"a": [None, True, 1, 0.1, "x", half, half], "b": {"scalar": torch.tensor(2)}}
    again = unpack(pack(tree))
    assert again["a"][:5] == tree["a"][:5]
    assert again["a"][5].dtype == torch.bfloat16
    assert torch.equal(again["a"][6], half)
    assert torch.equal(again["b"]["scalar"], torch.tensor(2))
    with pytest.raises(TypeError, match="set"):
        pack({"a": {1}})
