"""Asks on the terminal which pictures go on."""

from __future__ import annotations

import queue
import sys
import tempfile
import threading
from pathlib import Path

from nodeflow.execution.events import ChoiceWanted
from nodeflow.execution.run import Run

ATTENTION = 0.2
"""Seconds between two looks at whether the run was cancelled."""


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(run: Run, question: ChoiceWanted) -> None:
    """Show where the pictures are, ask until the answer is one, and pass it on; no answer cancels the run."""
    with tempfile.TemporaryDirectory(prefix="nodeflow-choose-") as folder:
        _save(question, Path(folder))
        sys.stderr.write(f"\n{question.node}: {question.count} pictures are in {folder}\n")
        while not run.cancelled:
            sys.stderr.write(f"which go on? (1-{question.count}, several as 3, 1) ")
            sys.stderr.flush()
            line = _line(run)
            if not line:
                run.cancel()
                return
            places = read_choice(line, question.count)
            if places:
                run.answer(question.node, places)
                return
            sys.stderr.write(f"write numbers from 1 to {question.count}\n")


def read_choice(line: str, count: int) -> tuple[int, ...]:
    """The places, from 0, that a line such as `3, 1` names; none if it names anything else."""
    try:
        places = tuple(int(part) - 1 for part in line.replace(",", " ").split())
    except ValueError:
        return ()
    return places if all(0 <= place < count for place in places) else ()


def _save(question: ChoiceWanted, folder: Path) -> None:
    from PIL import Image as PILImage

    from nodeflow.pictures.small import preview_pictures

    pictures = preview_pictures(question.preview, 1024) if question.preview is not None else ()
    for number, small in enumerate(pictures, 1):
        picture = PILImage.frombytes("RGB", (small.width, small.height), small.pixels)
        picture.save(folder / f"{number}.png")


def _line(run: Run) -> str:
    """A line from the terminal; empty if there are no more, or the run was cancelled."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: lines.put(sys.stdin.readline()), daemon=True).start()
    while not run.cancelled:
        try:
            return lines.get(timeout=ATTENTION)
        except queue.Empty:
            continue
    return ""
