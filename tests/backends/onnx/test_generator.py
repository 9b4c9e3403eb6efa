"""Noise without torch is torch's, bit for bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from nodeflow.backends.onnx.generator import Generator

SHAPES = [(1, 4, 128, 128), (16,), (17,), (31,), (1, 4, 3, 5), (15,), (1, 4, 2, 1), (1,)]


def from_torch(generator: torch.Generator, shape: tuple[int, ...]) -> object:
    return torch.randn(shape, generator=generator).numpy()


@pytest.mark.parametrize("seed", [0, 7, 123456789, 2**32 - 1, 2**32 + 7, 2**64 - 1])
def test_every_draw_is_torchs(seed: int) -> None:
    ours, theirs = Generator(seed), torch.Generator().manual_seed(seed)
    for shape in (*SHAPES, *SHAPES):
        np.testing.assert_array_equal(ours.normal(shape), from_torch(theirs, shape))


@pytest.mark.full
def test_a_million_numbers_are_torchs() -> None:
    for seed in range(8):
        drawn = Generator(seed).normal((2**20,))
        theirs = from_torch(torch.Generator().manual_seed(seed), (2**20,))
        np.testing.assert_array_equal(drawn, theirs)


@pytest.mark.parametrize("shape", [(3,), (1, 4, 16, 16)])
def test_it_goes_on_from_where_another_one_stood(shape: tuple[int, ...]) -> None:
    first = Generator(7)
    first.normal(shape)
    state = json.loads(json.dumps(first.state))
    np.testing.assert_array_equal(Generator.at(state).normal(shape), first.normal(shape))


def test_what_is_no_state_is_refused() -> None:
    with pytest.raises(KeyError):
        Generator.at({"pos": 0})
    with pytest.raises(ValueError, match="no state"):
        Generator.at({"key": [1, 2], "pos": 0, "spare": None})
