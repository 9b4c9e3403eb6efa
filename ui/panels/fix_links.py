"""Mending inputs whose link is wrong, or that have none and cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF

from nodeflow.document.links import sources_in
from nodeflow.document.values import InputValue, Link
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import OpenEnd, Port
from ui.canvas.look import spaced
from ui.document import edits
from ui.document.sockets import ANY
from ui.document.validity import can_connect
from ui.panels.connecting import sources_for
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr

LEFT_OF = QPointF(-320, 0)
"""Where a node goes that is to feed another."""
BESIDE = QPointF(-40, 0)
"""Where a link to a new node would be let go."""


def link_fixes(case: Case, name: str, value: InputValue) -> Iterator[Fix]:
    """A node in between that converts, or no link."""
    target, sources = case.target(name), list(sources_in(value))
    if len(sources) == 1:
        freed = edits.disconnect(case.workflow, target, at=case.scope)
        verdict = can_connect(freed, case.specs, sources[0], target, at=case.scope)
        x, y = case.place()
        for converter in verdict.converters[:2]:
            yield case.fix(
                _tr("Convert with {0}").format(converter),
                _tr("Connect through {0}").format(converter),
                edits.connect_through,
                case.specs,
                sources[0],
                target,
                converter,
                position=(x + LEFT_OF.x(), y + LEFT_OF.y()),
                at=case.scope,
            )
    yield case.fix(_tr("Remove link"), _tr("Remove links"), edits.disconnect, target, at=case.scope)


def feeding_fixes(case: Case, entry: InputSpec) -> Iterator[Fix]:
    """Linking it to what is there, or to a new node."""
    target = case.target(entry.name)
    found = sources_for(case.workflow, case.specs, target, case.scope)
    exact = [source for source in found if case.sockets.of_source(source) == entry.socket]
    for source in exact[:2]:
        name = str(source) if isinstance(source, Link) else source.name
        yield case.fix(
            _tr("Link to {0}").format(name), _tr("Connect"), edits.connect, source, target, at=case.scope
        )
    maker = _maker(case, entry)
    if maker is not None and not exact:
        yield Fix(_tr("Add {0}").format(spaced(maker)), lambda: _add(case, maker, entry))


def _maker(case: Case, entry: InputSpec) -> str | None:
    """The plainest node type that gives what an input takes."""
    if entry.socket.literal is not None or entry.socket == ANY:
        return None
    ranked = [
        (sum(item.required and item.socket.literal is None for item in spec.inputs), name)
        for name, spec in case.specs.items()
        if any(output.socket == entry.socket for output in spec.outputs)
    ]
    return min(ranked)[1] if ranked else None


def _add(case: Case, type_id: str, entry: InputSpec) -> None:
    case.show()
    place = case.editing.scene.nodes[case.fault.node].body.topLeft() + BESIDE
    end = OpenEnd(entry.socket, target=Port(case.fault.node, entry.name))
    case.editing.add_and_connect(type_id, place, end, None)
