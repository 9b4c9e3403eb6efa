"""What is said of runs: short, and never more exact than it is known."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nodeflow.execution.forecast import Forecast


def _tr(text: str) -> str:
    return QCoreApplication.translate("Running", text)


def span(seconds: float) -> str:
    """A time to wait: `4 s`, `2 min 5 s`."""
    whole = max(round(seconds), 1)
    return _tr("{0} s").format(whole) if whole < 60 else _tr("{0} min {1} s").format(*divmod(whole, 60))


def memory(nbytes: int) -> str:
    """An amount of memory: `3.1 GB`, `80 MB`."""
    return f"{nbytes / 1e9:.1f} GB" if nbytes >= 1e9 else f"{max(round(nbytes / 1e6), 1)} MB"


def step_text(step: int, steps: int, left: float | None) -> str:
    """What a node that runs says: `12/25  4 s`."""
    if steps <= 1:
        return ""
    rest = f"  {span(left)}" if left is not None and step < steps else ""
    return f"{step}/{steps}{rest}"


def failed_text(saved: int, failed: int, seconds: float) -> str:
    """What came of a run that failed: `1 picture saved, 1 node failed · 4 s`.

    Args:
        saved: How many pictures there are all the same.
        failed: How many nodes failed; 0: the run as a whole.
        seconds: How long it took.
    """
    if not saved or not failed:
        return _tr("Failed after {0}").format(span(seconds))
    pictures = _tr("1 picture saved") if saved == 1 else _tr("{0} pictures saved").format(saved)
    nodes = _tr("1 node failed") if failed == 1 else _tr("{0} nodes failed").format(failed)
    return f"{pictures}, {nodes} · {span(seconds)}"


def forecast_text(forecast: Forecast, total: int) -> str:
    """What a run would take: `6 of 7 nodes will run · about 12 s · 3.1 GB`, and what is missing for more."""
    count = len(forecast.runs)
    parts = [_tr("{0} of {1} nodes will run").format(count, total) if count else _tr("Nothing will run")]
    if forecast.seconds is not None:
        about = _tr("at least {0}") if forecast.unknown else _tr("about {0}")
        parts.append(about.format(span(forecast.seconds)))
    if forecast.lacking:
        parts.append(_tr("{0} cannot run: a file or node type is missing").format(len(forecast.lacking)))
    if forecast.peaks:
        parts.append(memory(max(forecast.peaks.values())))
    return " · ".join(parts)
