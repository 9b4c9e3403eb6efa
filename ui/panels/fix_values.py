"""Mending inputs that hold a wrong value, or name a file that is not here."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog

from nodeflow.document.values import JSONValue
from nodeflow.errors import NodeflowError
from nodeflow.node.annotations import ModelFile, Range
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import Port
from ui.canvas.fields import label_text, value_text
from ui.document import edits
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr
from ui.window.mending import use_instead


def value_fixes(case: Case, entry: InputSpec, value: JSONValue) -> Iterator[Fix]:
    """A value close to the wrong one, the default, or one that somebody picks."""
    target, label = case.target(entry.name), _tr("Set {0}").format(label_text(entry.name).lower())
    choices = case.editing.desk.choices(entry)
    for other in near(entry, value, choices):
        text = _tr("Use {0}").format(value_text(entry, other))
        if entry.names_file:
            yield Fix(text, partial(_use, case, entry, str(other)))
        else:
            yield case.fix(text, label, edits.set_input, target, other, at=case.scope)
    if choices:
        yield Fix(_tr("Choose another…"), lambda: _choose(case, entry, str(value)))
    if entry.names_file:
        yield Fix(_tr("Browse…"), lambda: _browse(case, entry))
        yield Fix(_tr("Look again"), case.editing.desk.rescan)
    if not entry.required:
        text = _tr("Use the default, {0}").format(value_text(entry, entry.default))
        yield case.fix(text, label, edits.reset_input, target, at=case.scope)


def _use(case: Case, entry: InputSpec, name: str) -> None:
    """Name another value; another file in all nodes that name the missing one."""
    case.enter()
    if not entry.names_file:
        case.editing.set_values([Port(case.fault.node, entry.name)], name)
        return
    count = use_instead(case.editing, Port(case.fault.node, entry.name), name)
    text = _tr("1 node uses {1} now") if count == 1 else _tr("{0} nodes use {1} now")
    case.editing.said.emit(text.format(count, name))


def _choose(case: Case, entry: InputSpec, value: str) -> None:
    """Open the list of what there is, below the button that was pressed."""
    from ui.values.choices import choices_for
    from ui.values.chooser import pop_up

    pressed = QApplication.focusWidget()
    by_key = isinstance(pressed, QAbstractButton)
    where = pressed.mapToGlobal(pressed.rect().bottomLeft()) if pressed and by_key else QCursor.pos()
    pop_up(choices_for(entry, case.editing.desk), value, where, lambda name: _use(case, entry, name))


def _browse(case: Case, entry: InputSpec) -> None:
    """Let somebody pick a file anywhere; a picture is copied to where workflows may read it."""
    desk = case.editing.desk
    is_model = isinstance(entry.widget, ModelFile)
    dialog = QFileDialog(QApplication.activeWindow(), _tr("Choose a file"))
    dialog.setDirectory(str(desk.folders.models[0] if is_model else desk.folders.pictures))
    kinds = _tr("Models (*.safetensors)") if is_model else _tr("Pictures (*.png *.jpg *.jpeg *.webp)")
    dialog.setNameFilters([kinds, _tr("All files (*)")])
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: _take(case, entry, Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _take(case: Case, entry: InputSpec, path: Path) -> None:
    from ui.editing.files import model_offer, picture_offer

    is_model = isinstance(entry.widget, ModelFile)
    editing = case.editing
    try:
        offer = (model_offer if is_model else picture_offer)(path, editing.desk, editing.document.path)
    except NodeflowError as error:
        editing.said.emit(str(error))
        return
    if offer.fits(entry):
        _use(case, entry, offer.name)
    else:
        editing.said.emit(_tr("{0}: this input does not take it").format(offer.text))


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
