"""The view menu: zoom, bookmarks, panels, theme."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ui.actions.action import Action, Condition, Context, Menu, document, translated
from ui.translations.marking import marked

ZOOM_STEP = 1.25


def _zoom(factor: float, context: Context) -> None:
    canvas = context.edit().canvas
    canvas.set_zoom(canvas.zoom * factor)


def _full_size(context: Context) -> None:
    context.edit().canvas.set_zoom(1.0)


def _jump(name: str, context: Context) -> None:
    context.edit().jump_to_bookmark(name)


def _keep_bookmark(context: Context) -> None:
    editing = context.edit()
    taken = editing.bookmarks()
    free = next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)
    context.window.asking.line(translated("Keep bookmark"), free, editing.keep_bookmark)


def bookmarks(context: Context) -> Iterable[Action]:
    """An action for each bookmark, and one that keeps another."""
    for name in context.editing.bookmarks() if context.editing else []:
        key = (name,) if name in "123456789" else ()
        yield Action(f"bookmark.{name}", name, partial(_jump, name), shortcut=key, on_canvas=True)
    yield Action("view.keep_bookmark", translated("Keep bookmark…"), _keep_bookmark, apart=True)


def _choose_theme(name: str, context: Context) -> None:
    context.window.choose_theme(name)


def _has_theme(name: str) -> Condition:
    return lambda context: context.window.theme_choice == name


def _show_panel(name: str, context: Context) -> None:
    context.window.docks.toggle(name)


def _shows(name: str) -> Condition:
    return lambda context: context.window.docks.shows(name)


MENUS = (
    Menu("view.bookmarks", "Bookmarks", bookmarks, enabled=document, after="view.full_size"),
    Menu("view.theme", "Theme", apart=True),
)

_PANELS = (
    ("inspector", marked("Inspector"), "Ctrl+I"),
    ("panel", marked("App panel"), "Ctrl+Shift+I"),
    ("outline", marked("Outline"), "Ctrl+Shift+O"),
    ("bookmarks", marked("Bookmarks list"), "Ctrl+Shift+B"),
    ("problems", marked("Problems"), "Ctrl+Shift+M"),
    ("log", marked("Log"), "Ctrl+Shift+J"),
)
_THEMES = (("system", marked("Follow the system")), ("dark", marked("Dark")), ("light", marked("Light")))

ACTIONS = (
    Action(
        "view.commands",
        "Command palette…",
        lambda c: c.window.open_commands(),
        "view",
        ("Ctrl+Shift+P", "F1"),
        "command",
    ),
    Action(
        "view.fit",
        "Fit selection",
        lambda c: c.edit().canvas.fit_selection(),
        "view",
        ("F",),
        "frame-corners",
        document,
        apart=True,
        on_canvas=True,
        words="zoom frame",
    ),
    Action(
        "view.fit_all",
        "Fit all",
        lambda c: c.edit().canvas.fit_all(),
        "view",
        ("A", "Home"),
        "arrows-out",
        document,
        on_canvas=True,
        words="zoom home",
    ),
    Action(
        "view.zoom_in",
        "Zoom in",
        partial(_zoom, ZOOM_STEP),
        "view",
        ("Ctrl++", "Ctrl+="),
        "magnifying-glass-plus",
        document,
    ),
    Action(
        "view.zoom_out",
        "Zoom out",
        partial(_zoom, 1 / ZOOM_STEP),
        "view",
        ("Ctrl+-",),
        "magnifying-glass-minus",
        document,
    ),
    Action("view.full_size", "100 %", _full_size, "view", ("Ctrl+0",), enabled=document, words="zoom reset"),
    Action(
        "view.app",
        "Show only the app panel",
        lambda c: c.window.toggle_form(),
        "view",
        ("F9",),
        "app-window",
        document,
        lambda c: c.window.pages.form_only,
        apart=True,
        words="form simple",
    ),
    *(
        Action(
            f"view.{name}",
            text,
            partial(_show_panel, name),
            "view",
            (key,),
            checked=_shows(name),
            apart=name == "inspector",
            words="dock panel show hide",
        )
        for name, text, key in _PANELS
    ),
    Action(
        "view.minimap",
        "Minimap",
        lambda c: c.window.pages.toggle_minimap(),
        "view",
        ("Ctrl+Shift+K",),
        "map-trifold",
        checked=lambda c: c.window.pages.minimap_shown,
    ),
    Action(
        "view.full_screen",
        "Full screen",
        lambda c: c.window.toggle_full_screen(),
        "view",
        ("F11",),
        checked=lambda c: c.window.isFullScreen(),
    ),
    *(
        Action(
            f"view.theme.{name}",
            text,
            partial(_choose_theme, name),
            "view.theme",
            checked=_has_theme(name),
            words="theme colours appearance",
        )
        for name, text in _THEMES
    ),
)
