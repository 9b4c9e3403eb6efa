"""The node menu: adding, replacing, muting, naming and grouping nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from ui.actions.action import Action, Context, Menu, anything, document, nodes, nodes_or_frames, translated
from ui.translations.marking import marked


def _one(context: Context) -> bool:
    return len(context.chosen) + len(context.chosen_areas) == 1


def _subgraph(context: Context) -> bool:
    editing = context.editing
    if editing is None:
        return False
    nodes_here = editing.scope.body(editing.document.workflow).nodes
    return any(nodes_here[name].subgraph for name in context.chosen if name in nodes_here)


def _freezing(context: Context) -> str:
    editing = context.editing
    here = editing.scope.body(editing.document.workflow).nodes if editing is not None else {}
    chosen = [here[name] for name in context.chosen if name in here]
    frozen = bool(chosen) and all(node.frozen for node in chosen)
    return translated("Thaw the result") if frozen else translated("Freeze the result")


def _inside(context: Context) -> bool:
    return context.editing is not None and bool(context.editing.scope.path)


def _enter(context: Context) -> None:
    editing = context.edit()
    inner = (n for n in sorted(context.chosen) if editing.scope.inside(n).exists(editing.document.workflow))
    editing.enter(next(inner))


def _comment(context: Context) -> None:
    editing = context.edit()
    body = editing.scope.body(editing.document.workflow)
    text = next((body.nodes[name].comment or "" for name in sorted(context.chosen)), "")
    context.window.asking.line(translated("Comment"), text, editing.comment_selected)


def _color(color: str | None, context: Context) -> None:
    context.edit().color_selected(color)


COLORS = {
    marked("Red"): "#8f3b3b",
    marked("Orange"): "#8a5a2b",
    marked("Yellow"): "#7a6a1f",
    marked("Green"): "#3b7048",
    marked("Blue"): "#35618f",
    marked("Purple"): "#6a4a8a",
    marked("Grey"): "#5a6068",
}
"""Muted enough for both themes."""


def swatches(choose: Callable[[str | None, Context], None]) -> Iterable[Action]:
    """An action for each colour, and one for none.

    Args:
        choose: Takes the colour, `#rrggbb` or None.
    """
    yield Action("color.none", translated("Usual colour"), partial(choose, None))
    for name, color in COLORS.items():
        yield Action(f"color.{name}", translated(name), partial(choose, color), icon=f"square-fill {color}")


MENUS = (Menu("node.color", "Colour", lambda _: swatches(_color), enabled=anything, after="node.comment"),)

ACTIONS = (
    Action(
        "node.add",
        "Add node…",
        lambda c: c.window.search_at_pointer(),
        "node",
        ("Tab", "Shift+A"),
        "plus-circle",
        document,
        on_canvas=True,
        words="insert search palette",
    ),
    Action(
        "node.replace",
        "Replace with…",
        lambda c: c.window.search_at_pointer(replace=True),
        "node",
        ("Shift+S",),
        "swap",
        nodes(1),
        on_canvas=True,
        words="change type swap",
    ),
    Action(
        "node.rename",
        "Rename…",
        lambda c: c.edit().rename_selected(),
        "node",
        ("F2",),
        "text-aa",
        _one,
        apart=True,
    ),
    Action("node.comment", "Comment…", _comment, "node", enabled=nodes(1), icon="chat-text"),
    Action(
        "node.mute",
        "Mute",
        lambda c: c.edit().toggle_mute(),
        "node",
        ("Ctrl+M",),
        "speaker-slash",
        nodes_or_frames,
        apart=True,
        words="disable off",
    ),
    Action(
        "node.bypass",
        "Bypass",
        lambda c: c.edit().toggle_bypass(),
        "node",
        ("Ctrl+B",),
        "arrow-bend-up-right",
        nodes_or_frames,
        words="skip",
    ),
    Action(
        "node.freeze",
        "Freeze the result",
        lambda c: c.edit().freezing.toggle(),
        "node",
        ("Ctrl+Alt+F",),
        "snowflake",
        nodes(1),
        label=_freezing,
        words="keep lock cache pin thaw hold",
    ),
    Action(
        "node.collapse",
        "Collapse or expand",
        lambda c: c.edit().toggle_collapse(),
        "node",
        ("Ctrl+E",),
        "caret-up",
        nodes(1),
        words="fold minimise",
    ),
    Action(
        "node.group",
        "Group into a subgraph",
        lambda c: c.edit().group_selection(),
        "node",
        ("Ctrl+G",),
        "selection-all",
        nodes(1),
        apart=True,
    ),
    Action(
        "node.ungroup",
        "Ungroup",
        lambda c: c.edit().ungroup_selection(),
        "node",
        ("Ctrl+Shift+G",),
        "selection-slash",
        _subgraph,
    ),
    Action(
        "node.enter", "Open subgraph", _enter, "node", ("Ctrl+Down",), "sign-in", _subgraph, words="enter"
    ),
    Action(
        "node.leave",
        "Leave subgraph",
        lambda c: c.edit().leave(),
        "node",
        ("Ctrl+Up",),
        "sign-out",
        _inside,
        on_canvas=True,
        words="up parent",
    ),
    Action(
        "node.keep",
        "Save as reusable node…",
        lambda c: c.window.library.ask_keep(),
        "node",
        icon="bookmark-simple",
        enabled=_subgraph,
        words="library",
    ),
    Action(
        "node.frame",
        "Frame",
        lambda c: c.edit().frame_selection(),
        "node",
        ("Ctrl+Shift+F",),
        "frame-corners",
        document,
        apart=True,
    ),
    Action(
        "node.note",
        "Note",
        lambda c: c.edit().add_note(),
        "node",
        ("Ctrl+Shift+N",),
        "note",
        document,
        words="comment text",
    ),
    Action(
        "node.reload",
        "Reload node types",
        lambda c: c.window.types.reload(),
        "node",
        ("F5",),
        "arrows-clockwise",
        apart=True,
        words="refresh models rescan packages",
    ),
)
