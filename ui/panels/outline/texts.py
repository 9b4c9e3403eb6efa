"""How the rows of the outline read, to eyes and to screen readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QCoreApplication

from nodeflow.document.links import sources_in
from nodeflow.document.model import Mode, Node
from nodeflow.document.values import Link, is_linked, literal
from ui.canvas.fields import FieldKind, field_kind, label_text, value_text
from ui.canvas.look import spaced
from ui.panels.outline.branch import Branch
from ui.panels.outline.item import Item, Kind

Counts = Mapping[str, int]
"""How many problems each node has, by path."""


def tr(text: str) -> str:
    """Translate a text of the outline."""
    return QCoreApplication.translate("Outline", text)


def name_text(item: Item) -> str:
    """What the first column says."""
    if item.kind is Kind.FRAME:
        return (item.frame.title if item.frame else "") or tr("Frame")
    return item.name if item.kind in (Kind.NODE, Kind.ROOT) else label_text(item.name)


def detail_text(item: Item) -> str:
    """What the second column says: a type, a value, what it is linked to."""
    branch, node = item.branch, _node(item)
    if branch is None:
        return ""
    if item.kind is Kind.FRAME:
        return count_text(len(item.children), tr("{0} node"), tr("{0} nodes"))
    if node is None or item.node is None:
        return ""
    if item.kind is Kind.NODE:
        return node.subgraph or spaced(node.type)
    if item.kind is Kind.OUTPUT:
        targets = branch.targets.get(Link(item.node, item.name), ())
        return ", ".join(str(t) if t.node is not None else tr("output {0}").format(t.input) for t in targets)
    return _input_text(branch, item, node)


def _input_text(branch: Branch, item: Item, node: Node) -> str:
    value = node.inputs.get(item.name)
    if is_linked(value):
        return ", ".join(
            str(source) if isinstance(source, Link) else tr("input {0}").format(source.name)
            for source in sources_in(value)
        )
    spec = branch.graph.sockets.spec(item.node or "").input(item.name)
    if spec is None or (item.name not in node.inputs and (spec.required or spec.socket.literal is None)):
        return ""
    held = literal(value) if item.name in node.inputs else spec.default
    return " ".join(value_text(spec, held).split())[:200]


def has_value(item: Item) -> bool:
    """Whether it is an input that holds a value somebody can edit."""
    node, branch = _node(item), item.branch
    if item.kind is not Kind.INPUT or node is None or branch is None:
        return False
    spec = branch.graph.sockets.spec(item.node or "").input(item.name)
    editable = spec is not None and field_kind(spec) is not FieldKind.NONE
    return editable and not is_linked(node.inputs.get(item.name))


def accessible_text(item: Item, problems: Counts) -> str:
    """What a screen reader says: "sampler, Sampler, muted, 2 problems; model from checkpoint.model"."""
    if item.kind is Kind.NODE:
        words = [item.name, detail_text(item), *_states(item, problems)]
        links = list(_links(item))
        return ", ".join(words) + ("; " + ", ".join(links) if links else "")
    if item.kind is Kind.FRAME:
        return ", ".join(
            [tr("Frame {0}").format(name_text(item)), detail_text(item), *_states(item, problems)]
        )
    return _port_words(item)


def _port_words(item: Item) -> str:
    name, detail, node = name_text(item), detail_text(item), _node(item)
    if item.kind is Kind.OUTPUT:
        says = tr("{0}, output, to {1}").format(name, detail) if detail else tr("{0}, output, not used")
        return says.format(name)
    if node is not None and is_linked(node.inputs.get(item.name)):
        return tr("{0}, input, from {1}").format(name, detail)
    return tr("{0}, input, {1}").format(name, detail or tr("not set"))


def _links(item: Item) -> Iterator[str]:
    node = _node(item)
    for key, value in node.inputs.items() if node else ():
        sources = ", ".join(s.name if not isinstance(s, Link) else str(s) for s in sources_in(value))
        if sources:
            yield tr("{0} from {1}").format(key.replace("_", " "), sources)


def _states(item: Item, problems: Counts) -> Iterator[str]:
    match mode_of(item):
        case Mode.MUTE:
            yield tr("muted")
        case Mode.BYPASS:
            yield tr("bypassed")
    if found := problems.get(item.path, 0):
        yield count_text(found, tr("{0} problem"), tr("{0} problems"))


def mode_of(item: Item) -> Mode | None:
    """Whether a node or frame is muted or bypassed, a node also by its frame."""
    if item.kind is Kind.FRAME:
        return item.frame.mode if item.frame else None
    is_node = item.kind is Kind.NODE and item.branch is not None
    return item.branch.graph.modes.get(item.name) if is_node and item.branch else None


def count_text(number: int, one: str, many: str) -> str:
    """`1 node`, `3 nodes`."""
    return (one if number == 1 else many).format(number)


def _node(item: Item) -> Node | None:
    if item.branch is None or item.node is None:
        return None
    return item.branch.body.nodes.get(item.node)
