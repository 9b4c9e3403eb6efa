"""Nodes for inpainting and outpainting: what may change, what is around it, and putting the result back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

from nodeflow.errors import NodeFailed
from nodeflow.node import Context, Range, Uses, node
from nodeflow.raster import from_planes, masking, to_planes
from nodeflow.raster.blending import mix
from nodeflow.raster.filling import Filling, fill
from nodeflow.raster.shape import Border, Edges, crop, pad
from nodeflow.values import LATENT_SCALE, Image, Inpainting, Latent, Mask, ModelPart, ModelRecipe
from nodeflow.values.arrays import FloatArray
from nodes.latent_mix import latent_mask
from nodes.matching import check_batch, check_size, fitting_mask, longer_seeds
from nodes.picture_color import Radius
from nodes.room import check_room
from nodes.sizes import LatentMargin

Growth = Annotated[int, Range(0, 512, slider=(0, 64))]


class PaddedImage(NamedTuple):
    """What PadForOutpainting gives.

    Attributes:
        image: The larger pictures.
        mask: What is new, white, fading into the old part.
    """

    image: Image
    mask: Mask


class MaskedPart(NamedTuple):
    """What CropToMask gives.

    Attributes:
        image: The part of the pictures.
        mask: The same part of the mask.
        left: Where the part lies, in pixels from the left.
        top: Where the part lies, in pixels from the top.
        width: Its width in pixels.
        height: Its height in pixels.
    """

    image: Image
    mask: Mask
    left: int
    top: int
    width: int
    height: int


@node("SetLatentMask", category="inpainting")
def set_latent_mask(latent: Latent, mask: Mask, grow: Growth = 0) -> Latent:
    """Let samplers change only what is masked: the rest stays, bit for bit in the latents.

    Where a mask is grey, old and new are mixed at every step, which gives soft transitions. Decoding changes
    the rest a little; PasteMasked brings the unmasked pixels back exactly.

    Args:
        latent: An encoded picture.
        mask: What may change: white may, black may not. It is scaled to the latents.
        grow: Pixels to grow the mask by, so that the transition has room.
    """
    if latent.empty:
        raise NodeFailed(
            "an empty latent has nothing to keep outside the mask",
            input="latent",
            advice="Encode a picture",
        )
    check_batch(len(mask), len(latent), "mask")
    grown = Mask(masking.grow(mask.values, grow))
    return replace(latent, inpainting=Inpainting(latent_mask(grown, latent)))


@node("VAEEncodeForInpainting", category="inpainting")
def vae_encode_for_inpainting(
    model: Annotated[ModelRecipe, Uses(ModelPart.VAE)],
    image: Image,
    mask: Mask,
    *,
    grow: Growth = 8,
    filling: Filling = Filling.ORIGINAL,
    for_inpaint_model: bool = False,
    keep_outside: bool = True,
    context: Context,
) -> Latent:
    """Encode pictures of which only a part may change.

    Args:
        model: The model whose VAE to use.
        image: The pictures, with sides that are multiples of 8.
        mask: What may change: white may, black may not. It is scaled to the pictures.
        grow: Pixels to grow the mask by, so that the transition has room.
        filling: What the sampler begins from inside the mask: what is there, the colours around it, grey, or
            noise. It matters while `denoise` is below 1.
        for_inpaint_model: Also encode what a checkpoint made for inpainting (9 channels) must see, which is
            the picture with its masked part in grey.
        keep_outside: Let the sampler put back what is outside the mask at every step. A checkpoint made for
            inpainting can do without, and then blends more freely.
    """
    if not (for_inpaint_model or keep_outside):
        raise NodeFailed(
            "nothing would know of the mask", input="keep_outside", advice="Set it, or for_inpaint_model"
        )
    values = masking.grow(fitting_mask(mask, image.size, len(image)), grow)
    encode = context.backend.encode_image
    latent = encode(model, Image(fill(image.pixels, values, filling), image.seeds), context)
    original = surroundings = None
    if filling is not Filling.ORIGINAL and keep_outside:
        original = encode(model, image, context).samples
    if for_inpaint_model:
        hidden = fill(image.pixels, (values >= 0.5).astype(values.dtype), Filling.GREY)
        surroundings = encode(model, Image(hidden), context).samples
    small = latent_mask(Mask(values), latent)
    return replace(latent, inpainting=Inpainting(small, original, surroundings, keep_outside))


@node("DifferentialDiffusion", category="inpainting")
def differential_diffusion(latent: Latent) -> Latent:
    """Let the greys of a latent's mask say when each place begins to change (arXiv:2306.00950).

    White changes from the first step on, black never; a place that is half grey joins after half of the
    steps, and so keeps more of what was there. Transitions are smoother than with a mask that mixes.

    Args:
        latent: Latents with a mask, from SetLatentMask or VAEEncodeForInpainting.
    """
    if latent.inpainting is None or not latent.inpainting.keep:
        raise NodeFailed(
            "no mask says what to keep",
            input="latent",
            advice="Set one with SetLatentMask, or VAEEncodeForInpainting and its keep_outside",
        )
    return replace(latent, inpainting=replace(latent.inpainting, differential=True))


@node("PasteMasked", category="inpainting")
def paste_masked(original: Image, inpainted: Image, mask: Mask, feather: Radius = 0.0) -> Image:
    """Put what was inpainted back into the original: what is not masked stays exactly as it was.

    Args:
        original: The pictures as they were.
        inpainted: The pictures as they were decoded, of the same size.
        mask: What was inpainted; it is scaled to the pictures.
        feather: How softly old and new meet inside the mask, as the standard deviation of a blur in pixels.
    """
    check_size(inpainted.size, original.size, "inpainted", "Resize it to the original's size")
    check_batch(len(inpainted), len(original), "inpainted")
    values = fitting_mask(mask, original.size, max(len(original), len(inpainted)))
    shares = masking.feathered_inward(values, feather)[..., None]
    # What is new is the inpainted picture, whose seeds these are.
    return Image(mix(original.pixels, inpainted.pixels, shares), longer_seeds(inpainted, original))


@node("FillMasked", category="inpainting")
def fill_masked(image: Image, mask: Mask, filling: Filling = Filling.SURROUNDINGS) -> Image:
    """Fill the masked part of pictures, to remove something before sampling there.

    Args:
        image: The pictures.
        mask: What to fill; it is scaled to the pictures.
        filling: With what: the colours around it, grey, or noise.
    """
    return Image(fill(image.pixels, fitting_mask(mask, image.size, len(image)), filling), image.seeds)


@node("PadForOutpainting", category="inpainting")
def pad_for_outpainting(
    image: Image,
    *,
    left: LatentMargin = 0,
    top: LatentMargin = 0,
    right: LatentMargin = 0,
    bottom: LatentMargin = 0,
    feather: Annotated[int, Range(0, 1024, slider=(0, 128))] = 40,
    border: Border = Border.EDGE,
) -> PaddedImage:
    """Make pictures larger, and mask what is new, for the sampler to go on painting there.

    Args:
        image: The pictures.
        left: Pixels added at the left.
        top: Pixels added at the top.
        right: Pixels added at the right.
        bottom: Pixels added at the bottom.
        feather: How far the mask reaches into the picture, fading out, so that no seam is seen.
        border: What the new part holds at first: grey (`color`), the edge drawn out, or a reflection.
    """
    edges = Edges(left, top, right, bottom)
    if not any(edges):
        raise NodeFailed("nothing would be added", input="right", advice="Set at least one side above 0")
    check_room(len(image), (image.size[0] + top + bottom, image.size[1] + left + right))
    pixels = from_planes(pad(to_planes(image.pixels), edges, border, 0.5))
    return PaddedImage(Image(pixels, image.seeds), Mask(_new_part(image.size, edges, feather)))


@node("CropToMask", category="inpainting")
def crop_to_mask(
    image: Image, mask: Mask, padding: Annotated[int, Range(0, 1024, slider=(0, 256))] = 32
) -> MaskedPart:
    """Cut out what is masked and some of what is around it, to inpaint it larger and so in more detail.

    Resize the part, inpaint it, resize it back to `width` and `height`, and let CompositeImages put it at
    `left` and `top`. The sides of the part are multiples of 8 where the picture is large enough.

    Args:
        image: The pictures.
        mask: What is masked, in any of them; it is scaled to the pictures.
        padding: Pixels around it that come along, for the sampler to see what it is to fit into.
    """
    import numpy as np

    values = fitting_mask(mask, image.size, len(image))
    rows, columns = (np.flatnonzero(values.max(axis=axes) > 0) for axes in ((0, 2), (0, 1)))
    if not len(rows):
        raise NodeFailed("nothing is masked", input="mask", advice="Paint a mask")
    top, height = _span(int(rows[0]) - padding, int(rows[-1]) + 1 + padding, image.size[0])
    left, width = _span(int(columns[0]) - padding, int(columns[-1]) + 1 + padding, image.size[1])
    pixels = from_planes(crop(to_planes(image.pixels), (top, left), (height, width)))
    part = crop(values, (top, left), (height, width))
    return MaskedPart(Image(pixels, image.seeds), Mask(part), left, top, width, height)


def _span(first: int, last: int, whole: int) -> tuple[int, int]:
    """Where a part begins and how long it is: a multiple of 8 that holds all of it, inside the whole."""
    first, last = max(first, 0), min(last, whole)
    length = min(-(-(last - first) // LATENT_SCALE) * LATENT_SCALE, whole)
    return max(min(first, whole - length), 0), length


def _new_part(size: tuple[int, int], edges: Edges, feather: int) -> FloatArray:
    """A mask of what padding adds, fading out into the picture; shape (1, height, width) when padded."""
    import numpy as np

    rows, columns = (np.arange(side, dtype=np.float32) for side in size)
    away = np.full(size, np.inf, np.float32)  # samples from the nearest side that something is added at
    for added, distance in (
        (edges.top, rows[:, None]),
        (edges.bottom, rows[::-1, None]),
        (edges.left, columns[None]),
        (edges.right, columns[None, ::-1]),
    ):
        if added:
            away = np.minimum(away, distance + 1)
    inside = np.clip(1 - away / (feather + 1), 0, 1).astype(np.float32)
    return pad(inside[None], edges, value=1.0)
