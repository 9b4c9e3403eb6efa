"""Prompts and pictures going in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import Cancelled, NodeFailed
from nodeflow.values import Conditioning, Image, Latent, ModelRecipe


def test_each_encoders_part_has_its_own_width(
    encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    prompt = encode(pocket, "a panda")
    assert prompt.encoder_1 is not None
    assert prompt.encoder_1.shape == (1, 77, 64)
    assert prompt.encoder_2.shape == (1, 77, 96)
    assert prompt.pooled.shape == (1, 96)


@pytest.mark.parametrize("clip_skip", [-1, 3])
def test_clip_skip_beyond_the_layers_is_refused(
    clip_skip: int, encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    with pytest.raises(NodeFailed, match="layers") as caught:
        encode(pocket, "a panda", clip_skip=clip_skip)
    assert caught.value.input == "clip_skip"


@pytest.mark.parametrize("shape", [(1, 60, 64, 3), (1, 64, 4, 3), (0, 64, 64, 3)])
def test_pictures_that_do_not_fill_latents_are_refused(
    shape: tuple[int, ...], backend: TorchBackend, pocket: ModelRecipe, monitor: Any
) -> None:
    with pytest.raises(NodeFailed) as caught:
        backend.encode_image(pocket, Image(np.zeros(shape, np.float32)), monitor)
    assert caught.value.input == "image"


def test_decoding_keeps_seeds_and_can_be_cancelled(
    backend: TorchBackend, pocket: ModelRecipe, make_monitor: Callable[..., Any]
) -> None:
    latent = Latent(np.zeros((2, 4, 8, 8), np.float32), seeds=(3, 4))
    image = backend.decode(pocket, latent, make_monitor())
    assert image.seeds == (3, 4)
    assert image.pixels.shape == (2, 64, 64, 3)
    assert image.pixels.min() >= 0
    assert image.pixels.max() <= 1
    with pytest.raises(Cancelled):
        backend.decode(pocket, latent, make_monitor(cancel_at=3))  # inside the first picture
    np.testing.assert_array_equal(backend.decode(pocket, latent, make_monitor()).pixels, image.pixels)
