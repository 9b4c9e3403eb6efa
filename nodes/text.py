"""Nodes that turn words into conditioning."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from nodeflow.backends import PromptRequest
from nodeflow.errors import NodeFailed
from nodeflow.node import AddedLater, Context, Multiline, Range, Uses, node
from nodeflow.prompts import MOST_TEXTS, Syntax, Weighting, parse, usual_weighting
from nodeflow.values import (
    Conditioning,
    ModelPart,
    ModelRecipe,
    Moment,
    Prompt,
    SizeConditioning,
    combined,
    common,
)

Pixels = Annotated[int, Range(0, 16384, slider=(0, 2048))]
_MOST_WARNINGS = 10


@node("TextEncode", category="conditioning")
def text_encode(
    model: Annotated[ModelRecipe, Uses(ModelPart.TEXT_ENCODERS)],
    text: Annotated[Prompt, Multiline()],
    text_2: Annotated[Prompt | None, Multiline()] = None,
    *,
    clip_skip: Annotated[int, Range(0, 10)] = 0,
    original_width: Pixels | None = None,
    original_height: Pixels | None = None,
    crop_left: Pixels = 0,
    crop_top: Pixels = 0,
    target_width: Pixels | None = None,
    target_height: Pixels | None = None,
    syntax: Annotated[Syntax | None, AddedLater()] = None,
    weighting: Annotated[Weighting | None, AddedLater()] = None,
    mask_padding: Annotated[bool | None, AddedLater()] = None,
    context: Context,
) -> Conditioning:
    """Encode a prompt with a model's text encoders.

    A prompt may weigh its words, `(red:1.4)`, begin a new chunk with `BREAK`, name textual inversions,
    `embedding:name`, and be of any length: it is read 75 tokens at a time. It may change during a run:
    `[cat:dog:0.4]` is a dog after 40 % of the steps, `[cat|dog]` changes with every step. `nodeflow prompt`
    shows what becomes of one.

    The size and crop inputs are SDXL's conditioning on how a training picture looked (arXiv:2307.01952,
    section 2.2); left alone they ask for an uncropped picture of the size being made. With a refiner's model
    only its own second encoder is used.

    Args:
        model: The model whose encoders to use; LoRAs on its text encoders count.
        text: The prompt.
        text_2: Another prompt for the second encoder; none: the same.
        clip_skip: How many more of the encoders' last layers to leave out; 0 is SDXL's own choice.
        original_width: Width in pixels that the training picture would have had; small values look coarse.
        original_height: Height in pixels that the training picture would have had.
        crop_left: Pixels cut off at the left; 0 asks for a centred subject.
        crop_top: Pixels cut off at the top.
        target_width: Width in pixels to compose for; none: the picture's own.
        target_height: Height in pixels to compose for; none: the picture's own.
        syntax: How brackets and other marks are read; none: as A1111 does.
        weighting: What weights do: `from_empty`, as in ComfyUI, moves words away from the empty prompt;
            `keep_mean`, as in A1111, multiplies and keeps the mean; `multiply` only multiplies; `compel` is
            `from_empty` for weights above 1, and below 1 lets nothing attend to the words in part; none:
            `compel` where that is the syntax, otherwise `from_empty`.
        mask_padding: Whether the UNet is kept from looking at the empty rest of a chunk; none: it looks, as
            SDXL was trained to.
    """
    size = SizeConditioning(
        original=_size("original", original_height, original_width),
        crop=(crop_top, crop_left),
        target=_size("target", target_height, target_width),
    )
    request = PromptRequest(
        text.text,
        None if text_2 is None else text_2.text,
        clip_skip,
        syntax or Syntax.A1111,
        weighting or usual_weighting(syntax or Syntax.A1111),
        {**text.embeddings, **(text_2.embeddings if text_2 else {})},
        bool(mask_padding),
    )
    _warn(request, context)
    prompts = []
    for now, moments in _over_a_run(request):
        encoded = context.backend.encode_text(model, now, context)
        prompts.append(replace(encoded, size=size, moments=moments))
    return combined(tuple(prompts))


def _over_a_run(request: PromptRequest) -> list[tuple[PromptRequest, tuple[Moment, ...]]]:
    """What is to be encoded, each pair of texts once, and when it acts."""
    found: list[tuple[PromptRequest, tuple[Moment, ...]]] = []
    for first in parse(request.text, request.syntax).variations:
        if request.text_2 is None:
            found.append((replace(request, text=first.text), first.moments))
            continue
        for second in parse(request.text_2, request.syntax).variations:
            if moments := common(first.moments, second.moments):
                found.append((replace(request, text=first.text, text_2=second.text), moments))
    if len(found) > MOST_TEXTS:
        message = f"changes with the text so often that they are {len(found)} prompts, more than {MOST_TEXTS}"
        raise NodeFailed(message, input="text_2", advice="Let one of them change less often")
    return found


def _warn(request: PromptRequest, context: Context) -> None:
    """Say what in the prompts does not act as it looks, each once."""
    notes = [
        note for text in (request.text, request.text_2 or "") for note in parse(text, request.syntax).notes
    ]
    messages = list(dict.fromkeys(note.message for note in notes))
    for message in messages[:_MOST_WARNINGS]:
        context.warn(message)
    if len(messages) > _MOST_WARNINGS:
        context.warn(
            f"and {len(messages) - _MOST_WARNINGS} more such marks; `nodeflow prompt` shows them all"
        )


def _size(what: str, height: int | None, width: int | None) -> tuple[int, int] | None:
    if height is None and width is None:
        return None
    if height is None or width is None:
        given, missing = ("width", "height") if height is None else ("height", "width")
        raise NodeFailed(
            f"is needed with {what}_{given}", input=f"{what}_{missing}", advice="Set both or neither"
        )
    return height, width
