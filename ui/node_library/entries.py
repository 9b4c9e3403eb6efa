"""What the node library lists, and in which groups. No widget lives here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.node.spec import NodeSpec
from ui.canvas.look import spaced
from ui.document.search import search
from ui.node_library.kept import kept_nodes
from ui.node_memory import REUSABLE

if TYPE_CHECKING:
    from ui.desk import Desk

_SIGNS = {
    "model": "cube",
    "conditioning": "text-aa",
    "latent": "grid-four",
    "image": "image",
    "sampling": "sliders-horizontal",
    "structure": "git-branch",
}
PLAIN, KEPT, FAILED = "circles-three", "bookmark-simple", "warning"
MOST = 200


@dataclass(frozen=True)
class Entry:
    """A node to add, or what could not be loaded.

    Attributes:
        key: What it is remembered by.
        title: What it is called.
        sign: A name of the icon set.
        category: Where menus show it.
        package: Where it comes from; empty: from the user.
        spec: The node type; None for reusable nodes, which are read when looked at.
        path: The file of a reusable node.
        fault: Why it could not be loaded.
    """

    key: str
    title: str
    sign: str
    category: str = ""
    package: str = ""
    spec: NodeSpec | None = None
    path: Path | None = None
    fault: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under a title."""

    title: str
    entries: tuple[Entry, ...]


def groups(desk: Desk, text: str) -> list[Group]:
    """Everything by category; with a text, what matches it, the best first.

    Args:
        desk: Whose nodes they are.
        text: What was typed.
    """
    types, kept = {entry.key: entry for entry in _types(desk)}, list(_kept(desk))
    faults = list(_faults(desk))
    if text:
        found = [*_found(text, types), *(e for e in (*kept, *faults) if _holds(e, text))]
        return [Group(_tr("Found"), tuple(found))] if found else []
    everything = types | {entry.key: entry for entry in kept}
    memory = desk.node_memory
    chosen = [
        (_tr("Favourites"), [everything[key] for key in memory.favourites if key in everything]),
        (_tr("Recently used"), [everything[key] for key in memory.recent if key in everything]),
        *_by_category(types.values()),
        (_tr("Reusable nodes"), kept),
        (_tr("Not loaded"), faults),
    ]
    return [Group(title, tuple(entries)) for title, entries in chosen if entries]


def _types(desk: Desk) -> Iterator[Entry]:
    for spec in desk.specs.values():
        sign = _SIGNS.get(spec.category, PLAIN)
        package = desk.origins.get(spec.type, "")
        yield Entry(spec.type, spaced(spec.type), sign, spec.category, package, spec)


def _by_category(types: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    for entry in types:
        found.setdefault(entry.category, []).append(entry)
    return [
        (category.replace("_", " ").capitalize(), sorted(entries, key=lambda e: e.title.casefold()))
        for category, entries in sorted(found.items())
    ]


def _kept(desk: Desk) -> Iterator[Entry]:
    for name, path in kept_nodes(desk.library).items():
        yield Entry(REUSABLE + name, name, KEPT, _tr("reusable"), path=path)


def _faults(desk: Desk) -> Iterator[Entry]:
    for number, fault in enumerate(desk.faults):
        what = fault.partition(":")[0]
        quoted = what.split("'")
        yield Entry(f"fault:{number}", quoted[1] if len(quoted) > 1 else what, FAILED, fault=fault)


def _found(text: str, types: dict[str, Entry]) -> Iterator[Entry]:
    """As the palette finds them, and all of a package whose name was typed."""
    specs = {key: entry.spec for key, entry in types.items() if entry.spec is not None}
    found = [item.spec.type for item in search(specs, text, limit=MOST)]
    yield from (types[key] for key in found)
    wanted = text.lower()
    yield from (e for key, e in types.items() if key not in found and wanted == e.package.lower())


def _holds(entry: Entry, text: str) -> bool:
    pile = f"{entry.title} {entry.category} {entry.fault}".lower()
    return all(word in pile for word in text.lower().split())


def _tr(text: str) -> str:
    return QCoreApplication.translate("NodeLibrary", text)
