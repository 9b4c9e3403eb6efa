"""Where everything inside a node lies. Computed once for nodes that look alike, and shared among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from nodeflow.node.spec import InputSpec, NodeSpec, OutputSpec
from ui.canvas.fields import FieldKind, field_kind
from ui.theme.metrics import GRID

WIDTH = 30 * GRID
MIN_WIDTH = 20 * GRID
HEADER = 4 * GRID
ROW = 3 * GRID
FIELD = ROW - 2
INSET = 1.5 * GRID
PROMPT_LINES = 4
PROMPT = 10 * GRID
FOOTER = 2.5 * GRID
REROUTE_SIZE = 2 * GRID


class Shown(NamedTuple):
    """An input that a node shows, and whether its value comes through a link."""

    name: str
    linked: bool


class Field(NamedTuple):
    """One painted field: what it edits, how, and the box it fills."""

    spec: InputSpec
    kind: FieldKind
    rect: QRectF
    linked: bool


class Label(NamedTuple):
    """The name of a socket without a field; outputs' names end at the right edge."""

    name: str
    rect: QRectF
    right: bool


@dataclass(frozen=True)
class Geometry:
    """The places inside a node, in its own coordinates.

    Attributes:
        rect: The whole body.
        header: The title bar; as high as the body when collapsed.
        inputs: Where links end, by input.
        outputs: Where links begin, by output.
        fields: Boxes that show values.
        labels: Names of sockets that have no field.
        footer: The line that shows or hides seldom used inputs, if there are any.
        hidden: How many inputs it hides.
        preview: Where a picture goes, if there is one.
    """

    rect: QRectF
    header: QRectF
    inputs: Mapping[str, QPointF]
    outputs: Mapping[str, QPointF]
    input_specs: Mapping[str, InputSpec]
    output_specs: Mapping[str, OutputSpec]
    fields: tuple[Field, ...] = ()
    labels: tuple[Label, ...] = ()
    footer: QRectF | None = None
    hidden: int = 0
    preview: QRectF | None = None
    collapsed: bool = False

    def field_at(self, point: QPointF) -> Field | None:
        """The field under a point."""
        return next((field for field in self.fields if field.rect.contains(point)), None)

    def field(self, name: str) -> Field | None:
        """The field of an input."""
        return next((field for field in self.fields if field.spec.name == name), None)


def full(
    spec: NodeSpec,
    shown: tuple[Shown, ...],
    width: float,
    aspect: float,
    *,
    idle: int = 0,
    foldable: bool = False,
) -> Geometry:
    """The geometry of an open node.

    Args:
        spec: The node type.
        shown: The inputs to show, in the order of `spec`.
        width: In scene units.
        aspect: Height of the preview over its width; 0 for none.
        idle: How many inputs are not to be shown at all.
        foldable: Whether there are inputs that can be hidden.
    """
    wires = [item for item in shown if _bare(spec, item)]
    inputs: dict[str, QPointF] = {}
    outputs: dict[str, QPointF] = {}
    labels: list[Label] = []
    y = HEADER + GRID / 2
    half = width / 2
    for row in range(max(len(wires), len(spec.outputs))):
        top = y + row * ROW
        if row < len(wires):
            name = wires[row].name
            inputs[name] = QPointF(0, top + ROW / 2)
            right = half if row < len(spec.outputs) else width
            labels.append(Label(name, QRectF(INSET, top, right - INSET - 2, ROW), right=False))
        if row < len(spec.outputs):
            name = spec.outputs[row].name
            outputs[name] = QPointF(width, top + ROW / 2)
            left = half if row < len(wires) else INSET
            labels.append(Label(name, QRectF(left + 2, top, width - INSET - left - 2, ROW), right=True))
    y += max(len(wires), len(spec.outputs)) * ROW
    fields = []
    for item in shown:
        if item in wires:
            continue
        field = _field(spec, item, y, width)
        fields.append(field)
        inputs[item.name] = QPointF(0, field.rect.top() + FIELD / 2)
        y = field.rect.bottom() + 2
    y, preview = _below(y + GRID / 2, width, aspect)
    hidden = len(spec.inputs) - len(shown) - idle
    footer = None
    if hidden or foldable:
        footer = QRectF(INSET, y - GRID / 2, width - 2 * INSET, FOOTER)
        y += FOOTER - GRID / 2
    return Geometry(
        rect=QRectF(0, 0, width, y),
        header=QRectF(0, 0, width, HEADER),
        inputs=inputs,
        outputs=outputs,
        input_specs={item.name: item for item in spec.inputs},
        output_specs={item.name: item for item in spec.outputs},
        fields=tuple(fields),
        labels=tuple(labels),
        footer=footer,
        hidden=hidden,
        preview=preview,
    )


def folded(spec: NodeSpec, shown: tuple[Shown, ...], width: float) -> Geometry:
    """The geometry of a collapsed node: all links meet at the sides of its header."""
    return _small(spec, shown, QRectF(0, 0, width, HEADER))


def reroute(spec: NodeSpec, shown: tuple[Shown, ...]) -> Geometry:
    """The geometry of a reroute: little more than a dot."""
    return _small(spec, shown, QRectF(0, 0, REROUTE_SIZE * 1.5, REROUTE_SIZE))


def _small(spec: NodeSpec, shown: tuple[Shown, ...], rect: QRectF) -> Geometry:
    middle = rect.height() / 2
    return Geometry(
        rect=rect,
        header=rect,
        inputs={item.name: QPointF(0, middle) for item in shown},
        outputs={item.name: QPointF(rect.width(), middle) for item in spec.outputs},
        input_specs={item.name: item for item in spec.inputs},
        output_specs={item.name: item for item in spec.outputs},
        collapsed=True,
    )


def _bare(spec: NodeSpec, item: Shown) -> bool:
    entry = spec.input(item.name)
    return entry is None or field_kind(entry) is FieldKind.NONE


def _field(spec: NodeSpec, item: Shown, y: float, width: float) -> Field:
    entry = spec.input(item.name)
    assert entry is not None  # noqa: S101 - only inputs of the spec are shown as fields
    kind = field_kind(entry)
    height = PROMPT - 2 if kind is FieldKind.PROMPT and not item.linked else FIELD
    return Field(entry, kind, QRectF(INSET, y, width - 2 * INSET, height), item.linked)


def _below(y: float, width: float, aspect: float) -> tuple[float, QRectF | None]:
    if aspect <= 0:
        return y, None
    inner = width - 2 * INSET
    height = min(inner * aspect, 1.5 * inner)
    room = inner - height / aspect  # beside a tall picture
    return y + height + GRID, QRectF(INSET + room / 2, y, inner - room, height)
