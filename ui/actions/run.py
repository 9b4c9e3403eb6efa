"""The run menu."""

from __future__ import annotations

from ui.actions.action import Action, Context


def _can_run(context: Context) -> bool:
    return context.editing is not None and context.desk.engine.ready


def _can_run_selected(context: Context) -> bool:
    return _can_run(context) and bool(context.chosen)


def _runs(context: Context) -> bool:
    return context.desk.engine.busy


ACTIONS = (
    Action(
        "run.run",
        "Run",
        lambda c: c.edit().running.run(),
        "run",
        ("Ctrl+Return", "Ctrl+Enter"),
        "play",
        _can_run,
        words="render generate queue start execute",
    ),
    Action(
        "run.selected",
        "Run up to the selected nodes",
        lambda c: c.edit().running.run_selected(),
        "run",
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
        "skip-forward",
        _can_run_selected,
        words="render generate only this node",
    ),
    Action(
        "run.cancel",
        "Cancel",
        lambda c: c.desk.engine.cancel(),
        "run",
        ("Ctrl+.",),
        "stop",
        _runs,
        apart=True,
        words="stop abort interrupt",
    ),
    Action(
        "run.cancel_all",
        "Cancel all",
        lambda c: c.desk.engine.cancel_all(),
        "run",
        icon="x-circle",
        enabled=_runs,
        words="stop abort clear queue",
    ),
)
