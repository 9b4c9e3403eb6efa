"""What the start page says of a recent file: when it was saved, what it made last, what it lacks here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from nodeflow.errors import ExitCode, NodeflowError
from nodeflow.execution.variations import PICTURES
from ui.pictures.thumbnails import read_scaled
from ui.shelf import files_below
from ui.start.sketch import Places, read_sketch

if TYPE_CHECKING:
    from nodeflow.node.spec import NodeSpec
    from ui.shelf import Finder

SIDE = 128
"""The most pixels of a thumbnail's longer side."""


@dataclass(frozen=True)
class FileFacts:
    """What is known of a workflow file.

    Attributes:
        time: When it was saved, in seconds since 1970.
        faults: What keeps it from running here, a sentence each.
        missing: How many of them are files that are not here.
        picture: The latest picture it made; null: none is here.
        places: Where its nodes lie.
        links: Which nodes are linked.
    """

    time: float = 0.0
    faults: tuple[str, ...] = ()
    missing: int = 0
    picture: QImage = field(default_factory=QImage)
    places: Places = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)


def read_file(path: Path, specs: Mapping[str, NodeSpec], finder: Finder, picture: Path | None) -> FileFacts:
    """Read what there is to say of a file. For any thread.

    Args:
        path: The file.
        specs: The node types there are.
        finder: Finds the files that it names.
        picture: The latest picture it made.
    """
    from nodeflow.document.files import load_workflow
    from ui.document.problems import problems

    image = read_scaled(picture, SIDE) if picture is not None else QImage()
    try:
        time = path.stat().st_mtime
        workflow = load_workflow(path)
    except OSError:
        return FileFacts()
    except NodeflowError as error:
        return FileFacts(time, (str(error),), 0, image)
    found = problems(workflow, specs, finder)
    missing = sum(fault.problem.code is ExitCode.MISSING_FILE for fault in found)
    places, links = read_sketch(_content(path))
    return FileFacts(time, tuple(str(fault.problem) for fault in found), missing, image, places, links)


def _content(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def latest_pictures(output: Path, titles: Iterable[str]) -> dict[str, Path]:
    """The latest picture that each workflow saved under the usual name, by the workflow's title."""
    found: dict[str, tuple[float, Path]] = {}
    wanted = {f"{title}_": title for title in titles}
    for entry in files_below(output):
        if not entry.name.lower().endswith(PICTURES):
            continue
        for start, title in wanted.items():
            if entry.name.startswith(start) and entry.name[len(start) : len(start) + 1].isdigit():
                try:
                    time = entry.stat().st_mtime
                except OSError:
                    continue
                found[title] = max(found.get(title, (0.0, Path())), (time, Path(entry.path)))
    return {title: path for title, (_, path) in found.items()}
