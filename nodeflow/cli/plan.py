"""`nodeflow run --dry-run`: what a run would do, why, where, and how long it takes, without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodeflow.cache.history import PastNode
from nodeflow.cli.output import print_json, say, table
from nodeflow.cli.progress import duration
from nodeflow.errors import ExitCode
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.plan import Plan
from nodeflow.execution.uses import Use, peaks, uses
from nodeflow.execution.why import Reason, reasons


@dataclass(frozen=True)
class _Forecast:
    """All that can be told of a plan: reasons, predicted seconds and use of devices, by node."""

    plan: Plan
    reasons: Mapping[str, Reason]
    seconds: Mapping[str, float]
    uses: Mapping[str, Use]


def show_plan(plan: Plan, *, as_json: bool, history: WorkflowHistory | None = None) -> ExitCode:
    """Print one line for each node that a run needs, in order, and what is expected in all.

    Args:
        plan: The plan.
        as_json: Print JSON.
        history: What earlier runs of the workflow did, to compare with; None: nothing is known.
    """
    past: dict[str, PastNode] = history.past() if history else {}
    seconds = history.predicted_seconds(plan) if history else {}
    forecast = _Forecast(plan, reasons(plan, past), seconds, uses(plan))
    if as_json:
        _print_objects(forecast)
    else:
        _print_table(forecast)
    return ExitCode.DONE


def _print_objects(forecast: _Forecast) -> None:
    plan = forecast.plan
    for name in plan.order:
        reason, use = forecast.reasons[name], forecast.uses.get(name)
        print_json(
            {
                "node": name,
                "type": plan.graph.nodes[name].node.spec.type,
                "action": reason.action,
                "why": _why(reason),
                "causes": [{"node": c.node, "input": c.input, "text": c.text} for c in reason.causes],
                "key": plan.key(name),
                "seconds": forecast.seconds.get(name) if reason.action == "run" else 0.0,
                "device": use.device if use else None,
                "dtype": use.dtype if use else None,
                "bytes": use.nbytes if use else None,
            }
        )


def _print_table(forecast: _Forecast) -> None:
    plan = forecast.plan
    heads = ["node", "type", "would"]
    heads += ["device", "dtype", "memory"] if forecast.uses else []
    heads += ["time"] if forecast.seconds else []
    table((*heads, "because"), (_row(forecast, name) for name in plan.order))
    say(f"{len(plan.runs)} of {len(plan.order)} nodes would run{_in_all(forecast)}.")


def _row(forecast: _Forecast, name: str) -> list[str]:
    reason, use = forecast.reasons[name], forecast.uses.get(name)
    row = [name, forecast.plan.graph.nodes[name].node.spec.type, reason.action]
    if forecast.uses:
        row += [use.device, use.dtype, _gigabytes(use.nbytes)] if use else ["", "", ""]
    if forecast.seconds:
        seconds = forecast.seconds.get(name)
        row.append("" if seconds is None else duration(seconds))
    return [*row, _why(reason)]


def _why(reason: Reason) -> str:
    """The first cause, and how many more there are."""
    more = len(reason.causes) - 1
    return reason.causes[0].text + (f" (and {more} more)" if more else "")


def _in_all(forecast: _Forecast) -> str:
    """Predicted time and memory of the whole run, as far as they are known."""
    text = ""
    if forecast.seconds:
        unknown = len(forecast.plan.runs) - len(forecast.seconds)
        text = f", in about {duration(sum(forecast.seconds.values()))}"
        text += f" and what {unknown} of them take that never ran here" if unknown else ""
    found = [f"{_gigabytes(nbytes)} on {device}" for device, nbytes in peaks(forecast.plan).items()]
    return text + (f"; memory needed at most: {', '.join(found)}" if found else "")


def _gigabytes(nbytes: int) -> str:
    return f"{nbytes / 1e9:.1f} GB"
