"""Reading `--quality`, `--device` and `--mode`."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from nodeflow.errors import UsageError
from nodeflow.hardware import Mode, Quality, Wishes

_Choice = TypeVar("_Choice", bound=StrEnum)


def read_wishes(quality: str | None, device: str | None, mode: str | None) -> Wishes:
    """What the command line wants of a run.

    Raises:
        UsageError: If there is no such quality or mode.
    """
    return Wishes(
        quality=_read(quality, Quality, "quality"),
        device=device or None,
        mode=_read(mode, Mode, "memory mode"),
    )


def _read(text: str | None, choices: type[_Choice], what: str) -> _Choice | None:
    if text is None:
        return None
    try:
        return choices(text)
    except ValueError:
        advice = f"There are: {', '.join(choices)}"
        raise UsageError(f"there is no {what} '{text}'", advice=advice) from None
