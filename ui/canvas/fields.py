"""What kind of field an input gets, and how its value reads."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from nodeflow.document.values import JSONValue
from nodeflow.node.annotations import (
    Color,
    CurveRange,
    MaskFile,
    ModelFile,
    Multiline,
    PictureFile,
    Range,
    Seed,
)
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec


class FieldKind(StrEnum):
    """How an input is shown and edited."""

    NONE = "none"
    NUMBER = "number"
    SLIDER = "slider"
    SEED = "seed"
    TOGGLE = "toggle"
    CHOICE = "choice"
    TEXT = "text"
    PROMPT = "prompt"
    MODEL = "model"
    PICTURE = "picture"
    CURVE = "curve"
    COLOR = "color"
    MASK = "mask"


PICKED = (FieldKind.CHOICE, FieldKind.MODEL, FieldKind.PICTURE)
OPENED = (*PICKED, FieldKind.CURVE, FieldKind.COLOR, FieldKind.MASK)
"""What one click opens."""
NUMERIC = (FieldKind.NUMBER, FieldKind.SLIDER)

MASKS = "masks"
"""The folder, inside the user's pictures, of masks that were painted here."""
WIDEST_SLIDER = 100
"""A range up to this wide can be slid over as a whole."""

_BY_WIDGET: dict[type, FieldKind] = {
    Multiline: FieldKind.PROMPT,
    Seed: FieldKind.SEED,
    PictureFile: FieldKind.PICTURE,
    ModelFile: FieldKind.MODEL,
    Color: FieldKind.COLOR,
    MaskFile: FieldKind.MASK,
}
_BY_LITERAL = {
    Literal.TEXT: FieldKind.TEXT,
    Literal.INTEGER: FieldKind.NUMBER,
    Literal.NUMBER: FieldKind.NUMBER,
    Literal.BOOLEAN: FieldKind.TOGGLE,
    Literal.CHOICE: FieldKind.CHOICE,
    Literal.FILE: FieldKind.MODEL,
    Literal.CURVE: FieldKind.CURVE,
}


def field_kind(spec: InputSpec) -> FieldKind:
    """The field that suits an input; lists and what only links can bring have none."""
    if spec.socket.literal is None or spec.many:
        return FieldKind.NONE
    if isinstance(spec.widget, Range):
        narrow = spec.widget.maximum - spec.widget.minimum <= WIDEST_SLIDER
        return FieldKind.SLIDER if spec.widget.slider or narrow else FieldKind.NUMBER
    return _BY_WIDGET.get(type(spec.widget), _BY_LITERAL[spec.socket.literal])


def slider_range(spec: InputSpec) -> tuple[float, float]:
    """Where a slider begins and ends."""
    if not isinstance(spec.widget, Range | CurveRange):
        return 0.0, 1.0
    return spec.widget.slider or (spec.widget.minimum, spec.widget.maximum)


def fraction(spec: InputSpec, value: JSONValue) -> float:
    """How far a slider is filled, 0 to 1."""
    low, high = slider_range(spec)
    if isinstance(value, bool) or not isinstance(value, int | float) or high <= low:
        return 0.0
    return min(max((value - low) / (high - low), 0.0), 1.0)


def value_text(spec: InputSpec, value: JSONValue) -> str:
    """A value as a field shows it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return _number(spec, value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(spec.widget, MaskFile) and str(value).startswith(f"{MASKS}/"):
        return "painted"
    return str(value).replace("_", " ") if spec.socket.literal is Literal.CHOICE else str(value)


def _number(spec: InputSpec, value: float) -> str:
    """Enough decimals to tell the steps of the widget apart, so that values do not jump while sliding."""
    step = spec.widget.step if isinstance(spec.widget, Range) else None
    if step is None or step >= 1 or round(value, 2) != value:
        return f"{value:.6g}" if value != int(value) or abs(value) >= 1e15 else f"{value:.1f}"
    return f"{value:.2f}"


_SPELLINGS = {"lora": "LoRA", "unet": "UNet", "vae": "VAE", "clip": "CLIP", "color": "colour"}


@lru_cache(maxsize=4096)
def label_text(name: str) -> str:
    """`guidance_scale` → `Guidance scale`, `unet_weight` → `UNet weight`."""
    words = " ".join(_SPELLINGS.get(word, word) for word in name.lstrip("/").split("_"))
    return words[:1].upper() + words[1:]
