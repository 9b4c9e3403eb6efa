"""File names as they stand in a workflow, before any folder is looked at."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath

from nodeflow.errors import MissingFile, one_line

LONGEST_NAME = 300
LONGEST_PART = 255
_SPECIAL_PARTS = ("", ".", "..")

# Windows opens a device for these, whatever the extension and on any drive.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


def quoted(name: str) -> str:
    """The name as messages show it: in quotes, on one line, not too long."""
    return f"'{one_line(name, limit=80)}'"


def cleaned(name: str, *, what: str, windows: bool = os.name == "nt") -> str:
    r"""Return the name with `/` as its only separator, refusing what no honest workflow contains.

    Args:
        name: A file name or path as written in a workflow; `\` separates as on Windows.
        what: What the file is, for messages: "picture".
        windows: Whether this machine knows drive letters.

    Raises:
        MissingFile: If the name could not be opened everywhere, or means a device or another machine.
    """
    slashed = name.replace("\\", "/")
    fault = _fault(slashed, windows)
    if fault is not None:
        advice = f"Choose a {what} by a plain file name, or by a path in one of your folders"
        raise MissingFile(f"The {what} {quoted(name)} cannot be used: {fault}", advice=advice)
    return slashed


def close_matches(name: str, known: Iterable[str]) -> list[str]:
    """At most three of the known names that look like `name`, best first, whatever their case."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    return [by_folded[match] for match in difflib.get_close_matches(name.casefold(), by_folded, n=3)]


def shown_path(path: Path) -> str:
    """A file or folder as people recognise it: from their home folder on."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (RuntimeError, ValueError):
        return str(path)


def did_you_mean(matches: list[str]) -> str | None:
    """The question to ask when names look alike, or None."""
    return f"Did you mean {' or '.join(quoted(match) for match in matches)}?" if matches else None


def _fault(name: str, windows: bool) -> str | None:
    """What is wrong with a name, or None."""
    parts = [part for part in name.split("/") if part not in _SPECIAL_PARTS]
    drive = PureWindowsPath(name).drive
    longest = max((len(part.encode("utf-8", "surrogatepass")) for part in parts), default=0)
    faults = (
        (not name.strip(), "the name is empty"),
        (not parts, "it names no file"),
        (name.startswith("//"), "it lies on another machine"),
        (drive and not (windows and name.startswith(f"{drive}/")), "it begins with a drive letter"),
        (any(unicodedata.category(c) in {"Cc", "Cs"} for c in name), "the name contains control characters"),
        (len(name) > LONGEST_NAME or longest > LONGEST_PART, "the name is too long"),
        # A colon further on would open a hidden stream of the file.
        (windows and ":" in name.removeprefix(drive), "the name contains a colon"),
        (any(_DEVICE.fullmatch(part) for part in parts), "the name is reserved on Windows"),
    )
    return next((fault for wrong, fault in faults if wrong), None)
