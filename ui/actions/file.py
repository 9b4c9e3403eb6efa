"""The file menu: documents, templates, recent files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from ui.actions.action import Action, Context, Menu, document, translated

MOST_RECENT = 12


def _open(path: Path, context: Context) -> None:
    context.window.documents.open([path])


def _template(name: str, context: Context) -> None:
    context.window.documents.open_template(name)


def recent_files(context: Context) -> Iterable[Action]:
    """An action for each file that was open lately."""
    paths = context.desk.session.recent.paths()[:MOST_RECENT]
    names = [path.name for path in paths]
    for path in paths:
        twice = names.count(path.name) > 1
        text = f"{path.stem}  ·  {path.parent.name}" if twice else path.stem
        yield Action(f"recent.{path}", text, partial(_open, path))
    yield Action(
        "file.clear_recent",
        translated("Clear this list"),
        lambda c: c.desk.session.recent.clear(),
        apart=True,
        enabled=lambda _: bool(paths),
    )


def templates(_context: Context) -> Iterable[Action]:
    """An action for each workflow that comes with the program."""
    from ui.templates import template_titles

    for name, title in template_titles().items():
        yield Action(f"template.{name}", title, partial(_template, name))


MENUS = (
    Menu("file.templates", "New from template", templates, after="file.new"),
    Menu("file.recent", "Open recent", recent_files, after="file.open"),
)

ACTIONS = (
    Action(
        "file.new",
        "New workflow",
        lambda c: c.window.documents.new(),
        "file",
        ("Ctrl+N", "Ctrl+T"),
        "file-plus",
    ),
    Action("file.open", "Open…", lambda c: c.window.documents.ask_open(), "file", ("Ctrl+O",), "folder-open"),
    Action(
        "file.save",
        "Save",
        lambda c: c.window.documents.saving.save(),
        "file",
        ("Ctrl+S",),
        "floppy-disk",
        document,
        apart=True,
    ),
    Action(
        "file.save_as",
        "Save as…",
        lambda c: c.window.documents.saving.save_as(),
        "file",
        ("Ctrl+Shift+S",),
        enabled=document,
    ),
    Action(
        "file.settings",
        "Settings…",
        lambda c: c.window.help.show_settings(),
        "file",
        ("Ctrl+,",),
        "gear",
        apart=True,
        words="preferences options device quality memory folders theme language",
    ),
    Action(
        "file.close",
        "Close",
        lambda c: c.window.documents.close_current(),
        "file",
        ("Ctrl+W", "Ctrl+F4"),
        enabled=document,
        apart=True,
        words="tab",
    ),
    Action("file.quit", "Quit", lambda c: c.window.close(), "file", ("Ctrl+Q",), words="exit leave"),
    Action(
        "file.next",
        "Next document",
        lambda c: c.window.documents.step(1),
        shortcut=("Ctrl+Tab", "Ctrl+PgDown"),
        enabled=document,
        words="tab",
    ),
    Action(
        "file.previous",
        "Previous document",
        lambda c: c.window.documents.step(-1),
        shortcut=("Ctrl+Shift+Tab", "Ctrl+PgUp"),
        enabled=document,
        words="tab",
    ),
)
