"""The arrange menu: aligning, distributing, automatic layout."""

from __future__ import annotations

from functools import partial

from ui.actions.action import Action, Context, document, nodes


def _align(edge: str, context: Context) -> None:
    from ui.document.layout import Edge

    context.edit().align(Edge(edge))


def _distribute(horizontal: bool, context: Context) -> None:
    context.edit().distribute(horizontal=horizontal)


def _toggle_snapping(context: Context) -> None:
    context.edit().snapping = not context.edit().snapping


ACTIONS = (
    Action(
        "arrange.left",
        "Align left edges",
        partial(_align, "left"),
        "arrange",
        ("Alt+Left",),
        "align-left",
        nodes(2),
    ),
    Action(
        "arrange.right",
        "Align right edges",
        partial(_align, "right"),
        "arrange",
        ("Alt+Right",),
        "align-right",
        nodes(2),
    ),
    Action(
        "arrange.top",
        "Align top edges",
        partial(_align, "top"),
        "arrange",
        ("Alt+Up",),
        "align-top",
        nodes(2),
    ),
    Action(
        "arrange.bottom",
        "Align bottom edges",
        partial(_align, "bottom"),
        "arrange",
        ("Alt+Down",),
        "align-bottom",
        nodes(2),
    ),
    Action(
        "arrange.column",
        "Align centres in a column",
        partial(_align, "center"),
        "arrange",
        ("Alt+Shift+C",),
        "align-center-horizontal",
        nodes(2),
    ),
    Action(
        "arrange.row",
        "Align centres in a row",
        partial(_align, "middle"),
        "arrange",
        ("Alt+Shift+R",),
        "align-center-vertical",
        nodes(2),
    ),
    Action(
        "arrange.across",
        "Distribute across",
        partial(_distribute, True),
        "arrange",
        ("Alt+Shift+Right",),
        "dots-three",
        nodes(3),
        apart=True,
    ),
    Action(
        "arrange.down",
        "Distribute down",
        partial(_distribute, False),
        "arrange",
        ("Alt+Shift+Down",),
        "dots-three-vertical",
        nodes(3),
    ),
    Action(
        "arrange.layout",
        "Lay out automatically",
        lambda c: c.edit().auto_layout(),
        "arrange",
        ("Ctrl+L",),
        "tree-structure",
        document,
        apart=True,
        words="tidy order",
    ),
    Action(
        "arrange.snap",
        "Snap to the grid",
        _toggle_snapping,
        "arrange",
        icon="grid-four",
        enabled=document,
        checked=lambda c: c.editing is not None and c.editing.snapping,
        apart=True,
    ),
)
