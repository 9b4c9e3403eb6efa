"""The formulas' shape, and, in the full tier, what a process really takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.hardware import KNOWN_SDXL, TILE, Dtype, Part, Request, Work, activation_bytes
from nodeflow.hardware.peaks import PROCESS_BYTES

ROOT = Path(__file__).parents[2]
sides = st.integers(1, 64).map(lambda n: n * 64)


@given(sides, sides, st.integers(1, 8))
def test_a_larger_picture_or_batch_never_takes_less(width: int, height: int, batch: int) -> None:
    small = Request(width, height, batch)
    for work in Work:
        for larger in (Request(width + 64, height, batch), Request(width, height, batch + 1)):
            assert activation_bytes(work, larger, Dtype.FP32) >= activation_bytes(work, small, Dtype.FP32)


@given(sides, sides)
def test_tiles_slices_and_fused_attention_never_take_more(width: int, height: int) -> None:
    request = Request(width, height)
    whole = activation_bytes(Work.DECODE, request, Dtype.FP32)
    unfused = activation_bytes(Work.DENOISE, request, Dtype.FP16, fused_attention=False)
    sliced = activation_bytes(Work.DENOISE, request, Dtype.FP16, fused_attention=False, sliced_attention=True)
    canvas = 3 * width * height * 2 * 4
    assert activation_bytes(Work.DECODE, request, Dtype.FP32, tile=TILE) <= whole + canvas
    assert activation_bytes(Work.DENOISE, request, Dtype.FP16) <= sliced <= unfused


def test_guidance_doubles_the_unets_work() -> None:
    guided = activation_bytes(Work.DENOISE, Request(), Dtype.FP32)
    assert guided == activation_bytes(Work.DENOISE, Request(batch=2, guided=False), Dtype.FP32)


def test_pictures_are_decoded_one_by_one() -> None:
    single, batch = (activation_bytes(Work.DECODE, Request(batch=n), Dtype.FP32) for n in (1, 8))
    assert single == batch


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells a process's peak")
def test_the_prediction_for_decoding_is_within_a_quarter_of_what_a_process_takes() -> None:
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "memory.py"),
        "--measure",
        "vae_decode",
        "512",
        "512",
        "1",
    ]
    seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    predicted = activation_bytes(Work.DECODE, Request(512, 512), Dtype.FP32)
    assert predicted == pytest.approx(seen["activations"], rel=0.25)
    (vae,) = (size for size in KNOWN_SDXL if size.part is Part.VAE)
    assert PROCESS_BYTES + vae.bytes_as(Dtype.FP32) == pytest.approx(seen["weights"], rel=0.25)
