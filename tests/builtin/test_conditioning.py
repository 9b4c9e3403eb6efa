"""The nodes that mix prompts and say where and when they act, and prompts that change during a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.prompts import MOST_TEXTS, Syntax, Weighting
from nodeflow.values import Area, Conditioning, Mask, ModelRecipe, Moment, Prompt
from nodes.regions import AreaUnit

MODEL = ModelRecipe("test", Path("test"))


@pytest.fixture
def prompt(context: Context) -> Any:
    """Encode a prompt, and another one for the second encoder."""

    def encode(text: str, text_2: str | None = None, **options: Any) -> Conditioning:
        second = None if text_2 is None else Prompt(text_2)
        return nodes.text_encode(MODEL, Prompt(text), second, **options, context=context)

    return encode


def same(one: Conditioning, other: Conditioning) -> bool:
    pairs: list[tuple[Any, Any]] = [
        (one.encoder_1, other.encoder_1),
        (one.encoder_2, other.encoder_2),
        (one.pooled, other.pooled),
    ]
    return all(np.array_equal(left, right) for left, right in pairs if left is not None)


def test_a_prompt_that_changes_is_encoded_once_for_each_text(prompt: Any, context: Context) -> None:
    found = prompt("a [red|green|red] [cat:dog:0.5]")
    assert sum(call == "encode_text" for call in context.backend.calls) == 4  # type: ignore[attr-defined]
    texts = ("a red cat", "a green cat", "a red dog", "a green dog")
    assert all(same(one, prompt(text)) for one, text in zip(found.prompts, texts, strict=True))
    assert [sum(p.acts_at(step, 6) for p in found.prompts) for step in range(6)] == [1] * 6


def test_unset_weights_do_what_they_do_in_the_program_of_the_syntax(prompt: Any) -> None:
    compel, other = Syntax.COMPEL, Syntax.COMFYUI
    assert same(prompt("a", syntax=compel), prompt("a", syntax=compel, weighting=Weighting.COMPEL))
    assert not same(prompt("a", syntax=compel), prompt("a", syntax=compel, weighting=Weighting.FROM_EMPTY))
    assert same(prompt("a", syntax=other), prompt("a", syntax=other, weighting=Weighting.FROM_EMPTY))


def test_both_encoders_prompts_change_each_on_its_own(prompt: Any) -> None:
    found = prompt("[a:b:0.5]", "[c:d:4]")
    assert [p.moments for p in found.prompts] == [
        (Moment(0, 0.5, 0, 4),),
        (Moment(0, 0.5, 4),),
        (Moment(0.5, 1, 0, 4),),
        (Moment(0.5, 1, 4),),
    ]
    assert same(found.prompts[1], prompt("a", "d"))


def test_too_many_prompts_are_refused_with_the_input(prompt: Any) -> None:
    fractions = " ".join(f"[a:b{n}:0.{n:02}]" for n in range(1, 20))
    with pytest.raises(NodeFailed, match=f"^text_2: changes .* 400 prompts, more than {MOST_TEXTS}"):
        prompt(fractions, fractions.replace("0.", ""))


def test_combined_prompts_stay_apart(prompt: Any) -> None:
    one, two = prompt("a"), prompt("[b|c]")
    found = nodes.conditioning_combine([one, two, one])
    assert all(same(p, q) for p, q in zip(found.prompts, (one, *two.prompts, one), strict=True))
    assert all(not p.also for p in found.prompts)


def test_combined_prompts_weigh_what_is_listed_for_each(prompt: Any) -> None:
    changing = nodes.conditioning_set_area(prompt("[b|c]"), width=1.0, strength=3.0)
    found = nodes.conditioning_combine([prompt("a"), changing, prompt("d")], "1 0.5, 0")
    assert [p.strength for p in found.prompts] == [1.0, *[1.5] * len(changing.prompts), 0.0]
    plain = nodes.conditioning_combine([prompt("a"), changing])
    assert [p.strength for p in plain.prompts] == [1.0, *[3.0] * len(changing.prompts)]
    assert [p.strength for p in nodes.conditioning_combine([prompt("a")], " ").prompts] == [1.0]


def test_prompts_are_put_one_after_the_other(prompt: Any) -> None:
    one, two = prompt("a"), prompt("b")
    found = nodes.conditioning_concat([one, two])
    assert np.array_equal(found.encoder_2, np.concatenate([one.encoder_2, two.encoder_2], 1))
    firsts = [given.encoder_1 for given in (one, two) if given.encoder_1 is not None]
    assert found.encoder_1 is not None
    assert np.array_equal(found.encoder_1, np.concatenate(firsts, 1))
    assert not np.array_equal(*firsts)
    assert np.array_equal(found.pooled, one.pooled)


def test_of_prompts_one_after_the_other_each_keeps_its_padding(prompt: Any) -> None:
    masked = prompt("a").with_each(
        lambda given: replace(given, attended=np.zeros(given.encoder_2.shape[:2], np.float32))
    )
    found = nodes.conditioning_concat([prompt("b"), masked])
    assert found.attended is not None
    assert found.attended.tolist() == [
        [*[1] * prompt("b").encoder_2.shape[1], *[0] * masked.attended.shape[1]]
    ]


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_average_of_a_prompt_with_itself_is_itself(weight: float, prompt: Any) -> None:
    assert same(nodes.conditioning_average(prompt("a"), prompt("a"), weight), prompt("a"))


def test_the_average_is_the_formula_in_double_precision(prompt: Any) -> None:
    one, two = prompt("a"), prompt("b")
    found = nodes.conditioning_average(one, two, 0.3)
    exact = 0.3 * one.encoder_2.astype(np.float64) + 0.7 * two.encoder_2.astype(np.float64)
    np.testing.assert_allclose(found.encoder_2, exact, rtol=1e-6, atol=1e-7)
    assert same(nodes.conditioning_average(one, two, 1.0), one)
    assert same(nodes.conditioning_average(one, two, 0.0), two)


def test_the_shorter_of_two_averaged_prompts_is_repeated(prompt: Any) -> None:
    one, two = prompt("a"), prompt("b")
    found = nodes.conditioning_average(nodes.conditioning_concat([one, two]), two, 0.0)
    assert np.array_equal(found.encoder_2, np.concatenate([two.encoder_2] * 2, 1))


def test_prompts_that_change_are_averaged_at_each_moment(prompt: Any) -> None:
    found = nodes.conditioning_average(prompt("[a:b:0.5]"), prompt("[c:d:0.5]"), 0.25)
    pairs = (("a", "c"), ("b", "d"))
    for part, (one, two) in zip(found.prompts, pairs, strict=True):
        assert same(part, nodes.conditioning_average(prompt(one), prompt(two), 0.25))


def test_only_the_first_of_what_is_mixed_may_have_a_region(prompt: Any) -> None:
    limited = nodes.conditioning_set_area(prompt("a"))
    assert nodes.conditioning_average(limited, prompt("b")).area == limited.area
    with pytest.raises(NodeFailed, match=r"^other: only the first"):
        nodes.conditioning_average(prompt("b"), limited)
    with pytest.raises(NodeFailed, match=r"^conditionings: only the first"):
        nodes.conditioning_concat([prompt("b"), nodes.conditioning_combine([prompt("a"), prompt("c")])])


def test_a_bases_and_a_refiners_prompts_do_not_mix(prompt: Any) -> None:
    with pytest.raises(NodeFailed, match=r"^other: one is for a base model"):
        nodes.conditioning_average(prompt("b"), replace(prompt("a"), encoder_1=None))


def test_zeros_keep_where_and_when(prompt: Any) -> None:
    given = nodes.conditioning_set_area(prompt("[a|b]"))
    found = nodes.conditioning_zero_out(given.with_each(lambda prompt: replace(prompt, filler=prompt)))
    assert all(p.filler is None for p in found.prompts)
    assert [p.moments for p in found.prompts] == [p.moments for p in given.prompts]
    assert all(not p.encoder_2.any() and not p.pooled.any() and p.area for p in found.prompts)


def test_an_area_is_of_all_prompts_and_strengths_multiply(prompt: Any) -> None:
    given = nodes.conditioning_combine([prompt("a"), replace(prompt("b"), strength=0.5)])
    found = nodes.conditioning_set_area(given, 8, 16, 32, 64, unit=AreaUnit.PIXELS, strength=2, feather=0.1)
    assert {p.area for p in found.prompts} == {Area(8, 16, 32, 64, feather=0.1)}
    assert [p.strength for p in found.prompts] == [2.0, 1.0]


def test_a_mask_is_of_all_prompts(prompt: Any) -> None:
    mask = Mask(np.ones((1, 4, 4), np.float32))
    found = nodes.conditioning_set_mask(prompt("[a|b]"), mask, 0.5, crop=True, feather=0.2)
    regions = [(p.strength, p.mask.cropped, p.mask.feather) for p in found.prompts if p.mask is not None]
    assert regions == [(0.5, True, 0.2)] * 2


def test_a_range_within_a_range_is_what_both_have(prompt: Any) -> None:
    inner = nodes.conditioning_set_timestep_range(prompt("a"), 0.2, 0.6)
    assert nodes.conditioning_set_timestep_range(inner, 0.4, 0.9).span == (0.4, 0.6)
    assert nodes.conditioning_set_timestep_range(inner).span == inner.span


@pytest.mark.parametrize(
    ("node", "known", "message"),
    [
        (nodes.conditioning_set_area, {"unit": AreaUnit.FRACTIONS, "x": 1.5}, "x: 1.5 is no fraction"),
        (nodes.conditioning_set_area, {"unit": AreaUnit.PIXELS, "height": 1.0}, "height: 1 pixels are less"),
        (nodes.conditioning_set_timestep_range, {"start": 0.5, "end": 0.5}, "end: 0.5 is not after"),
    ],
)
def test_regions_that_cannot_be_are_known_before_a_run(node: Any, known: Any, message: str) -> None:
    with pytest.raises(NodeFailed, match=f"^{message}"):
        node.foresee(known)
    for name in known:  # what a heavy node is still to give
        node.foresee({other: known[other] for other in known if other != name})


def test_of_prompts_in_turn_some_may_be_over_before_a_range(prompt: Any) -> None:
    early = nodes.conditioning_set_timestep_range(prompt("a"), 0, 0.3)
    found = nodes.conditioning_set_timestep_range(nodes.conditioning_combine([early, prompt("b")]), 0.6)
    assert [sum(p.acts_at(step, 10) for step in range(10)) for p in found.prompts] == [0, 4]


def test_prompts_that_no_step_hears_are_said(
    prompt: Any, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(context, "warn", warnings.append)
    latent = nodes.empty_latent(64, 64)
    brief = nodes.conditioning_set_timestep_range(prompt("a"), 0.5, 0.51)
    off = nodes.conditioning_combine([prompt("b"), brief], "0 0")
    nodes.sampler(MODEL, prompt("[a:b:10]"), latent, brief, steps=8, context=context)
    nodes.sampler(MODEL, off, latent, steps=100, context=context)
    assert warnings == [
        "positive: of its 2 prompts, 1 gets none of the 8 steps",
        "negative: its prompt gets none of the 8 steps",
        "positive: all strengths are 0, which is as if there were no prompt",
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: nodes.conditioning_set_area(c, width=1.5), "width: 1.5 is no fraction of the picture"),
        (lambda c: nodes.conditioning_set_area(c, height=0), "height: the area has no extent"),
        (
            lambda c: nodes.conditioning_set_area(c, y=1),
            "y: an area that begins at 1, where the picture ends",
        ),
        (
            lambda c: nodes.conditioning_set_area(c, width=64, unit=AreaUnit.PIXELS),
            "height: 1 pixels are less than an area can have, 8",
        ),
        (lambda c: nodes.conditioning_set_timestep_range(c, 0.6, 0.4), "end: 0.4 is not after the start"),
        (
            lambda c: nodes.conditioning_set_timestep_range(
                nodes.conditioning_set_timestep_range(c, 0, 0.3), 0.6
            ),
            "conditioning: 0.6 to 1 has nothing of 0 to 0.3, to which the prompt is limited already",
        ),
        (lambda _: nodes.conditioning_combine([]), "conditionings: there is nothing to combine"),
        (lambda c: nodes.conditioning_combine([c, c], "1"), "weights: 1 number for 2 prompts"),
        (lambda c: nodes.conditioning_combine([c], "1 2 3"), "weights: 3 numbers for 1 prompt"),
        (lambda c: nodes.conditioning_combine([c, c], "1 x"), "weights: 'x' is not a number"),
        (lambda c: nodes.conditioning_combine([c, c], "1 nan"), "weights: 'nan' is not a number"),
        (lambda c: nodes.conditioning_combine([c, c], "1 -2"), "weights: must be from 0 to 100, not -2"),
        (lambda _: nodes.conditioning_concat([]), "conditionings: there is nothing to put together"),
    ],
)
def test_bad_values_are_one_clear_line(call: Any, message: str, prompt: Any) -> None:
    with pytest.raises(NodeFailed) as caught:
        call(prompt("a"))
    assert str(caught.value).startswith(message)
