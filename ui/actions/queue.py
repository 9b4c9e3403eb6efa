"""What the menus offer for the queue."""

from __future__ import annotations

from ui.actions.action import Action, Context, translated

PANEL = "queue"


def _ready(context: Context) -> bool:
    return context.desk.engine.ready


def _can_run(context: Context) -> bool:
    return context.editing is not None and _ready(context)


def _paused(context: Context) -> bool:
    return context.desk.engine.queue.paused


def _pause(context: Context) -> None:
    context.desk.engine.change(lambda queue: queue.set_paused(not queue.paused))


def _pause_label(context: Context) -> str:
    return translated("Let the queue go on") if _paused(context) else translated("Pause the queue")


def _toggle(context: Context) -> None:
    context.window.docks.toggle(PANEL)


def _shown(context: Context) -> bool:
    return context.window.docks.shows(PANEL)


ACTIONS = (
    Action(
        "run.next",
        "Run next",
        lambda c: c.edit().running.run(front=True),
        "run",
        ("Alt+Return", "Alt+Enter"),
        "arrow-line-up",
        _can_run,
        apart=True,
        words="queue front first priority",
    ),
    Action(
        "run.repeat",
        "Repeat with new seeds…",
        lambda c: c.window.queue.repeat(c.edit()),
        "run",
        ("Ctrl+Alt+R",),
        "repeat",
        _can_run,
        words="several times batch count variations queue",
    ),
    Action(
        "run.prompts",
        "Run over a list of prompts…",
        lambda c: c.window.queue.run_over_prompts(c.edit()),
        "run",
        icon="list-bullets",
        enabled=_can_run,
        words="batch lines text file queue",
    ),
    Action(
        "run.pictures",
        "Run over a folder of pictures…",
        lambda c: c.window.queue.run_over_pictures(c.edit()),
        "run",
        icon="folder-simple",
        enabled=_can_run,
        words="batch directory img2img queue",
    ),
    Action(
        "run.pause",
        "Pause the queue",
        _pause,
        "run",
        icon="pause",
        enabled=_ready,
        label=_pause_label,
        apart=True,
        words="hold stop resume continue queue",
    ),
    Action(
        "view.queue",
        "Queue",
        _toggle,
        "view",
        ("Ctrl+J",),
        "queue",
        checked=_shown,
        words="jobs waiting batch dock panel show hide",
    ),
)
