"""Edits on how nodes look and whether they take part: place, size, colour, mode, comment, seed mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nodeflow.document.model import Mode, NodeLayout, SeedMode, Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields

Position = tuple[float, float]


def tidy(point: Iterable[float]) -> tuple[float, float]:
    """Coordinates as they are written: to a tenth, whole ones without a point."""
    x, y = (round(value, 1) + 0 for value in point)  # + 0 makes -0.0 a plain 0.0
    return (int(x) if x == int(x) else x, int(y) if y == int(y) else y)


def place_nodes(workflow: Workflow, positions: Mapping[str, Position], *, at: Scope = TOP) -> Workflow:
    """Put nodes at positions (of their top left corners, in canvas units)."""
    return _with_layout(workflow, {name: {"position": tidy(p)} for name, p in positions.items()}, at)


def move_nodes(
    workflow: Workflow, names: Iterable[str], dx: float, dy: float, *, at: Scope = TOP
) -> Workflow:
    """Move nodes by a distance, in canvas units."""
    body = at.body(workflow)
    old = {name: body.layout[name].position if name in body.layout else (0, 0) for name in names}
    return place_nodes(workflow, {name: (x + dx, y + dy) for name, (x, y) in old.items()}, at=at)


def resize(workflow: Workflow, name: str, size: Position | None, *, at: Scope = TOP) -> Workflow:
    """Give a node a size, in canvas units; None lets it have that of its type."""
    return _with_layout(workflow, {name: {"size": size and tidy(size)}}, at)


def collapse(workflow: Workflow, names: Iterable[str], collapsed: bool, *, at: Scope = TOP) -> Workflow:
    """Show nodes as their title only, or open them again."""
    return _with_layout(workflow, {name: {"collapsed": collapsed} for name in names}, at)


def set_color(workflow: Workflow, names: Iterable[str], color: str | None, *, at: Scope = TOP) -> Workflow:
    """Colour nodes, `#rrggbb`; None gives them the colour of their type."""
    return _with_layout(workflow, {name: {"color": checked_color(color)} for name in names}, at)


def checked_color(color: str | None) -> str | None:
    """The colour.

    Raises:
        EditRefused: If it is not written `#rrggbb`.
    """
    digits = color[1:] if color and color.startswith("#") else ""
    if color is not None and (len(digits) != 6 or not set(digits) <= set("0123456789abcdefABCDEF")):
        raise EditRefused(f"{color!r:.20} is no colour; one reads like #20a0ff.")
    return color


def set_comment(workflow: Workflow, name: str, comment: str | None, *, at: Scope = TOP) -> Workflow:
    """Write a comment at a node; None or an empty one removes it."""
    return _with_node(workflow, {name: {"comment": comment or None}}, at)


def set_mode(workflow: Workflow, names: Iterable[str], mode: Mode | None, *, at: Scope = TOP) -> Workflow:
    """Mute or bypass nodes, or let them take part again (None)."""
    return _with_node(workflow, {name: {"mode": mode} for name in names}, at)


def toggle_mode(workflow: Workflow, names: Iterable[str], mode: Mode, *, at: Scope = TOP) -> Workflow:
    """Give all nodes a mode, unless all have it already: then take it away."""
    chosen = list(names)
    has_all = all(at.node(workflow, name).mode is mode for name in chosen)
    return set_mode(workflow, chosen, None if has_all else mode, at=at)


def set_frozen(workflow: Workflow, keys: Mapping[str, str | None], *, at: Scope = TOP) -> Workflow:
    """Let nodes keep the results of these keys, whatever changes before them; None: thaw a node."""
    return _with_node(workflow, {name: {"frozen": key} for name, key in keys.items()}, at)


def set_seed_mode(
    workflow: Workflow, name: str, input_name: str, mode: SeedMode | None, *, at: Scope = TOP
) -> Workflow:
    """Say what happens to a seed before each run; None no longer says anything."""
    body = at.body(workflow)
    node_in(body, name)
    seeds = dict(body.seeds)
    seeds.pop(f"{name}.{input_name}", None) if mode is None else seeds.update({f"{name}.{input_name}": mode})
    return at.put(workflow, seeds=seeds)


def _with_node(workflow: Workflow, fields: Mapping[str, dict[str, Any]], at: Scope) -> Workflow:
    body = at.body(workflow)
    changed = {name: with_fields(node_in(body, name), **values) for name, values in fields.items()}
    return at.put(workflow, nodes={**body.nodes, **changed})


def _with_layout(workflow: Workflow, fields: Mapping[str, dict[str, Any]], at: Scope) -> Workflow:
    body = at.body(workflow)
    changed = {}
    for name, values in fields.items():
        node_in(body, name)
        changed[name] = with_fields(body.layout.get(name) or NodeLayout(position=(0, 0)), **values)
    return at.put(workflow, layout={**body.layout, **changed}) if changed else workflow
