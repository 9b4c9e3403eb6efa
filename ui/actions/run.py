"""The run menu."""

from __future__ import annotations

from ui.actions.action import Action, Context, translated


def _can_run(context: Context) -> bool:
    return context.editing is not None and context.desk.engine.ready


def _can_run_selected(context: Context) -> bool:
    return _can_run(context) and bool(context.chosen)


def _runs(context: Context) -> bool:
    return context.desk.engine.busy


def _cancel_label(context: Context) -> str:
    current = context.desk.engine.current
    stops = current is not None and current.cancelled
    return translated("End it at once") if stops else translated("Cancel")


def _can_explain(context: Context) -> bool:
    return _can_run(context) and len(context.chosen) == 1


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
        words="render generate",
    ),
    Action(
        "run.only",
        "Run only the selected nodes",
        lambda c: c.edit().running.only.run(),
        "run",
        ("Ctrl+Alt+Return", "Ctrl+Alt+Enter"),
        "play-circle",
        _can_run_selected,
        words="render generate this node alone single",
    ),
    Action(
        "run.auto",
        "Run on every change",
        lambda c: c.edit().running.auto.toggle(),
        "run",
        ("Ctrl+Alt+A",),
        "repeat",
        _can_run,
        lambda c: c.editing is not None and c.editing.running.auto.on,
        words="auto automatic live watch continuous",
    ),
    Action(
        "run.why",
        "Why does it run?",
        lambda c: c.window.explain(),
        "run",
        ("Ctrl+Shift+Y",),
        "question",
        _can_explain,
        apart=True,
        words="reason cached changed explain",
    ),
    Action(
        "run.look",
        "Look at what it gives",
        lambda c: c.edit().looking.look_at_selected(),
        "run",
        ("L",),
        "eye",
        _can_explain,
        on_canvas=True,
        words="inspect value wire output result peek",
    ),
    Action(
        "run.cancel",
        "Cancel",
        lambda c: c.desk.engine.cancel(),
        "run",
        ("Ctrl+.",),
        "stop",
        _runs,
        label=_cancel_label,
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
