"""How long the window stands still while the gallery shows 10,000 pictures: the longest gap between ticks.

    python -m benchmarks.gallery [--pictures 10000] [--rounds 3]

Writes pictures of 512 x 512 with a workflow inside into a temporary folder, opens the gallery on them in a
fresh program for each round, and ticks every 8 ms in its thread while they are found and read for the first
time, scrolled through, searched, and joined by a new one. Prints of each stage the longest gap and the
longest work, which is the processor time that the window's thread took between two ticks: the part of a gap
that no other program is to blame for. The median of all rounds and the worst, and how many thumbnails were
made.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from nodeflow.document.edit import with_input
from nodeflow.document.files import dump_workflow, load_workflow
from ui.garbage import Collector
from ui.pictures.commands import Commands
from ui.pictures.gallery import Gallery
from ui.pictures.library import Library
from ui.pictures.thumbnails import Thumbnails
from ui.theme import ThemeKeeper

TICK = 8
SIDE = 512
DISTINCT = 40
"""Pixels that are really drawn; the others differ in their workflows only."""


class Ticks:
    """Measures the gaps between the turns of the event loop, and the work of this thread in them."""

    def __init__(self) -> None:
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK)
        self._timer.timeout.connect(self._tick)
        self._last = self._longest = (0.0, 0.0)

    def during(self, act: Callable[[], object], over: Callable[[], bool]) -> tuple[float, float]:
        """The longest gap and the longest work in milliseconds from an act until something is so."""
        self._last, self._longest = self._now(), (0.0, 0.0)
        self._timer.start()
        loop, watch = QEventLoop(), QTimer(interval=20)
        watch.timeout.connect(lambda: loop.quit() if over() else None)
        watch.start()
        QTimer.singleShot(0, act)
        loop.exec()
        watch.stop()
        self._timer.stop()
        gap, work = self._longest
        return gap * 1000, work * 1000

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.thread_time()

    def _tick(self) -> None:
        now = self._now()
        gap, work = (max(one, b - a) for one, a, b in zip(self._longest, self._last, now, strict=True))
        self._longest, self._last = (gap, work), now


def write(folder: Path, count: int) -> None:
    """Write the pictures."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    texts = load_workflow("text_to_image")
    drawn = []
    for kind in range(DISTINCT):
        pixels = np.stack([rows * (kind + 1), columns * (kind + 2), rows ^ columns], -1) % 256
        drawn.append(Image.fromarray(pixels.astype(np.uint8)))
    for number in range(count):
        info = PngInfo()
        prompt = f"{'an apple' if number % 2 else 'a pear'} number {number}"
        workflow = with_input(with_input(texts, "prompt.text", prompt), "sampler.seed", number % 100)
        info.add_text("nodeflow", dump_workflow(workflow))
        path = folder / f"{number % 50:02}" / f"{number:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn[number % DISTINCT].save(path, pnginfo=info, compress_level=1)
        os.utime(path, (1_700_000_000 + number,) * 2)


class Round:
    """One program with the gallery open.

    Args:
        folder: The pictures.
        count: How many there are.
        cache: Where index and thumbnails are kept.
    """

    def __init__(self, folder: Path, count: int, cache: Path) -> None:
        self._app = QApplication.instance() or QApplication([])
        self._garbage = Collector(self._app)
        self._keeper = ThemeKeeper(self._app, dark=True)  # type: ignore[arg-type]
        self._count, self._folder = count, folder
        self.library = Library(folder, cache)
        self.thumbnails = Thumbnails(cache)
        self.made: set[object] = set()
        self.thumbnails.ready.connect(self.made.add)
        self.gallery = Gallery()
        self.gallery.show_library(self.library, self.thumbnails, Commands.__new__(Commands))
        self.gallery.resize(1200, 800)
        self._ticks = Ticks()

    def stages(self) -> dict[str, tuple[float, float]]:
        """The longest gap and work of each stage, and the thumbnails that were made."""

        def shown() -> int:
            return len(self.gallery.pictures)

        acts: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
            "find and read all": (self.gallery.show, self._all_read),
            "scroll by the wheel": (lambda: self._wheel(150), _after(3.0)),
            "drag the bar to the end": (lambda: self._bar(100), _after(2.2)),
            "search": (lambda: self.gallery.search.setText("apple seed:7"), lambda: shown() < self._count),
            "end the search": (self.gallery.search.clear, lambda: shown() == self._count),
            "a new picture": (self._add, lambda: shown() > self._count),
        }
        gaps = {name: self._ticks.during(*act) for name, act in acts.items()}
        gaps["thumbnails made"] = (len(self.made), len(self.made))
        self.library.end()
        self.thumbnails.end()
        return gaps

    def _all_read(self) -> bool:
        return len(self.library.facts) == self._count and not self.library.busy

    def _wheel(self, left: int) -> None:
        port = self.gallery.view.viewport()
        at = QPointF(port.rect().center())
        event = QWheelEvent(
            at, QPointF(port.mapToGlobal(at)), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QCoreApplication.sendEvent(port, event)
        if left:
            QTimer.singleShot(16, lambda: self._wheel(left - 1))

    def _bar(self, left: int, steps: int = 100) -> None:
        bar = self.gallery.view.verticalScrollBar()
        bar.setValue(bar.maximum() * (steps - left) // steps)
        if left:
            QTimer.singleShot(16, lambda: self._bar(left - 1))

    def _add(self) -> None:
        source = next(self._folder.rglob("*.png"))
        (self._folder / "00" / "new.png").write_bytes(source.read_bytes())


def _after(seconds: float) -> Callable[[], bool]:
    """Whether some seconds are over since it was first asked."""
    began: list[float] = []

    def over() -> bool:
        began.append(time.perf_counter())
        return began[-1] - began[0] > seconds

    return over


def _one_round(folder: Path, count: int) -> None:
    with tempfile.TemporaryDirectory() as cache:
        print(json.dumps(Round(folder, count, Path(cache)).stages()))
    (folder / "00" / "new.png").unlink(missing_ok=True)


def main() -> None:
    """Write pictures, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder is not None:
        _one_round(options.folder, options.pictures)
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), options.pictures)
        command = [sys.executable, "-m", "benchmarks.gallery", "--folder", folder]
        command += ["--pictures", str(options.pictures)]
        rounds = []
        for _ in range(options.rounds):
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            rounds.append(json.loads(told.splitlines()[-1]))
    print(f"{'':26}{'gap: median':>14}{'worst':>9}{'work: median':>15}{'worst':>9}")
    for stage in rounds[0]:
        gaps, works = zip(*(one[stage] for one in rounds), strict=True)
        if stage.startswith("thumbnails"):
            print(f"{stage:26}{statistics.median(gaps):>14.0f}")
            continue
        figures = [statistics.median(gaps), max(gaps), statistics.median(works), max(works)]
        print(
            f"{stage:26}" + "".join(f"{f:>{w}.0f} ms" for f, w in zip(figures, (11, 6, 12, 6), strict=True))
        )


if __name__ == "__main__":
    main()
