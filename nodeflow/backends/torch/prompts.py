"""From a prompt to an encoder's hidden states."""

from __future__ import annotations

from typing import Any

import torch

from nodeflow.errors import NodeFailed
from nodeflow.values.arrays import FloatArray


def left_out(tokenizer: Any, text: str) -> str:
    """The words of a prompt that are beyond what the encoder reads at once; mostly none."""
    limit = tokenizer.model_max_length
    tokens = tokenizer(text).input_ids
    return tokenizer.decode(tokens[limit - 1 : -1]).strip() if len(tokens) > limit else ""


@torch.inference_mode()
def encode(encoder: Any, tokenizer: Any, text: str, clip_skip: int) -> tuple[FloatArray, FloatArray | None]:
    """Encode a prompt with one of SDXL's text encoders.

    Args:
        encoder: CLIP-L or OpenCLIP bigG, used by this thread alone.
        tokenizer: Its tokenizer, used by this thread alone.
        text: The prompt; what is beyond the encoder's 77 tokens is left out, see `left_out`.
        clip_skip: Layers to leave out beyond SDXL's penultimate one.

    Returns:
        Hidden states, shape (1, tokens, width), and the second encoder's pooled projection, shape (1, width).

    Raises:
        NodeFailed: If the encoder has too few layers for `clip_skip`.
    """
    layers = encoder.config.num_hidden_layers
    if not 0 <= clip_skip < layers:
        raise NodeFailed(
            f"clip_skip {clip_skip} does not suit a text encoder of {layers} layers",
            input="clip_skip",
            advice=f"Use 0 to {layers - 1}.",
        )
    limit = tokenizer.model_max_length
    inputs = tokenizer(text, padding="max_length", max_length=limit, truncation=True, return_tensors="pt")
    output = encoder(inputs.input_ids.to(encoder.device), output_hidden_states=True)
    pooled = getattr(output, "text_embeds", None)
    # SDXL takes the penultimate layer of both encoders (arXiv:2307.01952, section 2.1), hence the 2.
    hidden = output.hidden_states[-(clip_skip + 2)]
    return hidden.float().cpu().numpy(), None if pooled is None else pooled.float().cpu().numpy()
