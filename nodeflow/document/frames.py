"""Edits on frames and notes. Neither has a name in the file: both go by their place in the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nodeflow.document.appearance import Position, checked_color, move_nodes, tidy
from nodeflow.document.model import Frame, Mode, Note, Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields


def add_frame(
    workflow: Workflow,
    names: Iterable[str],
    title: str = "",
    position: Position | None = None,
    size: Position | None = None,
    *,
    at: Scope = TOP,
) -> Workflow:
    """Put a frame around nodes, as the last of the frames.

    A node lies in one frame at most: those chosen leave the frames they were in.

    Args:
        workflow: The document.
        names: The nodes; none for an empty frame.
        title: Shown at its top.
        position: Top left corner, in canvas units; None: as the nodes lie.
        size: In canvas units.
        at: The graph.

    Raises:
        EditRefused: If a node is not there.
    """
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        node_in(at.body(workflow), name)
    fields: dict[str, Any] = {"title": title, "nodes": chosen}
    fields.update({"position": tidy(position)} if position else {})
    fields.update({"size": tidy(size)} if size else {})
    others = _without(at.body(workflow).frames, chosen)
    return at.put(workflow, frames=(*others, with_fields(Frame(), **fields)))


def set_frame_nodes(workflow: Workflow, index: int, names: Iterable[str], *, at: Scope = TOP) -> Workflow:
    """Say which nodes lie in a frame; they leave the frames they were in."""
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        node_in(at.body(workflow), name)
    frames = list(_without(at.body(workflow).frames, chosen))
    old = frames[_checked(index, frames, "frame")]
    frames[index] = with_fields(old, nodes=chosen)
    return at.put(workflow, frames=tuple(frames))


def rename_frame(workflow: Workflow, index: int, title: str, *, at: Scope = TOP) -> Workflow:
    """Give a frame another title."""
    return _set(workflow, "frames", index, at, title=title)


def color_frame(workflow: Workflow, index: int, color: str | None, *, at: Scope = TOP) -> Workflow:
    """Colour a frame, `#rrggbb`; None gives it the usual colour."""
    return _set(workflow, "frames", index, at, color=checked_color(color))


def set_frame_mode(workflow: Workflow, index: int, mode: Mode | None, *, at: Scope = TOP) -> Workflow:
    """Mute or bypass all nodes in a frame, or let them take part again (None)."""
    return _set(workflow, "frames", index, at, mode=mode)


def resize_frame(
    workflow: Workflow, index: int, position: Position, size: Position, *, at: Scope = TOP
) -> Workflow:
    """Draw a frame elsewhere and larger or smaller; its nodes stay where they are."""
    return _set(workflow, "frames", index, at, position=tidy(position), size=tidy(size))


def move_frame(workflow: Workflow, index: int, dx: float, dy: float, *, at: Scope = TOP) -> Workflow:
    """Move a frame with the nodes and notes in it."""
    frames = at.body(workflow).frames
    frame = frames[_checked(index, frames, "frame")]
    if frame.position is not None:
        x, y = frame.position
        workflow = _set(workflow, "frames", index, at, position=tidy((x + dx, y + dy)))
    notes = tuple(
        with_fields(note, position=tidy((note.position[0] + dx, note.position[1] + dy)))
        if note.position and _holds(frame, note.position)
        else note
        for note in at.body(workflow).notes
    )
    if notes:
        workflow = at.put(workflow, notes=notes)
    return move_nodes(workflow, frame.nodes, dx, dy, at=at)


def remove_frame(workflow: Workflow, index: int, *, at: Scope = TOP) -> Workflow:
    """Remove a frame; its nodes stay."""
    return _remove(workflow, "frames", index, at)


def add_note(
    workflow: Workflow,
    text: str,
    position: Position,
    size: Position | None = None,
    *,
    at: Scope = TOP,
) -> Workflow:
    """Write a note on the canvas, as the last of the notes."""
    note = with_fields(Note(text=text), position=tidy(position), **({"size": tidy(size)} if size else {}))
    return at.put(workflow, notes=(*at.body(workflow).notes, note))


def set_note(workflow: Workflow, index: int, text: str, *, at: Scope = TOP) -> Workflow:
    """Change a note's text."""
    return _set(workflow, "notes", index, at, text=text)


def place_note(
    workflow: Workflow, index: int, position: Position, size: Position | None = None, *, at: Scope = TOP
) -> Workflow:
    """Move a note and, if a size is given, resize it."""
    sized = {"size": tidy(size)} if size else {}
    return _set(workflow, "notes", index, at, position=tidy(position), **sized)


def color_note(workflow: Workflow, index: int, color: str | None, *, at: Scope = TOP) -> Workflow:
    """Colour a note, `#rrggbb`; None gives it the usual colour."""
    return _set(workflow, "notes", index, at, color=checked_color(color))


def remove_note(workflow: Workflow, index: int, *, at: Scope = TOP) -> Workflow:
    """Remove a note."""
    return _remove(workflow, "notes", index, at)


def _holds(frame: Frame, point: Position) -> bool:
    if frame.position is None or frame.size is None:
        return False
    offsets = (point[0] - frame.position[0], point[1] - frame.position[1])
    return all(0 <= offset <= length for offset, length in zip(offsets, frame.size, strict=True))


def _without(frames: tuple[Frame, ...], names: tuple[str, ...]) -> tuple[Frame, ...]:
    return tuple(
        with_fields(frame, nodes=tuple(name for name in frame.nodes if name not in names))
        if not set(names).isdisjoint(frame.nodes)
        else frame
        for frame in frames
    )


def _checked(index: int, items: Any, what: str) -> int:
    if not 0 <= index < len(items):
        raise EditRefused(f"That {what} is not there any more.")
    return index


def _set(workflow: Workflow, kind: str, index: int, at: Scope, **fields: Any) -> Workflow:
    items = list(getattr(at.body(workflow), kind))
    old = items[_checked(index, items, kind[:-1])]
    items[index] = with_fields(old, **fields)
    return at.put(workflow, **{kind: tuple(items)})


def _remove(workflow: Workflow, kind: str, index: int, at: Scope) -> Workflow:
    items = list(getattr(at.body(workflow), kind))
    del items[_checked(index, items, kind[:-1])]
    return at.put(workflow, **{kind: tuple(items)})
