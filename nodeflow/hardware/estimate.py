"""Predicts how much memory a component's work takes beyond its weights.

Origin of the figures. Counting the tensors alive at a time in diffusers' SDXL models (by torch's fake
tensors; exact for any size) gives 78.75 numbers a pixel and evaluation for the UNet, with fused attention,
and 768 a pixel for decoding: three tensors of 256 channels at full resolution. On the CPU the convolutions
add copies in a layout of their own. `benchmarks/memory.py` measures the whole as the growth of resident
memory in fresh processes; the constants below are what it showed on x86-64 in float32, and a full-tier test
holds a small case to 25 %. On accelerators, and in 16 bits, the same counts are assumed: on one NVIDIA
card, SDXL with offloading took 4 to 5 % less memory than predicted.

A model of SDXL's form with fewer channels takes less, in proportion to its channels: the bundled VAE, of a
seventh of them, took 0.59 GB to decode 1024 x 1024 pixels on a CPU, 0.14 of what SDXL's is predicted to.
"""

from __future__ import annotations

from enum import StrEnum

from nodeflow.hardware.profile import Dtype
from nodeflow.hardware.request import Request


class Work(StrEnum):
    """A stage of making a picture; one component, or both text encoders, work in each."""

    ENCODE_TEXT = "encode text"
    DENOISE = "denoise"
    DECODE = "decode"


TILE = 512
"""Side of the VAE's tiles, in pixels. diffusers' own 1024 would leave most pictures whole."""

_TEXT_BYTES = 45_000_000  # for each encoder
_UNET_NUMBERS = 105  # a pixel and evaluation
_UNET_COPY = 29_500_000  # numbers: the largest convolution's weights, copied into a layout of its own
_VAE_NUMBERS = 1024  # a pixel; pictures are decoded one at a time
_HEADS = 10  # of the UNet's attention where it has most tokens: one for 16 x 16 pixels


def activation_bytes(
    work: Work,
    request: Request,
    dtype: Dtype,
    *,
    tile: int | None = None,
    fused_attention: bool = True,
    sliced_attention: bool = False,
    breadth: float = 1.0,
) -> int:
    """Peak memory of a stage beyond the weights, in bytes.

    UNet: `29.5 million + 105 x pixels x evaluations`; VAE: `1024 x pixels`; numbers of the precision's size.
    Where attention is not fused, the scores of all pairs of tokens and their softmax come on top.

    Args:
        work: The stage.
        request: Gives size, batch and whether each picture is evaluated twice.
        dtype: What it computes in.
        tile: Side of the VAE's tiles, in pixels; None: it decodes the picture whole.
        fused_attention: Whether the device computes attention without writing out the scores.
        sliced_attention: Whether the UNet takes one attention head at a time.
        breadth: The component's channels as a share of SDXL's.
    """
    pixels = request.width * request.height
    if work is Work.ENCODE_TEXT:
        return int(_TEXT_BYTES * breadth)
    if work is Work.DECODE:
        canvas = 3 * pixels * 2 if tile else 0  # the tiles, and the picture they are joined to
        pixels = min(pixels, tile * tile) if tile else pixels
        scores = 0 if fused_attention else 2 * (pixels // 64) ** 2
        # Attention works at an eighth of the size, before the large tensors exist.
        return int(max(_VAE_NUMBERS * pixels * breadth, scores) + canvas) * dtype.size
    evaluations = request.batch * (2 if request.guided else 1)
    scores = 0 if fused_attention else 2 * (pixels // 256) ** 2
    matrices = 1 if sliced_attention else _HEADS * evaluations
    numbers = _UNET_COPY * breadth**2 + _UNET_NUMBERS * pixels * evaluations * breadth
    return int(numbers + scores * matrices) * dtype.size
