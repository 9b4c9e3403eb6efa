"""Sides of several pieces: each place gets the pieces' predictions by their shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch.testing import assert_close

from nodeflow.backends.pieces import Piece, Side, Window
from nodeflow.backends.torch.predicting import Predictor
from nodeflow.backends.torch.reuse import Rhythm, StepCache

LATENTS = torch.arange(2 * 4 * 6 * 8, dtype=torch.float32).reshape(2, 4, 6, 8)
T = torch.tensor(500.0)


class Unet:
    """Predicts its input plus what it is told; notes the shapes of its inputs, and of what it was told."""

    up_blocks = ()

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[int, ...], int]] = []
        self.masks: list[torch.Tensor | None] = []

    def __call__(
        self,
        latents: torch.Tensor,
        t: torch.Tensor,
        *,
        encoder_hidden_states: torch.Tensor,
        encoder_attention_mask: torch.Tensor | None,
        added_cond_kwargs: Mapping[str, torch.Tensor],
        return_dict: bool,
    ) -> tuple[torch.Tensor]:
        assert t is T
        assert not return_dict
        assert {len(rows) for rows in added_cond_kwargs.values()} == {len(latents)}
        self.masks.append(encoder_attention_mask)
        self.calls.append((tuple(latents.shape), encoder_hidden_states.shape[1]))
        return (latents + encoder_hidden_states.mean(dim=(1, 2))[:, None, None, None],)


def piece(told: float, *, tokens: int = 2, **fields: Any) -> Piece:
    return Piece(torch.full((1, tokens, 3), float(told)), torch.zeros(1, 3), torch.zeros(1, 6), **fields)


def predict(unet: Unet, *sides: Side) -> tuple[torch.Tensor, ...]:
    named = {str(number): side for number, side in enumerate(sides)}
    cache = StepCache(unet, Rhythm(every=1, closing=0))
    return Predictor(unet, cache).at(0, LATENTS, T, named)(*named)


def test_two_sides_of_one_piece_share_a_batch() -> None:
    unet = Unet()
    one, other = predict(unet, (piece(1),), (piece(2),))
    assert unet.calls == [((4, 4, 6, 8), 2)]
    assert torch.equal(one, LATENTS + 1)
    assert torch.equal(other, LATENTS + 2)


def test_no_batch_has_more_than_two_pieces_and_each_is_evaluated_once() -> None:
    unet, shared = Unet(), piece(3)
    predict(unet, (piece(1), shared), (piece(2), shared), (shared,))
    assert [rows for (rows, *_), _ in unet.calls] == [4, 2]


def test_shares_are_scaled_to_a_sum_of_1() -> None:
    (found,) = predict(Unet(), (piece(1, weight=3.0), piece(5, weight=1.0)))
    assert_close(found, LATENTS + 2)


def test_shares_may_differ_from_place_to_place() -> None:
    weight = torch.zeros(1, 1, 6, 8)
    weight[..., 4:] = 3
    (found,) = predict(Unet(), (piece(0), piece(4, weight=weight)))
    assert torch.equal(found[..., :4], LATENTS[..., :4])
    assert_close(found[..., 4:], LATENTS[..., 4:] + 3)


def test_an_area_is_evaluated_alone_and_leaves_the_rest() -> None:
    unet = Unet()
    (found,) = predict(unet, (piece(0), piece(4, window=Window(2, 4, 3, 4))))
    assert [shape for shape, _ in unet.calls] == [(2, 4, 6, 8), (2, 4, 3, 4)]
    expected = LATENTS.clone()
    expected[..., 2:5, 4:8] += 2
    assert_close(found, expected)


def test_areas_of_one_size_share_a_batch() -> None:
    unet = Unet()
    left, right = Window(0, 0, 6, 4), Window(0, 4, 6, 4)
    (found,) = predict(unet, (piece(1, window=left), piece(2, window=right)))
    assert [shape for shape, _ in unet.calls] == [(4, 4, 6, 4)]
    assert torch.equal(found[..., :4], LATENTS[..., :4] + 1)
    assert torch.equal(found[..., 4:], LATENTS[..., 4:] + 2)


@pytest.mark.parametrize(("tokens", "length"), [((2, 3), 6), ((2, 4), 4), ((3, 3), 3)])
def test_prompts_in_a_batch_are_repeated_until_equally_long(tokens: tuple[int, int], length: int) -> None:
    unet = Unet()
    one, other = predict(unet, (piece(1, tokens=tokens[0]),), (piece(2, tokens=tokens[1]),))
    assert unet.calls == [((4, 4, 6, 8), length)]
    assert torch.equal(one, LATENTS + 1)
    assert torch.equal(other, LATENTS + 2)


def test_tokens_that_do_not_count_are_masked_in_every_repetition() -> None:
    unet = Unet()
    predict(unet, (piece(1, attended=torch.tensor([[1.0, 0.0]])),), (piece(2, tokens=4),))
    (mask,) = unet.masks
    assert mask is not None
    assert mask.tolist() == [[True, False, True, False]] * 2 + [[True] * 4] * 2
