"""How predictions for several prompts become one that leads towards some and away from others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from nodeflow.values.conditioning import Conditioning
from nodeflow.values.curve import Curve


class GuidanceMethod(StrEnum):
    """What is made of the predictions."""

    CFG = "cfg"
    """Classifier-free guidance (arXiv:2207.12598)."""
    CFG_ZERO_STAR = "cfg_zero_star"
    """The negative's prediction is scaled to fit the positive's best (arXiv:2503.18886)."""
    APG = "apg"
    """What oversaturates is taken out of the guidance (arXiv:2410.02416)."""
    TCFG = "tcfg"
    """What the two predictions do not share is taken out of the negative's (arXiv:2503.18137)."""
    PAG = "pag"
    """Away also from what the model says while it cannot look around in some layers (arXiv:2403.17377)."""
    SLG = "slg"
    """Away also from what the model says without some layers."""
    AUTO = "auto"
    """Away from what the model says of the negative without some layers (arXiv:2406.02507)."""
    APG_MIX = "apg_mix"
    """Plain guidance first, then APG with a scale of its own."""
    SEG = "seg"
    """Away also from what the model says while it asks blurredly in some layers (arXiv:2408.00760)."""
    FDG = "fdg"
    """Fine detail is guided with a scale of its own (arXiv:2506.19713)."""
    MAMBO_G = "mambo_g"
    """Guidance is lessened where it is large beside the negative's prediction (arXiv:2508.03442)."""

    @property
    def changes_layers(self) -> bool:
        """Whether the model is also evaluated with some of its layers changed."""
        return self in _LAYERS


_LAYERS = (GuidanceMethod.PAG, GuidanceMethod.SLG, GuidanceMethod.AUTO, GuidanceMethod.SEG)
_SUMMED = (GuidanceMethod.CFG, GuidanceMethod.PAG, GuidanceMethod.SLG, GuidanceMethod.SEG)
_PROJECTED = (GuidanceMethod.APG, GuidanceMethod.APG_MIX)

USED_BY: Mapping[str, tuple[GuidanceMethod, ...]] = {
    "negative_scale": _SUMMED,
    "unconditional": _SUMMED,
    "layers": _LAYERS,
    "layers_scale": _SUMMED[1:],
    "layers_stop": _LAYERS,
    "eta": _PROJECTED,
    "momentum": _PROJECTED,
    "norm_threshold": _PROJECTED,
    "zero_steps": (GuidanceMethod.CFG_ZERO_STAR,),
    "apg_scale": (GuidanceMethod.APG_MIX,),
    "cfg_steps": (GuidanceMethod.APG_MIX,),
    "blur": (GuidanceMethod.SEG,),
    "high_scale": (GuidanceMethod.FDG,),
    "alpha": (GuidanceMethod.MAMBO_G,),
}
"""The options that not all methods use, with those that do."""


INFINITE_BLUR = 1000.0
"""From this sigma on, a blur is infinite; no layer of SDXL has so many places on a side."""

_LAYER = re.compile(r"(mid|(?:down|up)\.\d+)(?::(\d+(?:,\d+)*))?")


def named_layers(text: str) -> dict[str, tuple[str, frozenset[int]]]:
    """The layers that `Guidance.layers` names: by each word, its block and the numbers; none: all of them.

    Raises:
        ValueError: If a word names none, or there is no word.
    """
    found = {}
    for word in text.split():
        match = _LAYER.fullmatch(word)
        if match is None:
            raise ValueError(f"{word[:20]!r} names no layers; write such as 'mid up.0:0,1'")
        numbers = match[2].split(",") if match[2] else ()
        found[word] = (match[1], frozenset(map(int, numbers)))
    if not found:
        raise ValueError("names no layers; write such as 'mid up.0:0,1'")
    return found


@dataclass(frozen=True, eq=False)
class Guidance:
    """What a sampler does differently from plain classifier-free guidance at all steps.

    Attributes:
        method: What is made of the predictions.
        negative_scale: How strongly to suppress the negative, over the whole schedule; None: as strongly as
            the guidance scale brings with it, which is that scale less 1.
        unconditional: Where both scales are counted from; None: no prompt.
        rescale: How far guided predictions are brought back to the spread of the positive's, 0…1
            (arXiv:2305.08891, section 3.4).
        start: Share of the schedule's steps before which there is no guidance.
        stop: Share after which there is none.
        layers: Which layers are changed where the method changes some: `mid`, `down.1`, `up.0`, with the
            numbers of transformer blocks if not all, `mid:0`.
        layers_scale: How strongly to move away from what they say then, for PAG, SLG and SEG.
        layers_stop: Share of the schedule's steps after which no layers are changed.
        eta: APG: how much of the guidance along the positive's prediction stays, 0…1.
        momentum: APG: how much earlier steps count, negative to push away from them; 0: not.
        norm_threshold: APG: the longest that a step's guidance may be; 0: any length.
        zero_steps: CFG-Zero*: steps at the beginning that predict nothing.
        apg_scale: APG mix: the guidance scale while what oversaturates is taken out.
        cfg_steps: APG mix: steps at the beginning that are plain guidance, with the sampler's scale.
        blur: SEG: sigma of the Gaussian that blurs the layers' queries, in places of a layer's grid, 0 and
            up; from `INFINITE_BLUR` on, all queries are their mean.
        high_scale: FDG: the guidance scale of high frequencies; the sampler's is that of low ones.
        alpha: MAMBO-G: how much guidance is lessened for its length, 0 and up.
    """

    __socket__ = "Guidance"
    method: GuidanceMethod = GuidanceMethod.CFG
    negative_scale: Curve | None = None
    unconditional: Conditioning | None = None
    rescale: float = 0.0
    start: float = 0.0
    stop: float = 1.0
    layers: str = "mid"
    layers_scale: float = 3.0
    layers_stop: float = 1.0
    eta: float = 0.0
    momentum: float = 0.0
    norm_threshold: float = 15.0
    zero_steps: int = 0
    apg_scale: float = 10.0
    cfg_steps: int = 6
    blur: float = INFINITE_BLUR
    high_scale: float = 10.0
    alpha: float = 8.0

    def unused(self) -> tuple[str, ...]:
        """The options that say something, but that the method does not use."""
        told = {field.name for field in fields(self) if getattr(self, field.name) != field.default}
        idle = [name for name, users in USED_BY.items() if name in told and self.method not in users]
        if (
            "unconditional" in told and self.negative_scale is None
        ):  # both scales are counted from the negative
            idle = [*dict.fromkeys([*idle, "unconditional"])]
        return tuple(idle)

    def acts_at(self, step: int, steps: int) -> bool:
        """Whether a step of a schedule is guided; steps are counted from 0."""
        return int(self.start * steps) <= step < int(self.stop * steps)  # as diffusers counts
