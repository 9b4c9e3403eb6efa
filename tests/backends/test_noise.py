"""Noise: seeds and their variations, batches and their single pictures, as formulas say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.noise import Dice, slerp
from nodeflow.hardware import Arrangement, Dtype, Wishes, detect
from nodeflow.values import (
    DenoiseSteps,
    Latent,
    ModelRecipe,
    Noise,
    NoiseBatch,
    NoiseSource,
    Schedule,
    Scheduler,
    SigmaSpacing,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

Sample = Callable[..., Latent]
SHAPE = (3, 4, 8, 8)
CPU = torch.device("cpu")
WHOLE = Noise(batch=NoiseBatch.WHOLE_BATCH)


@pytest.fixture
def draw(request_for: Callable[..., Any]) -> Callable[..., torch.Tensor]:
    """Noise for a batch of three."""

    def run(seed: int = 5, **fields: Any) -> torch.Tensor:
        latent = Latent(np.zeros(SHAPE, np.float32), empty=True)
        request = request_for(latent=latent, seed=seed, noise=Noise(**fields))
        return Dice.of(request, CPU).start(SHAPE, torch.zeros(SHAPE))

    return run


def of_seed(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE[1:], generator=torch.Generator().manual_seed(seed))


def test_each_picture_has_the_noise_of_its_seed(draw: Callable[..., torch.Tensor]) -> None:
    expected = torch.stack([of_seed(2**64 - 1), of_seed(0), of_seed(1)])
    assert torch.equal(draw(2**64 - 1), expected)
    assert torch.equal(draw(2**64 - 1, source=NoiseSource.DEVICE), expected)  # which is the CPU here


def test_a_whole_batch_is_one_draw(draw: Callable[..., torch.Tensor]) -> None:
    expected = torch.randn(SHAPE, generator=torch.Generator().manual_seed(5))
    assert torch.equal(draw(batch=NoiseBatch.WHOLE_BATCH), expected)


def test_variations_turn_from_one_seed_to_others(draw: Callable[..., torch.Tensor]) -> None:
    one, others = of_seed(5), torch.stack([of_seed(seed) for seed in (90, 91, 92)])
    none, all_of_it = (draw(variation_seed=90, variation_strength=strength) for strength in (0.0, 1.0))
    assert torch.equal(none, one.expand(SHAPE))
    assert torch.equal(all_of_it, others)


class Drawn(TorchFunctionMode):
    """Notes in which precisions noise is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.precisions = set[torch.dtype]()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func is torch.randn:
            self.precisions.add(result.dtype)
        return result


@pytest.fixture(scope="module")
def half() -> Any:
    """A backend that computes in 16 bits."""
    wishes = Wishes(device="cpu", dtype=Dtype.BF16)
    return TorchBackend("cpu").arranged(Arrangement(detect(), wishes))


@pytest.mark.parametrize("scheduler", [Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_SDE, Scheduler.LCM])
def test_a_seeds_noise_is_the_same_in_any_precision(
    scheduler: Scheduler, half: Any, pocket: ModelRecipe, request_for: Callable[..., Any], monitor: Any
) -> None:
    """Asked for 16 bits, some versions of torch draw other numbers, so they are not asked."""
    noise = Noise(variation_seed=2, variation_strength=0.5)
    with Drawn() as drawn:
        half.sample(pocket, request_for(steps=2, scheduler=scheduler, noise=noise), monitor)
    assert drawn.precisions == {torch.float32}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_slerp_is_the_formula(share: float) -> None:
    low, high = of_seed(1)[None], of_seed(2)[None]
    a, b = low.numpy().ravel().astype(float), high.numpy().ravel().astype(float)
    angle = np.arccos(a @ b / np.sqrt((a @ a) * (b @ b)))
    expected = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    mixed = slerp(low, high, share).numpy().ravel()
    np.testing.assert_allclose(mixed, expected, atol=1e-6)
    assert 0.9 < mixed.std() < 1.1  # it is still noise; a plain mixture would lose up to a third
    torch.testing.assert_close(slerp(low, low, share), low)


@pytest.mark.parametrize("scheduler", [Scheduler.EULER, Scheduler.DPMPP_2M])
def test_full_variation_is_the_other_seeds_picture(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    def run(seed: int, **fields: Any) -> Any:
        noise = Noise(**fields)
        return sample(latent=empty(64, 64), seed=seed, noise=noise, scheduler=scheduler, steps=3).samples

    np.testing.assert_array_equal(run(1, variation_seed=2, variation_strength=1.0), run(2))
    np.testing.assert_array_equal(run(1, variation_seed=2, variation_strength=0.0), run(1))
    near, far = (run(1, variation_seed=2, variation_strength=strength) for strength in (0.05, 0.5))
    assert 0 < np.abs(near - run(1)).mean() < np.abs(far - run(1)).mean()


@pytest.mark.parametrize(
    "scheduler",
    [
        Scheduler.EULER_ANCESTRAL,
        Scheduler.DPMPP_SDE,
        pytest.param(Scheduler.DPMPP_2M_SDE, marks=pytest.mark.full),
        pytest.param(Scheduler.SA_SOLVER, marks=pytest.mark.full),
    ],
)
def test_variations_keep_what_solvers_draw_on_the_way(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    """The first noise turns towards the other seed; what is drawn later stays that of the sampler's seed."""

    def run(strength: float | None, batch: int = 1, latent: Latent | None = None, **fields: Any) -> Latent:
        noise = Noise() if strength is None else Noise(variation_seed=2, variation_strength=strength)
        start = latent or empty(64, 64, batch=batch)
        return sample(latent=start, seed=1, noise=noise, scheduler=scheduler, steps=4, **fields)

    plain, none, near, far = (run(strength).samples for strength in (None, 0.0, 0.05, 0.5))
    np.testing.assert_array_equal(none, plain)
    assert 0 < np.abs(near - plain).mean() < np.abs(far - plain).mean()
    both = run(0.5, batch=2)
    assert both.seeds == (1, 1)
    np.testing.assert_allclose(both.samples[0], far[0], atol=1e-3)
    np.testing.assert_array_equal(run(0.5, latent=run(0.5, end_step=2)).samples, far)


@pytest.mark.parametrize("scheduler", [Scheduler.DPMPP_SDE, Scheduler.SA_SOLVER])
def test_an_item_of_a_batch_equals_its_single_run(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    batch = sample(latent=empty(64, 64, batch=2), seed=5, scheduler=scheduler, steps=4)
    for i in range(2):
        single = sample(latent=empty(64, 64), seed=5 + i, scheduler=scheduler, steps=4)
        np.testing.assert_allclose(batch.samples[i], single.samples[0], atol=1e-3)


@pytest.mark.parametrize("scheduler", [Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_SDE])
def test_a_whole_batch_that_is_cut_equals_one_run(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    fields: dict[str, Any] = {"scheduler": scheduler, "noise": WHOLE, "steps": 4}
    whole = sample(latent=empty(64, 64, batch=2), **fields)
    assert whole.seeds == (7, 7)
    first = sample(latent=empty(64, 64, batch=2), end_step=2, **fields)
    np.testing.assert_array_equal(sample(latent=first, **fields).samples, whole.samples)


@pytest.mark.parametrize("denoise", [0.5, 0.3])
def test_all_steps_are_the_last_of_a_longer_schedule(denoise: float, sample: Sample) -> None:
    """ComfyUI's rule: the levels of int(steps / denoise) steps, of which the last ones run."""
    clean = Latent(np.random.default_rng(0).standard_normal((1, 4, 8, 8), np.float32))
    schedule = Schedule(SigmaSpacing.KARRAS, denoise_steps=DenoiseSteps.ALL)
    ours = sample(latent=clean, steps=4, denoise=denoise, schedule=schedule)
    total = int(4 / denoise)
    longer = sample(latent=clean, steps=total, start_step=total - 4, schedule=Schedule(SigmaSpacing.KARRAS))
    np.testing.assert_array_equal(ours.samples, longer.samples)


def test_all_steps_of_nothing_change_nothing(sample: Sample, monitor: Any) -> None:
    clean = Latent(np.ones((1, 4, 8, 8), np.float32))
    schedule = Schedule(denoise_steps=DenoiseSteps.ALL)
    np.testing.assert_array_equal(
        sample(latent=clean, denoise=0.0, schedule=schedule, monitor=monitor).samples, clean.samples
    )
