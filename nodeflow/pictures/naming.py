"""File names from templates such as `{date}/{workflow}_{counter:05}_{seed}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from string import Formatter

FIELDS = ("date", "time", "workflow", "node", "seed", "index", "counter")
DEFAULT_TEMPLATE = "{date}/{workflow}_{counter:05}_{seed}"

_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SPEC = re.compile(r"0?\d?")


def render(template: str, values: Mapping[str, str | int]) -> str:
    """Fill a template in; the result is a relative path without suffix that is safe on every platform.

    Args:
        template: Text with `{field}`s; `/` makes folders; `{counter:05}` pads numbers.
        values: A value for each of `FIELDS`; unsafe characters in them become `_`.

    Raises:
        ValueError: If a field is unknown or the name would leave the folder.
    """
    parts: list[str] = []
    for text, field, spec, _ in Formatter().parse(template):
        parts.append(text)
        if field is not None:
            parts.append(_field(field, spec or "", values))
    return _safe_path("".join(parts))


def _field(field: str, spec: str, values: Mapping[str, str | int]) -> str:
    if field not in FIELDS:
        raise ValueError(f"knows no field {{{field}}}; there are {', '.join(FIELDS)}")
    value = values[field]
    if not isinstance(value, int):
        return _UNSAFE.sub("_", value)
    if not _SPEC.fullmatch(spec):
        raise ValueError(f"has the format {spec!r}; numbers can be padded, as in {{{field}:05}}")
    return format(value, f"{spec}d")


def _safe_path(text: str) -> str:
    if text.startswith(("/", "\\")) or ":" in text:
        raise ValueError("must be relative to the folder for pictures")
    pieces = [piece for piece in re.split(r"[\\/]", text) if piece not in ("", ".")]
    if ".." in pieces:
        raise ValueError("must stay inside the folder for pictures")
    pieces = [_UNSAFE.sub("_", piece).strip(" ._-")[:150] for piece in pieces]
    pieces = [f"_{piece}" if _RESERVED.fullmatch(piece) else piece for piece in pieces if piece]
    if not pieces:
        raise ValueError("gives no file name")
    return str(PurePosixPath(*pieces))
