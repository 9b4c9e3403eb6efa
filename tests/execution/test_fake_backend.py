"""The fake backend keeps the rules of a real one."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import Backend, PromptRequest, SampleRequest
from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import Cancelled
from nodeflow.node import Context
from nodeflow.values import Conditioning, Curve, Image, Latent, LoraPatch, ModelRecipe, Scheduler

MODEL = ModelRecipe("model", Path("model"))
EMPTY = Latent(np.zeros((2, 4, 3, 5), np.float32), empty=True)


def encode(text: str, model: ModelRecipe = MODEL) -> Conditioning:
    return FakeBackend().encode_text(model, PromptRequest(text), Context())


def request_for(**fields: Any) -> SampleRequest:
    defaults: dict[str, Any] = {"latent": EMPTY, "positive": encode("a"), "negative": None, "seed": 3}
    settings = {"steps": 4, "guidance_scale": 5.0, "scheduler": Scheduler.EULER}
    return SampleRequest(**{**defaults, **settings, **fields})


def sample(model: ModelRecipe = MODEL, **fields: Any) -> Any:
    return FakeBackend().sample(model, request_for(**fields), Context()).samples


def test_it_is_a_backend() -> None:
    backend: Backend = FakeBackend()
    assert backend.name == "fake"


def test_prompt_and_loras_change_the_conditioning() -> None:
    patched = MODEL.with_patch(LoraPatch("l", Path("l")))
    conditionings = [encode("a"), encode("b"), encode("a", patched), encode("a")]
    found = {conditioning.pooled.tobytes() for conditioning in conditionings}
    assert len(found) == 3


@pytest.mark.parametrize(
    "change",
    [{"seed": 4}, {"positive": encode("b")}, {"negative": encode("b")}, {"guidance_scale": 6.0}],
)
def test_what_matters_changes_the_picture(change: dict[str, Any]) -> None:
    np.testing.assert_array_equal(sample(), sample())
    assert np.abs(sample() - sample(**change)).max() > 0.01


def test_unet_lora_changes_the_picture_and_one_of_weight_0_does_not() -> None:
    off, on = (MODEL.with_patch(LoraPatch("l", Path("l"), weight)) for weight in (0.0, 1.0))
    np.testing.assert_array_equal(sample(off), sample())
    assert np.abs(sample(on) - sample()).max() > 0.01


def test_item_of_a_batch_equals_its_single_run() -> None:
    single = sample(seed=4, latent=replace(EMPTY, samples=EMPTY.samples[:1]))
    np.testing.assert_array_equal(sample(seed=3)[1:], single)


def test_stopping_and_going_on_equals_one_run() -> None:
    first = FakeBackend().sample(MODEL, request_for(end_step=3), Context())
    np.testing.assert_allclose(sample(latent=first), sample(), atol=1e-6)


def test_a_level_guidance_curve_is_a_guidance_scale() -> None:
    np.testing.assert_array_equal(sample(guidance_scale=1, guidance_curve=Curve.constant(5)), sample())


def test_a_guidance_curve_changes_the_picture_at_every_step() -> None:
    curves = [Curve(((0, 5), (0.3, 5), (0.5, other), (1, 5))) for other in (5, 6, 7)]
    pictures = [sample(guidance_curve=curve).tobytes() for curve in curves]
    assert len(set(pictures)) == 3
    assert pictures[0] == sample().tobytes()


def test_stopping_and_going_on_along_a_curve_equals_one_run() -> None:
    curve = Curve(((0, 8), (1, 2)))
    first = FakeBackend().sample(MODEL, request_for(end_step=3, guidance_curve=curve), Context())
    whole = sample(guidance_curve=curve)
    np.testing.assert_allclose(sample(latent=first, guidance_curve=curve), whole, atol=1e-6)


def test_denoise_says_how_much_of_a_picture_is_redone() -> None:
    given = Latent(np.full((1, 4, 2, 2), 9, np.float32))
    distances = [np.abs(sample(latent=given, denoise=d, end_step=3) - 9).mean() for d in (0.25, 0.5, 1.0)]
    assert distances == sorted(distances)
    np.testing.assert_array_equal(sample(latent=given, denoise=0.0), given.samples)


def test_decoding_inverts_encoding() -> None:
    pixels = np.random.default_rng(0).random((2, 3, 4, 3), np.float32).repeat(8, 1).repeat(8, 2)
    backend = FakeBackend()
    latent = backend.encode_image(MODEL, Image(pixels), Context())
    assert latent.samples.shape == (2, 4, 3, 4)
    np.testing.assert_allclose(backend.decode(MODEL, latent, Context()).pixels, pixels, atol=1e-6)


def test_step_can_fail_and_can_be_cancelled() -> None:
    steps: list[tuple[str, int]] = []

    def fail_at_3(call: str, step: int) -> None:
        steps.append((call, step))
        if step == 3:
            raise MemoryError

    with pytest.raises(MemoryError):
        FakeBackend(on_step=fail_at_3).sample(MODEL, request_for(), Context())
    assert steps == [("sample", 1), ("sample", 2), ("sample", 3)]

    class Impatient(Context):
        def raise_if_cancelled(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        FakeBackend().decode(MODEL, EMPTY, Impatient())


def test_delay_takes_time_at_every_step() -> None:
    began = time.monotonic()
    FakeBackend(delay=0.01).sample(MODEL, request_for(), Context())
    assert time.monotonic() - began >= 0.04


def test_numbers_are_the_same_in_every_process() -> None:
    code = """
from pathlib import Path
from nodeflow.backends import PromptRequest
from nodeflow.backends.fake import FakeBackend
from nodeflow.node import Context
from nodeflow.values import ModelRecipe
model = ModelRecipe("model", Path("model"))
print(FakeBackend().encode_text(model, PromptRequest("a"), Context()).pooled.tobytes().hex())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == encode("a").pooled.tobytes().hex()
