"""Several threads at once on the same shared models."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import accelerate
import numpy as np
import pytest

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend, store
from nodeflow.backends.torch.loading import load
from nodeflow.values import Latent, LoraPatch, ModelRecipe

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),  # silenced outside of pytest; see `quiet`
]


def test_two_threads_with_different_stacks_give_what_each_gives_alone(
    lora: Callable[..., LoraPatch], pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any
) -> None:
    backend = TorchBackend("cpu")  # with nothing loaded, so that the threads also race to load
    request = request_for(steps=3)
    recipes = [pocket.with_patch(lora("flat")), pocket.with_patch(lora("high-contrast", 0.5)), pocket]

    def run(recipe: ModelRecipe) -> tuple[Latent, Any]:
        latent = backend.sample(recipe, request, make_monitor())
        return latent, backend.decode(recipe, latent, make_monitor()).pixels

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(run, recipes * 2))
    for recipe, (latent, pixels) in zip(recipes * 2, together, strict=True):
        alone, pixels_alone = run(recipe)
        np.testing.assert_array_equal(latent.samples, alone.samples)
        np.testing.assert_array_equal(pixels, pixels_alone)


def test_a_lora_is_put_on_while_another_thread_loads_a_model(
    *,
    lora: Callable[..., LoraPatch],
    pocket: ModelRecipe,
    request_for: Callable[..., Any],
    sample: Callable[..., Latent],
    make_monitor: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = TorchBackend("cpu")
    latent = own.sample(pocket, request_for(steps=1), make_monitor())
    loading = Event()

    def slow_load(*arguments: Any) -> Any:
        with accelerate.init_empty_weights():  # as diffusers does: every parameter made now has no value
            loading.set()
            time.sleep(0.5)
        return load(*arguments)

    monkeypatch.setattr(store, "load", slow_load)
    patched = pocket.with_patch(lora("flat"))
    with ThreadPoolExecutor(1) as pool:
        decoding = pool.submit(own.decode, pocket, latent, make_monitor())
        assert loading.wait(timeout=60)
        styled = own.sample(patched, request_for(steps=1), make_monitor())
        decoding.result(timeout=60)
    np.testing.assert_array_equal(styled.samples, sample(patched, steps=1).samples)


def test_prompts_are_encoded_from_many_threads(
    backend: TorchBackend, pocket: ModelRecipe, pocket_refiner: ModelRecipe, make_monitor: Any
) -> None:
    texts = [f"a {word} panda" for word in ("red", "green", "blue", "happy")]
    jobs = [(model, text) for text in texts for model in (pocket, pocket_refiner)]

    def run(job: tuple[ModelRecipe, str]) -> Any:
        return backend.encode_text(job[0], PromptRequest(job[1]), make_monitor()).pooled

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run, jobs))
    for job, pooled in zip(jobs, together, strict=True):
        np.testing.assert_array_equal(pooled, run(job))


def test_a_preview_may_be_looked_at_from_another_thread_while_sampling(
    backend: TorchBackend, pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any
) -> None:
    shapes = []

    with ThreadPoolExecutor(1) as pool:
        monitor = make_monitor()
        original = monitor.progress

        def progress(step: int, steps: int, preview: Any = None) -> None:
            original(step, steps, preview)
            shapes.append(pool.submit(preview).result(timeout=60).pixels.shape)  # while the UNet is locked

        monitor.progress = progress
        backend.sample(pocket, request_for(steps=2), monitor)
    assert shapes == [(1, 16, 16, 3)] * 2
