"""The menus of frames and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeflow.document.model import Mode
from ui.actions.action import Action
from ui.actions.node import swatches
from ui.window.menus.entry import Entry, Inner

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


def frame_entries(index: int, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """What can be done with a frame."""
    tr, areas = window.tr, editing.areas
    frame = editing.scope.body(editing.document.workflow).frames[index]
    yield Action(
        "frame.rename",
        tr("Rename frame…"),
        lambda _: window.asking.line(
            tr("Rename frame"), frame.title, lambda text: areas.rename_frame(index, text)
        ),
        icon="text-aa",
    )
    yield Inner(tr("Colour"), tuple(swatches(lambda color, _: areas.color_frame(index, color))))
    yield Action(
        "frame.mute",
        tr("Mute all in it"),
        lambda _: areas.toggle_frame_mode(index, Mode.MUTE),
        icon="speaker-slash",
        checked=lambda _: frame.mode is Mode.MUTE,
        apart=True,
    )
    yield Action(
        "frame.bypass",
        tr("Bypass all in it"),
        lambda _: areas.toggle_frame_mode(index, Mode.BYPASS),
        icon="arrow-bend-up-right",
        checked=lambda _: frame.mode is Mode.BYPASS,
    )
    yield Action(
        "frame.select",
        tr("Select what is in it"),
        lambda _: editing.scene.select(frame.nodes),
        apart=True,
        enabled=lambda _: bool(frame.nodes),
    )
    yield Action("frame.hold", tr("Take in what lies in it now"), lambda _: areas.frame_nodes(index))
    yield Action(
        "frame.remove",
        tr("Remove frame, keep the nodes"),
        lambda _: areas.remove_frame(index),
        icon="trash",
        apart=True,
    )


def note_entries(index: int, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """What can be done with a note."""
    areas, canvas = editing.areas, editing.canvas
    yield Action(
        "note.edit",
        window.tr("Edit note"),
        lambda _: canvas.edit_area(editing.scene.notes[index]),
        icon="pencil-simple",
    )
    yield Inner(window.tr("Colour"), tuple(swatches(lambda color, _: areas.color_note(index, color))))
    yield Action(
        "note.remove", window.tr("Remove note"), lambda _: areas.remove_note(index), icon="trash", apart=True
    )
