"""Prompts that act in a part of the picture or of the run, and several that act together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import keeper
from nodeflow.backends.torch import TorchBackend, sampling
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.values import (
    Area,
    Conditioning,
    Curve,
    Latent,
    MaskedRegion,
    ModelRecipe,
    Moment,
    Scheduler,
    combined,
)

STEPS = 4
WHOLE = Area(0, 0, 1, 1, fractions=True, feather=0.3)
LEFT, RIGHT = Area(0, 0, 0.5, 1, fractions=True), Area(0.5, 0, 0.5, 1, fractions=True)
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def red(encode: Callable[..., Conditioning], pocket: ModelRecipe) -> Conditioning:
    return encode(pocket, "a red background")


@pytest.fixture(scope="module")
def blue(encode: Callable[..., Conditioning], pocket: ModelRecipe) -> Conditioning:
    return encode(pocket, "a blue background")


@pytest.fixture(scope="module")
def run(sample: Callable[..., Latent], empty: Callable[..., Latent]) -> Run:
    """Sample a small picture; gives its latents."""

    def samples(positive: Conditioning, **fields: Any) -> Any:
        request = {"latent": empty(64, 64), "steps": STEPS, **fields}
        return sample(positive=positive, **request).samples

    return samples


@pytest.fixture(scope="module")
def stepwise(sample: Callable[..., Latent], empty: Callable[..., Latent]) -> Callable[..., Any]:
    """Sample with a sampler for each step, each with a prompt of its own; gives the latents."""

    def samples(*prompts: Conditioning) -> Any:
        latent = empty(64, 64)
        for step, prompt in enumerate(prompts):
            latent = sample(positive=prompt, latent=latent, steps=len(prompts), end_step=step + 1)
        return latent.samples

    return samples


def left_half(height: int = 64, width: int = 64) -> MaskedRegion:
    mask = np.zeros((1, height, width), np.float32)
    mask[:, :, : width // 2] = 1
    return MaskedRegion(mask)


@pytest.mark.parametrize(
    "everywhere",
    [
        {"area": WHOLE},
        {"area": Area(0, 0, 64, 64)},
        {"area": Area(0, 0, 4096, 4096)},
        {"mask": MaskedRegion(np.ones((1, 5, 7), np.float32))},
        {"mask": MaskedRegion(np.ones((1, 64, 64), np.float32), cropped=True)},
        {"mask": MaskedRegion(np.full((1, 64, 64), 0.5, np.float32))},
        {"strength": 0.3},
        {"span": (0.0, 1.0)},
        {"attended": np.ones((1, 77), np.float32)},
    ],
    ids=str,
)
def test_acting_everywhere_and_always_changes_nothing(
    everywhere: dict[str, Any], run: Run, red: Conditioning
) -> None:
    found, plain = run(replace(red, **everywhere)), run(red)
    if everywhere.keys() & {"attended"} or "0.5" in str(everywhere):
        np.testing.assert_allclose(found, plain, atol=1e-4)
    else:
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize(
    "nowhere", [{"strength": 0.0}, {"mask": MaskedRegion(np.zeros((1, 64, 64), np.float32))}], ids=str
)
@pytest.mark.parametrize("with_other", [True, False])
def test_acting_nowhere_is_not_being_there(
    nowhere: dict[str, Any], *, with_other: bool, run: Run, red: Conditioning, blue: Conditioning
) -> None:
    off = replace(blue, **nowhere)
    if with_other:
        np.testing.assert_allclose(run(combined((red, off))), run(red), atol=1e-4)
    else:
        assert red.encoder_1 is not None
        zeros: dict[str, Any] = {
            "encoder_1": red.encoder_1 * 0,
            "encoder_2": red.encoder_2 * 0,
            "pooled": red.pooled * 0,
        }
        nothing = replace(red, **zeros)
        np.testing.assert_array_equal(run(off), run(nothing))


def test_a_prompt_with_itself_is_itself(run: Run, red: Conditioning) -> None:
    np.testing.assert_allclose(run(combined((red, red, red))), run(red), atol=1e-4)


def test_prompts_are_averaged_by_their_strengths(run: Run, red: Conditioning, blue: Conditioning) -> None:
    one_step = {"steps": 1, "guidance_scale": 1.0}
    found = run(combined((replace(red, strength=3.0), blue)), **one_step)
    np.testing.assert_allclose(found, run(red, **one_step) * 0.75 + run(blue, **one_step) * 0.25, atol=1e-4)


@pytest.mark.parametrize("guidance", [1.0, 5.0])
def test_halves_of_one_prompt_see_their_own_half(guidance: float, run: Run, red: Conditioning) -> None:
    """Each half is the picture of that half's noise; the model sees nothing beyond it."""
    both = combined((replace(red, area=LEFT), replace(red, area=RIGHT)))
    one_step = {"steps": 1, "guidance_scale": guidance}
    found, other = run(both, **one_step), run(combined((replace(red, area=LEFT),)), **one_step)
    np.testing.assert_allclose(found[..., :4], other[..., :4], atol=1e-4)
    assert np.abs(found - run(red, **one_step)).max() > 1e-3


def test_a_region_leaves_the_rest_as_it_was_but_for_what_the_model_carries_over(
    run: Run, red: Conditioning, blue: Conditioning, empty: Callable[..., Latent]
) -> None:
    """Beyond 16 pixels it changes less than half as much as inside; after one step, not at all."""
    base, region = red, replace(blue, mask=left_half(128, 128), strength=2.0)
    wide = {"latent": empty(128, 128)}
    one = np.abs(run(combined((base, region)), steps=1, **wide) - run(base, steps=1, **wide))
    assert one[..., 8:].max() < 1e-4
    assert one[..., :8].mean() > 1e-3
    change = np.abs(run(combined((base, region)), steps=8, **wide) - run(base, steps=8, **wide))
    assert change[..., 10:].mean() < 0.5 * change[..., :8].mean()


def test_a_range_is_what_two_samplers_one_after_the_other_give(
    run: Run, stepwise: Callable[..., Any], red: Conditioning, blue: Conditioning
) -> None:
    early, late = replace(red, span=(0.0, 0.5)), replace(blue, span=(0.5, 1.0))
    whole = stepwise(red, red, blue, blue)
    np.testing.assert_array_equal(run(combined((early, late))), whole)
    swapped = combined((replace(red, moments=(Moment(last=2),)), replace(blue, moments=(Moment(first=2),))))
    np.testing.assert_array_equal(run(swapped), whole)


def test_turns_are_what_a_sampler_for_each_step_gives(
    run: Run, stepwise: Callable[..., Any], red: Conditioning, blue: Conditioning
) -> None:
    turns = combined(tuple(replace(c, moments=(Moment(turn=i, turns=2),)) for i, c in enumerate((red, blue))))
    np.testing.assert_array_equal(run(turns), stepwise(red, blue, red, blue))


def test_a_negative_can_change_and_have_regions_too(run: Run, red: Conditioning, blue: Conditioning) -> None:
    plain = run(red, negative=blue)
    early = run(red, negative=replace(blue, span=(0.0, 0.5)))
    in_part = run(red, negative=replace(blue, area=LEFT))
    assert np.abs(early - plain).max() > 1e-3
    assert np.abs(in_part - plain).max() > 1e-3


def test_several_negatives_see_the_areas_of_the_positive_as_one_does(
    run: Run, red: Conditioning, blue: Conditioning
) -> None:
    """The same negative twice, here and there weaker, is that negative; seeing all, it would not be."""
    halves = combined((replace(red, area=LEFT), replace(blue, area=replace(RIGHT, left=0.25, width=0.75))))
    mask = MaskedRegion(np.tile(np.linspace(0, 1, 8, dtype=np.float32), (1, 8, 1)))
    twice = combined((blue, replace(blue, mask=mask)))
    np.testing.assert_allclose(run(halves, negative=twice), run(halves, negative=blue), atol=1e-4)


@pytest.fixture
def rows(backend: TorchBackend, pocket: ModelRecipe) -> Iterator[list[tuple[int, int]]]:
    """How many items each evaluation of the UNet had, and how wide they were."""
    found: list[tuple[int, int]] = []
    with backend.lease(pocket, Part.UNET) as lease:
        unet = lease[Part.UNET].module
    hook = unet.register_forward_pre_hook(
        lambda _, arguments: found.append((len(arguments[0]), arguments[0].shape[-1]))
    )
    yield found
    hook.remove()


def test_only_what_acts_is_evaluated(
    rows: list[tuple[int, int]], run: Run, red: Conditioning, blue: Conditioning
) -> None:
    run(combined((replace(red, span=(0.0, 0.5)), replace(blue, span=(0.5, 1.0)))))
    assert rows == [(2, 8)] * STEPS
    rows.clear()
    run(combined((replace(red, area=LEFT), replace(blue, area=RIGHT))))
    assert rows == [(2, 4), (2, 4)] * STEPS


@pytest.mark.parametrize("reuse_every", [1, 2])
def test_a_cut_off_run_goes_on_to_the_same_latents(
    *,
    reuse_every: int,
    run: Run,
    red: Conditioning,
    blue: Conditioning,
    make_monitor: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeper, "SECONDS", 0.0)
    original = sampling.sample
    monkeypatch.setattr(
        sampling, "sample", lambda *args, **kw: original(*args, **{**kw, "reuse_every": reuse_every})
    )
    given = combined((replace(red, area=LEFT), replace(blue, moments=(Moment(turn=1, turns=2),))))
    settings: dict[str, Any] = {"steps": 6, "scheduler": Scheduler.EULER_ANCESTRAL}
    watching = make_monitor(keeps_state=True)
    whole = run(given, monitor=watching, **settings)
    again = make_monitor(keeps_state=True)
    again.kept = watching.kept
    np.testing.assert_array_equal(run(given, monitor=again, **settings), whole)
    assert again.resumptions


def test_each_picture_of_a_batch_can_have_its_mask(
    run: Run, red: Conditioning, blue: Conditioning, empty: Callable[..., Latent]
) -> None:
    half = left_half().values
    masks = np.concatenate([half, 1 - half])
    found = run(combined((red, replace(blue, mask=MaskedRegion(masks)))), latent=empty(64, 64, batch=2))
    for item, mask in enumerate((half, 1 - half)):
        alone = run(combined((red, replace(blue, mask=MaskedRegion(mask)))), seed=7 + item)
        np.testing.assert_allclose(found[item], alone[0], atol=1e-3)


def test_works_with_a_curve_and_a_refiner(
    sample: Callable[..., Latent],
    empty: Callable[..., Latent],
    red: Conditioning,
    blue: Conditioning,
    pocket_refiner: ModelRecipe,
) -> None:
    given = combined((replace(red, area=LEFT, span=(0.0, 0.75)), replace(blue, area=RIGHT)))
    curve = Curve(((0, 6), (1, 1)))
    base = sample(positive=given, latent=empty(64, 64), steps=STEPS, guidance_curve=curve, end_step=2)
    finished = sample(pocket_refiner, positive=given, latent=base, steps=STEPS, guidance_curve=curve)
    assert np.isfinite(finished.samples).all()
    plain = sample(pocket_refiner, positive=red, latent=base, steps=STEPS, guidance_curve=curve)
    assert np.abs(finished.samples - plain.samples).max() > 1e-3


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"area": Area(64, 0, 32, 32)}, "positive: the area lies outside of the picture of 64 x 64 pixels"),
        (
            {"mask": MaskedRegion(np.ones((3, 8, 8), np.float32))},
            "positive: a prompt's region has 3 masks for a batch of 1",
        ),
    ],
)
def test_a_region_that_does_not_fit_is_named(
    limits: dict[str, Any], message: str, run: Run, red: Conditioning
) -> None:
    with pytest.raises(NodeFailed) as caught:
        run(replace(red, **limits))
    assert str(caught.value).startswith(message)


def test_masked_tokens_are_as_if_they_were_not_there(run: Run, red: Conditioning) -> None:
    attended = np.zeros((1, 77), np.float32)
    attended[:, :5] = 1
    assert red.encoder_1 is not None
    cut = replace(red, encoder_1=red.encoder_1[:, :5], encoder_2=red.encoder_2[:, :5])
    one = {"guidance_scale": 1.0}
    np.testing.assert_allclose(run(replace(red, attended=attended), **one), run(cut, **one), atol=1e-4)
    assert np.abs(run(cut, **one) - run(red, **one)).max() > 1e-3
