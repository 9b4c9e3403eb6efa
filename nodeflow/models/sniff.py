"""Recognises a model by the names and shapes of its tensors. Whatever the file is called, these tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nodeflow.models.kinds import Architecture, ModelKind, Recognised

# Width of the text embeddings that the UNet's cross-attention takes in, and with it of any patch to it.
_BY_CONTEXT_WIDTH = {
    768: Architecture.SD1,
    1024: Architecture.SD2,
    1280: Architecture.SDXL_REFINER,
    2048: Architecture.SDXL,
}
_CONTEXT_WEIGHTS = (
    "attn2.to_k.weight",
    "attn2.to_k.lora_A.weight",
    "attn2.to_k.lora_A.default.weight",
    "attn2.to_k.lora_down.weight",
    "attn2.to_k.lora.down.weight",
    "attn2_to_k.lora_down.weight",
    "attn2_to_k.lora_A.weight",
    "attn2_to_k.hada_w1_b",
    "attn2_to_k.a2.weight",
    "attn2_to_k.diff",
)
_UNET = ("model.diffusion_model.", "down_blocks.", "unet.down_blocks.", "input_blocks.")
_LORA = (
    *(".lora_A.", ".lora_B.", "lora_down.", "lora_up.", "lora.down.", "lora.up."),
    *(".hada_w1_a", ".lokr_w1", ".lokr_w2", ".dora_scale"),
    *(".oft_blocks", ".oft_R.", ".w_norm", ".b1.weight", ".on_input"),
    *("lora_unet_", "lora_te_", "lora_te1_", "lora_te2_", "lycoris_", "oft_unet_"),
)
_EMBEDDING_WIDTHS = (768, 1024, 1280)
_SDXL_EMBEDDING = {"clip_l", "clip_g"}
# Blocks that no UNet has, but the transformers of other families; LoRAs for them name the blocks too.
_OTHER_FAMILIES = {
    Architecture.FLUX: ("double_blocks", "single_transformer_blocks"),
    Architecture.SD3: ("joint_blocks",),
}


Shapes = Mapping[str, tuple[int, ...]]
"""The shapes of a file's tensors, by name."""


class _Names:
    """A file's tensor names as one text, which is searched much faster than a list."""

    def __init__(self, shapes: Shapes) -> None:
        self.text = "\n".join(("", *shapes))

    def start_with(self, *prefixes: str) -> bool:
        """Whether any name starts with any of the prefixes."""
        return any(f"\n{prefix}" in self.text for prefix in prefixes)

    def contain(self, *parts: str) -> bool:
        """Whether any name contains any of the parts."""
        return any(part in self.text for part in parts)


def recognise(shapes: Shapes) -> Recognised:
    """Say what a safetensors file is, from the tensors in its header."""
    names = _Names(shapes)
    kind = next((kind for kind, test in _TESTS if test(names, shapes)), None)
    foreign = next((family for family, signs in _OTHER_FAMILIES.items() if names.contain(*signs)), None)
    if foreign is not None:
        # Neither a checkpoint nor a UNet as those of SDXL are: what its folder says, it is.
        return Recognised(kind if kind is ModelKind.LORA else None, foreign)
    if kind is None or kind in _ANY_ARCHITECTURE:
        return Recognised(kind)
    architecture = _architecture(kind, names, shapes)
    if kind is ModelKind.CHECKPOINT and architecture is Architecture.SDXL_REFINER:
        kind = ModelKind.REFINER
    return Recognised(kind, architecture)


def _is_checkpoint(names: _Names, _: Shapes) -> bool:
    text_encoder = names.start_with("conditioner.embedders.", "cond_stage_model.")
    return text_encoder and names.start_with("model.diffusion_model.")


def _is_preview(_: _Names, shapes: Shapes) -> bool:
    """Whether it is a small decoder (TAESD), as diffusers or as its authors write it."""
    first = "1.weight" if "3.conv.0.weight" in shapes else "decoder.layers.0.weight"
    return len(shapes.get(first, ())) == 4


def _is_embedding(_: _Names, shapes: Shapes) -> bool:
    widths = {shape[-1] if shape else 0 for shape in shapes.values()}
    flat = all(len(shape) in (1, 2) for shape in shapes.values())
    known = widths <= set(_EMBEDDING_WIDTHS) or set(shapes) == _SDXL_EMBEDDING
    return 0 < len(shapes) <= 4 and flat and known


# The first that fits decides: a LoRA's names contain those of the UNet it patches.
_TESTS: tuple[tuple[ModelKind, Callable[[_Names, Shapes], bool]], ...] = (
    (ModelKind.LORA, lambda names, _: names.contain(*_LORA)),
    (ModelKind.CHECKPOINT, _is_checkpoint),
    (
        ModelKind.CONTROLNET,
        lambda names, _: names.contain("control_model.", "controlnet_", "input_hint_block."),
    ),
    (ModelKind.IP_ADAPTER, lambda names, _: names.start_with("ip_adapter.", "image_proj.")),
    (ModelKind.UNET, lambda names, _: names.start_with(*_UNET)),
    (
        ModelKind.VAE,
        lambda names, _: names.start_with("first_stage_model.", "decoder.conv_in.", "encoder.conv_in."),
    ),
    (ModelKind.PREVIEW, _is_preview),
    (
        ModelKind.TEXT_ENCODER,
        lambda names, _: names.contain("embeddings.token_embedding.", "transformer.resblocks."),
    ),
    (ModelKind.EMBEDDING, _is_embedding),
)
# The VAEs of SD 1 and SDXL have the same tensors, and so have small decoders for them.
_ANY_ARCHITECTURE = (ModelKind.VAE, ModelKind.TEXT_ENCODER, ModelKind.IP_ADAPTER, ModelKind.PREVIEW)


def _architecture(kind: ModelKind, names: _Names, shapes: Shapes) -> Architecture:
    """The family, by the surest sign at hand."""
    if kind is ModelKind.EMBEDDING:
        return _embedding_architecture(shapes)
    if names.start_with("conditioner.embedders.1."):
        return Architecture.SDXL
    if names.start_with("conditioner.embedders.0.model."):
        return Architecture.SDXL_REFINER  # its only text encoder is the base model's second
    for name, shape in shapes.items():
        if name.endswith(_CONTEXT_WEIGHTS) and shape and shape[-1] in _BY_CONTEXT_WIDTH:
            return _BY_CONTEXT_WIDTH[shape[-1]]
    return _by_structure(names)


def _embedding_architecture(shapes: Shapes) -> Architecture:
    if shapes.keys() >= _SDXL_EMBEDDING:
        return Architecture.SDXL
    width = next(iter(shapes.values()))[-1]
    return {768: Architecture.SD1, 1024: Architecture.SD2}.get(width, Architecture.UNKNOWN)


def _by_structure(names: _Names) -> Architecture:
    """Tell the families apart by their layout, for models of unusual width.

    SDXL takes extra embeddings for sizes, has a second text encoder, and no attention at full resolution.
    """
    if names.contain("label_emb.", "add_embedding.", "lora_te2_", "text_encoder_2."):
        return Architecture.SDXL
    if re.search(r"down_blocks[._]0[._]attentions|input_blocks[._]1[._]1[._]", names.text):
        return Architecture.SD1
    if re.search(r"down_blocks[._]1[._]attentions|input_blocks[._]4[._]1[._]", names.text):
        return Architecture.SDXL
    return Architecture.UNKNOWN
