"""What SDXL's modules are called: in diffusers' layout, and in the original one of single files.

The original names are those of the code that SDXL was published with
(github.com/Stability-AI/generative-models); of its second text encoder, those of OpenCLIP. Names alone: what
has another shape there, `layouts` turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product

from nodeflow.hardware import Part

PREFIXES: Mapping[Part, tuple[str, ...]] = {
    Part.TEXT_ENCODER: ("conditioner.embedders.0.transformer.",),
    # The refiner's only encoder is the base's second.
    Part.TEXT_ENCODER_2: ("conditioner.embedders.1.model.", "conditioner.embedders.0.model."),
    Part.UNET: ("model.diffusion_model.",),
    Part.VAE: ("first_stage_model.",),
}
"""How a part's names begin in a single file; of two, the second in a refiner."""

QKV = ("q_proj", "k_proj", "v_proj")
"""Of the second encoder's attention, what OpenCLIP keeps in one matrix, in its order."""

_UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "time_embedding.cond_proj": "time_embed.cond_proj",  # of models distilled to consistency
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.attentions.0": "middle_block.1",
}
_UNET_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_ENCODER_ENDS = {
    "text_model.embeddings.token_embedding": "token_embedding",
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.final_layer_norm": "ln_final",
    "text_projection.weight": "text_projection",
}
_ENCODER_LAYER = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
    **{
        f"self_attn.{name}.{kind}": f"attn.in_proj_{kind}.{name}"
        for name in QKV
        for kind in ("weight", "bias")
    },
}


class OriginalNames:
    """The names of a part's weights in both layouts.

    Args:
        part: A text encoder, the UNet or the VAE.
        names: All of its weights, in either layout and without `PREFIXES`: they tell how many blocks it has.
    """

    def __init__(self, part: Part, names: Iterable[str]) -> None:
        self._part = part
        self._text = "\n".join(("", *names, ""))

    @cached_property
    def _original(self) -> Mapping[str, str]:
        """Names of modules in the original layout, by those in diffusers'."""
        pairs = {Part.UNET: self._unet, Part.VAE: self._vae, Part.TEXT_ENCODER_2: self._encoder_2}
        return dict(pairs[self._part]()) if self._part in pairs else {}  # the first encoder's are the same

    @cached_property
    def _diffusers(self) -> Mapping[str, str]:
        return {theirs: ours for ours, theirs in self._original.items()}

    @cached_property
    def are_original(self) -> bool:
        """Whether the names are of the original layout; those of the first encoder are of both."""
        return bool(
            re.search(r"\n(input_blocks|(en|de)coder\.(mid|down|up)\.|transformer\.resblocks)", self._text)
        )

    def original(self, name: str) -> str:
        """A weight's original name, by diffusers'. The pieces of an OpenCLIP matrix end in one of `QKV`."""
        return _renamed(name, self._original)

    def diffusers(self, name: str) -> str:
        """A weight's name in diffusers' layout, by its original one."""
        return _renamed(name, self._diffusers) if self.are_original else name

    def _highest(self, pattern: str) -> int:
        return max((int(number) for number in re.findall(rf"\n{pattern}\.(\d+)\.", self._text)), default=-1)

    def _unet(self) -> Iterator[tuple[str, str]]:
        yield from _UNET_ENDS.items()
        if self.are_original:
            step = self._highest_before_downsampling()
            levels = (self._highest("input_blocks") + 1) // step
        else:
            step = self._highest(r"down_blocks\.0\.resnets") + 2
            levels = self._highest("down_blocks") + 1
        resnets = {f"mid_block.resnets.{number}": f"middle_block.{2 * number}" for number in (0, 1)}
        for level, layer in product(range(levels), range(step)):
            down, up = step * level + layer + 1, step * level + layer
            resnets[f"down_blocks.{level}.resnets.{layer}"] = f"input_blocks.{down}.0"
            resnets[f"up_blocks.{level}.resnets.{layer}"] = f"output_blocks.{up}.0"
            yield f"down_blocks.{level}.attentions.{layer}", f"input_blocks.{down}.1"
            yield f"up_blocks.{level}.attentions.{layer}", f"output_blocks.{up}.1"
        for level in range(levels):
            end = step * (level + 1)
            yield f"down_blocks.{level}.downsamplers.0.conv", f"input_blocks.{end}.0.op"
            place = 2 if self._attends(level, end - 1) else 1
            yield f"up_blocks.{level}.upsamplers.0.conv", f"output_blocks.{end - 1}.{place}.conv"
        yield from _inside(resnets, _UNET_RESNET)

    def _highest_before_downsampling(self) -> int:
        """How many blocks a level has in the original layout: its residual blocks, and one that halves."""
        found = re.search(r"\ninput_blocks\.(\d+)\.0\.op\.", self._text)
        return int(found[1]) if found else self._highest("input_blocks") + 1

    def _attends(self, level: int, block: int) -> bool:
        """Whether what goes up through a level goes through attention too, which shifts what follows."""
        return any(
            f"\n{name}." in self._text
            for name in (f"up_blocks.{level}.attentions", f"output_blocks.{block}.2")
        )

    def _vae(self) -> Iterator[tuple[str, str]]:
        levels = self._highest(r"(?:encoder\.down|decoder\.up)(?:_blocks)?") + 1
        resnets: dict[str, str] = {}
        for side, down in (("encoder", True), ("decoder", False)):
            yield f"{side}.conv_norm_out", f"{side}.norm_out"
            yield from _inside({f"{side}.mid_block.attentions.0": f"{side}.mid.attn_1"}, _VAE_ATTENTION)
            resnets |= {f"{side}.mid_block.resnets.{n}": f"{side}.mid.block_{n + 1}" for n in (0, 1)}
            for level in range(levels):
                ours = f"{side}.{'down' if down else 'up'}_blocks.{level}"
                theirs = f"{side}.down.{level}" if down else f"{side}.up.{levels - 1 - level}"
                sampler = "downsample" if down else "upsample"
                yield f"{ours}.{sampler}rs.0.conv", f"{theirs}.{sampler}.conv"
                resnets |= {
                    f"{ours}.resnets.{layer}": f"{theirs}.block.{layer}" for layer in range(_MOST_LAYERS)
                }
        yield from _inside(resnets, {"conv_shortcut": "nin_shortcut"})
        yield from resnets.items()

    def _encoder_2(self) -> Iterator[tuple[str, str]]:
        yield from _ENCODER_ENDS.items()
        layers = (
            max(self._highest(r"transformer\.resblocks"), self._highest(r"text_model\.encoder\.layers")) + 1
        )
        blocks = {f"text_model.encoder.layers.{n}": f"transformer.resblocks.{n}" for n in range(layers)}
        yield from _inside(blocks, _ENCODER_LAYER)


_MOST_LAYERS = 8
"""More residual blocks than a level of any VAE has; SDXL's has 2 going down and 3 going up."""


def _inside(modules: Mapping[str, str], parts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names of what is inside of modules."""
    for (ours, theirs), (our_part, their_part) in product(modules.items(), parts.items()):
        yield f"{ours}.{our_part}", f"{theirs}.{their_part}"


def _renamed(name: str, names: Mapping[str, str]) -> str:
    """A name of which the longest beginning that is known is replaced."""
    end = len(name)
    while end > 0:
        if name[:end] in names:
            return names[name[:end]] + name[end:]
        end = name.rfind(".", 0, end)
    return name
