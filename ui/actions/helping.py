"""The help menu."""

from __future__ import annotations

from ui.actions.action import Action, Context


def _guide(context: Context) -> None:
    context.window.help.show_guide()


def _keys(context: Context) -> None:
    context.window.help.show_keys()


def _news(context: Context) -> None:
    context.window.help.show_news()


def _machine(context: Context) -> None:
    context.window.help.show_machine()


def _about(context: Context) -> None:
    context.window.help.show_about()


def _report(context: Context) -> None:
    context.window.help.show_report()


ACTIONS = (
    Action("help.guide", "Guide", _guide, "help", icon="book-open", words="manual help documentation learn"),
    Action(
        "help.keys",
        "Keyboard shortcuts…",
        _keys,
        "help",
        ("Ctrl+/",),
        "keyboard",
        words="keys change customise hotkeys",
    ),
    Action(
        "help.machine",
        "What this computer can do",
        _machine,
        "help",
        icon="cpu",
        words="hardware doctor memory device graphics card gpu placement",
    ),
    Action("help.news", "What is new", _news, "help", icon="list-bullets", words="changes version"),
    Action(
        "help.report",
        "Report a fault…",
        _report,
        "help",
        icon="bug",
        apart=True,
        words="bug issue error crash support",
    ),
    Action("help.about", "About nodeflow", _about, "help", icon="info", words="version licence libraries"),
)
