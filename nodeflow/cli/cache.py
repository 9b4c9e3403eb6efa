"""`nodeflow cache`: what the result cache holds, and keeping it in order."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nodeflow.cache import PruneReport, ResultCache, VerifyReport, open_cache
from nodeflow.cli.output import complain, print_json, say, table
from nodeflow.errors import ExitCode, UsageError
from nodeflow.folders import Folders
from nodeflow.settings import read_settings

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kKmMgGtT]?)([iI]?)[bB]?")


def cache_info(as_json: bool) -> ExitCode:
    """Print where the cache lies, how large it is, and what fills it."""
    info = _cache().info()
    if as_json:
        print_json(_plain(asdict(info)))
        return ExitCode.DONE
    say(f"{info.folder}: {_amount(info.disk_entries, 'result')} in {_megabytes(info.disk_bytes)}")
    say(f"At most {_megabytes(info.disk_limit)} are kept; what was not used for longest leaves first.")
    if info.states:
        say(f"{_amount(info.states, 'state')} of unfinished runs in {_megabytes(info.state_bytes)}.")
    if info.types:
        rows = (
            (use.node_type, f"{use.entries:,}", _megabytes(use.bytes), f"{use.seconds:,.0f} s")
            for use in info.types
        )
        table(("type", "results", "size", "time to compute"), rows)
    return ExitCode.DONE


def cache_verify(as_json: bool) -> ExitCode:
    """Read all results, remove what is damaged, and print what was found."""
    report = _verify_with_bar(_cache())
    if as_json:
        print_json(_plain(asdict(report)))
        return ExitCode.DONE
    if report.index_rebuilt:
        complain("the cache's index was broken; it is begun anew and results are computed again", "warning")
    was = "was" if report.damaged == 1 else "were"
    say(f"Checked {_amount(report.entries, 'result')}; removed {report.damaged:,} that {was} damaged.")
    _print_removed(report.tidied)
    return ExitCode.DONE


def _verify_with_bar(cache: ResultCache) -> VerifyReport:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("checking results", total=None)
        return cache.verify(lambda done, total: progress.update(task, completed=done, total=total))


def cache_prune(to: str | None, as_json: bool) -> ExitCode:
    """Remove the least recently used results.

    Args:
        to: Size that may stay, such as `5GB`; None: what the cap allows.
        as_json: Print JSON.
    """
    return _report(_cache().prune(None if to is None else read_size(to)), as_json)


def cache_clear(as_json: bool) -> ExitCode:
    """Remove all results."""
    return _report(_cache().clear(), as_json)


def read_size(text: str) -> int:
    """Read a size such as `500MB`, `1.5 GiB` or `0`, in bytes.

    Raises:
        UsageError: If it is none.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None or (match[3] and not match[2]):
        raise UsageError(f"{text!r} is no size", advice="Write it like 500MB or 5GB")
    unit = _UNITS[match[2].upper()]
    if match[3]:
        unit = 1024 ** list(_UNITS.values()).index(unit)
    return int(float(match[1]) * unit)


def _cache() -> ResultCache:
    folders = Folders.from_environment()
    sizes = read_settings(folders).cache
    return open_cache(folders, memory_bytes=sizes.memory, disk_bytes=sizes.disk)


def _report(report: PruneReport, as_json: bool) -> ExitCode:
    if as_json:
        print_json(_plain(asdict(report)))
    else:
        _print_removed(report)
    return ExitCode.DONE


def _print_removed(report: PruneReport) -> None:
    say(
        f"Removed {_amount(report.entries, 'result')} and {_amount(report.temporary, 'unfinished file')}: "
        f"{_megabytes(report.freed_bytes)} freed, {_megabytes(report.kept_bytes)} kept."
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}


def _amount(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
