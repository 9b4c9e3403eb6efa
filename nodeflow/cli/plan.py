"""`nodeflow run --dry-run`: what a run would do, why, where, and how long it takes, without doing it."""

from __future__ import annotations

from nodeflow.cli.output import print_json, report, say, table
from nodeflow.cli.progress import duration
from nodeflow.errors import ExitCode
from nodeflow.execution.forecast import Forecast, NodeForecast, forecast
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.plan import Plan


def show_plan(plan: Plan, *, as_json: bool, history: WorkflowHistory | None = None) -> ExitCode:
    """Print one line for each node that a run needs, in order, what is expected in all, and what is missing.

    Args:
        plan: The plan.
        as_json: Print JSON.
        history: What earlier runs of the workflow did, to compare with; None: nothing is known.

    Returns:
        The exit code of a run.
    """
    told = forecast(plan, history)
    if as_json:
        for node in told.nodes:
            print_json(_object(node))
    else:
        _print_table(told)
    return report(plan.fault, as_json=as_json) if plan.fault is not None else ExitCode.DONE


def _object(node: NodeForecast) -> dict[str, object]:
    return {
        "node": node.node,
        "type": node.type,
        "action": node.action,
        "why": node.why,
        "causes": [{"node": c.node, "input": c.input, "text": c.text} for c in node.causes],
        "key": node.key,
        "seconds": node.seconds,
        "device": node.device,
        "dtype": node.dtype,
        "bytes": node.bytes,
    }


def _print_table(told: Forecast) -> None:
    places = any(node.device for node in told.nodes)
    times = told.seconds is not None
    heads = ["node", "type", "would"]
    heads += ["device", "dtype", "memory"] if places else []
    heads += ["time"] if times else []
    table((*heads, "because"), (_row(node, places=places, times=times) for node in told.nodes))
    say(f"{len(told.runs)} of {len(told.nodes)} nodes would run{_in_all(told)}.")


def _row(node: NodeForecast, *, places: bool, times: bool) -> list[str]:
    row = [node.node, node.type, node.action]
    if places:
        used = node.device and node.dtype and node.bytes is not None
        row += [node.device or "", node.dtype or "", _gigabytes(node.bytes or 0) if used else ""]
    if times:
        row.append(duration(node.seconds) if node.runs and node.seconds is not None else "")
    return [*row, node.why]


def _in_all(told: Forecast) -> str:
    """Predicted time and memory of the whole run, as far as they are known."""
    text = ""
    if told.seconds is not None:
        text = f", in about {duration(told.seconds)}"
        text += f" and what {told.unknown} of them take that never ran here" if told.unknown else ""
    found = [f"{_gigabytes(nbytes)} on {device}" for device, nbytes in told.peaks.items()]
    return text + (f"; memory needed at most: {', '.join(found)}" if found else "")


def _gigabytes(nbytes: int) -> str:
    return f"{nbytes / 1e9:.1f} GB"
