"""Mending inputs that hold a wrong value."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from nodeflow.document.values import JSONValue
from nodeflow.node.annotations import Range
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import label_text, value_text
from ui.document import edits
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr
from ui.panels.fix_files import file_fixes


def value_fixes(case: Case, entry: InputSpec, value: JSONValue) -> Iterator[Fix]:
    """A value close to the wrong one, the default, or one that somebody picks."""
    target, label = case.target(entry.name), _tr("Set {0}").format(label_text(entry.name).lower())
    choices = case.editing.desk.choices(entry)
    found = near(entry, value, choices)
    if entry.names_file:
        yield from file_fixes(case, entry, str(value), [str(name) for name in found])
    else:
        for other in found:
            text = _tr("Use {0}").format(value_text(entry, other))
            yield case.fix(text, label, edits.set_input, target, other, at=case.scope)
        if choices:
            yield case.choice(
                entry,
                str(value),
                lambda name: case.editing.apply(
                    label, lambda w: edits.set_input(w, target, name, at=case.scope)
                ),
            )
    if not entry.required:
        text = _tr("Use the default, {0}").format(value_text(entry, entry.default))
        yield case.fix(text, label, edits.reset_input, target, at=case.scope)


def near(entry: InputSpec, value: JSONValue, choices: list[str]) -> list[JSONValue]:
    """Values close to a wrong one that are right."""
    if isinstance(value, str) and choices:
        folded = {choice.casefold(): choice for choice in reversed(choices)}
        found = difflib.get_close_matches(value.casefold(), folded, n=1)
        only = [choices[0]] if len(choices) == 1 and entry.socket.literal is Literal.FILE else []
        return list(dict.fromkeys([*(folded[name] for name in found), *only]))
    if isinstance(entry.widget, Range) and isinstance(value, int | float) and not isinstance(value, bool):
        inside = _inside(entry.widget, value, whole=entry.socket.literal is Literal.INTEGER)
        return [inside] if inside != value else []
    return []


def _inside(limits: Range, value: float, *, whole: bool) -> float:
    """The nearest number that a range allows."""
    found = min(max(value, limits.minimum), limits.maximum)
    if whole and limits.step:
        steps = round((found - limits.minimum) / limits.step)
        found = limits.minimum + steps * limits.step
        found = found - limits.step if found > limits.maximum else found
    return int(found) if whole else float(found)
