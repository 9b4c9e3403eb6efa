"""The edit menu: undo, the clipboard, selecting, deleting."""

from __future__ import annotations

from ui.actions.action import Action, Context, anything, document, nodes, nodes_or_frames, translated


def _can_undo(context: Context) -> bool:
    return context.editing is not None and context.editing.document.can_undo


def _can_redo(context: Context) -> bool:
    return context.editing is not None and context.editing.document.can_redo


def _undo_label(context: Context) -> str:
    label = context.editing.document.undo_label if context.editing else ""
    return f"{translated('Undo')}: {label}" if label else translated("Undo")


def _redo_label(context: Context) -> str:
    label = context.editing.document.redo_label if context.editing else ""
    return f"{translated('Redo')}: {label}" if label else translated("Redo")


ACTIONS = (
    Action(
        "edit.undo",
        "Undo",
        lambda c: c.edit().undo(),
        "edit",
        ("Ctrl+Z",),
        "arrow-counter-clockwise",
        _can_undo,
        label=_undo_label,
    ),
    Action(
        "edit.redo",
        "Redo",
        lambda c: c.edit().redo(),
        "edit",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "arrow-clockwise",
        _can_redo,
        label=_redo_label,
    ),
    Action(
        "edit.cut",
        "Cut",
        lambda c: c.edit().cut(),
        "edit",
        ("Ctrl+X",),
        "scissors",
        nodes_or_frames,
        apart=True,
    ),
    Action("edit.copy", "Copy", lambda c: c.edit().copy(), "edit", ("Ctrl+C",), "copy", nodes_or_frames),
    Action(
        "edit.copy_picture",
        "Copy the picture",
        lambda c: c.edit().showing.copy(),
        "edit",
        ("Ctrl+Shift+C",),
        "image",
        nodes(1),
        words="clipboard result image preview",
    ),
    Action("edit.paste", "Paste", lambda c: c.edit().paste(), "edit", ("Ctrl+V",), "clipboard", document),
    Action(
        "edit.duplicate",
        "Duplicate",
        lambda c: c.edit().duplicate_selection(),
        "edit",
        ("Ctrl+D",),
        "copy-simple",
        nodes_or_frames,
    ),
    Action(
        "edit.delete",
        "Delete, keep the wire",
        lambda c: c.edit().delete_selection(reconnect=True),
        "edit",
        ("Del", "Backspace"),
        "trash",
        anything,
        apart=True,
        on_canvas=True,
        words="remove reconnect",
    ),
    Action(
        "edit.cut_out",
        "Delete with its wires",
        lambda c: c.edit().delete_selection(reconnect=False),
        "edit",
        ("Ctrl+Del", "Shift+Del"),
        enabled=anything,
        on_canvas=True,
        words="remove disconnect",
    ),
    Action(
        "edit.select_all",
        "Select all",
        lambda c: c.edit().select_all(),
        "edit",
        ("Ctrl+A",),
        enabled=document,
        apart=True,
    ),
)
