"""Time the canvas with real paint events, offscreen, against NodeGraphQt: `python -m benchmarks.canvas`.

NodeGraphQt (MIT) is compared with where it can be imported. It is no dependency; to compare:

    pip install --no-deps --target /tmp/peer NodeGraphQt==0.6.44 Qt.py
    PYTHONPATH=/tmp/peer python -m benchmarks.canvas

Both editors show the same graph, NodeGraphQt with sockets only, and take turns in one process. Prints the
processor time of a frame, median and 95th percentile, and how many times as fast we are, against half the
lead that a bare prototype with nothing but sockets had over NodeGraphQt.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import math
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from benchmarks.canvas_editors import Drag, Editor, Own, Peer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SIZES = (200, 1000, 3000)
WARM_UP = 5
"""Nodes of a first graph that is shown and closed again, to import modules and load fonts."""
BUDGET = 16.0
"""Milliseconds a frame at 60 frames a second."""
FRAMES = 120
SWING = 20
"""Frames in which a motion goes there and back; no motion gets fewer."""
ENOUGH = 3.0
"""Seconds after which a slow editor is not asked for another swing."""
BUILDS = 5
STEP = 1.03
"""Zoom from frame to frame: a third nearer in half a swing, and back."""
PLACES: dict[str, tuple[QPointF, float] | None] = {
    "100 %": (QPointF(1200, 1000), 1.0),
    "40 %": (QPointF(2400, 2000), 0.4),
    "all visible": None,
}
WANTED: dict[str, tuple[float, float, float]] = {
    "build + show": (11, 25, 23),
    "pan, 100 %": (3, 1.8, 3.2),
    "pan, all visible": (59, 119, 178),
    "zoom, all visible": (46, 88, 137),
    "drag, all visible": (0.8, 1.0, 0.2),
}
"""Half the prototype's lead, for each of `SIZES`."""
FINAL = "redraw at rest"

Times = dict[str, list[float]]
"""Processor milliseconds of each frame, by row."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--frames", type=int, default=FRAMES)
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    makers: dict[str, Callable[[int], Editor]] = {"nodeflow": Own}
    if importlib.util.find_spec("NodeGraphQt"):
        makers["NodeGraphQt"] = Peer
    for maker in makers.values():
        editor = maker(WARM_UP)
        editor.show()
        app.processEvents()
        editor.close()
    slowest = 0.0
    for count in options.sizes:
        times = measure(makers, count, options.frames)
        report(count, times)
        own = times["nodeflow"]
        # Building is no frame; the redraw at rest comes once, when nothing moves any more.
        slowest = max(slowest, *(high(own[row]) for row in own if ", " in row))
    verdict = "within" if slowest < BUDGET else "OVER"
    print(f"slowest motion of nodeflow, 95th percentile: {slowest:.1f} ms a frame, {verdict} {BUDGET:g} ms")


def measure(makers: Mapping[str, Callable[[int], Editor]], count: int, frames: int) -> dict[str, Times]:
    """Build, move and close editors that take turns."""
    result: dict[str, Times] = {name: defaultdict(list) for name in makers}
    editors = {name: build(maker, count, result[name]["build + show"]) for name, maker in makers.items()}
    for place, spot in PLACES.items():
        for motion in (pan, zoom, drag):
            row = f"{motion.__name__}, {place}"
            for round_ in range(math.ceil(frames / SWING)):
                for name, editor in editors.items():
                    if round_ == 0 or sum(result[name][row]) < 1e3 * ENOUGH:
                        go(editor, spot)
                        result[name][row] += motion(editor)
    for name, editor in editors.items():
        go(editor, None)
        result[name][FINAL] = [timed(editor.redraw) for _ in range(3)]
        editor.close()
    QApplication.processEvents()
    return result


def build(maker: Callable[[int], Editor], count: int, times: list[float]) -> Editor:
    """Build an editor, a quick one several times; how long each takes goes to `times`."""
    while True:
        editor = maker(count)
        gc.collect()  # what was made before
        times.append(timed(editor.show))
        if len(times) == BUILDS or sum(times) > 1e3 * ENOUGH:
            return editor
        editor.close()
        del editor


def go(editor: Editor, spot: tuple[QPointF, float] | None) -> None:
    """Look at a place, or at everything, and come to rest there."""
    if spot is None:
        editor.fit()
    else:
        editor.look_at(*spot)
    editor.redraw()
    QApplication.processEvents()


def pan(editor: Editor) -> list[float]:
    """Move the view to and fro, and all the while down."""
    return [timed(partial(editor.pan, QPoint(9 * _way(frame), 5))) for frame in range(SWING)]


def zoom(editor: Editor) -> list[float]:
    """Zoom in and out again."""
    return [timed(partial(editor.zoom_by, STEP ** _way(frame))) for frame in range(SWING)]


def drag(editor: Editor) -> list[float]:
    """Drag a node with the mouse, away and back."""
    held = Drag(editor)
    held.move(QPoint(6, 6))
    QApplication.processEvents()
    places = [QPoint(8, 5) * (frame if frame < SWING / 2 else SWING - frame) for frame in range(SWING)]
    result = [timed(partial(held.move, place)) for place in places]
    held.end()
    QApplication.processEvents()
    return result


def _way(frame: int) -> int:
    return 1 if frame < SWING / 2 else -1


def timed(act: Callable[[], object]) -> float:
    """Processor milliseconds of acting and painting what follows from it."""
    began = time.process_time()
    act()
    QApplication.processEvents()
    return 1e3 * (time.process_time() - began)


def high(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def report(count: int, results: Mapping[str, Times]) -> None:
    """Print one size's table."""
    own, peer = results["nodeflow"], results.get("NodeGraphQt")
    print(
        f"\n{count} nodes, CPU ms".ljust(24) + "".join(f"{name:>18}" for name in results) + "   lead  wanted"
    )
    for row, times in own.items():
        line = row.ljust(23) + "".join(f"{_figures(figures[row]):>22}" for figures in results.values())
        if peer is not None:
            line += f"{statistics.median(peer[row]) / statistics.median(times):7.1f}"
        if row in WANTED and count in SIZES:
            line += f"{WANTED[row][SIZES.index(count)]:8g}"
        print(line, flush=True)


def _figures(times: list[float]) -> str:
    middle = statistics.median(times)
    return f"{middle:.0f}" if len(times) == 1 else f"{middle:.2f} (95 %: {high(times):.1f})"


if __name__ == "__main__":
    main()
