"""What can be done about a problem with one click."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeflow.document.values import is_linked, literal
from nodeflow.errors import ExitCode
from ui.document import edits
from ui.document.problems import Fault
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr
from ui.panels.fix_links import feeding_fixes, link_fixes
from ui.panels.fix_memory import memory_fixes
from ui.panels.fix_sizes import size_fixes
from ui.panels.fix_types import type_fixes
from ui.panels.fix_values import value_fixes

if TYPE_CHECKING:
    from ui.editing.editing import Editing


def fixes(editing: Editing, fault: Fault) -> list[Fix]:
    """Ways to mend a problem, the likeliest first; none if only a person can tell."""
    if not fault.scope.exists(editing.document.workflow):
        return []
    node = fault.scope.body(editing.document.workflow).nodes.get(fault.node)
    return list(_all(Case(editing, fault, node))) if node is not None else []


def _all(case: Case) -> Iterator[Fix]:
    name = case.fault.problem.input
    if not case.sockets.known(case.fault.node):
        yield from type_fixes(case)
        return
    if case.node.frozen is not None:
        text = _tr("Thaw it")
        yield case.fix(text, _tr("Thaw"), edits.set_frozen, {case.fault.node: None}, at=case.scope)
    if case.fault.problem.code is ExitCode.OUT_OF_MEMORY:
        yield from memory_fixes(case)
    if name is None:
        return
    value, entry = case.node.inputs.get(name), case.spec.input(name)
    if is_linked(value):
        yield from size_fixes(case, name, value)
        yield from link_fixes(case, name, value)
    elif name in case.node.inputs and entry is not None and _declares(case, name):
        yield from value_fixes(case, entry, literal(value))
    elif name in case.node.inputs:
        text = _tr("Remove value")
        yield case.fix(text, text, edits.reset_input, case.target(name), at=case.scope)
    elif entry is not None:
        yield from feeding_fixes(case, entry)


def _declares(case: Case, name: str) -> bool:
    """Whether the type itself has the input: what only the file knows is of no use."""
    spec = case.editing.desk.spec(case.node.type) or case.spec
    body = case.workflow.subgraphs.get(case.node.subgraph or "")
    return name in body.inputs if body is not None else spec.input(name) is not None
