"""Looks at the canvas with a workflow: `python -m ui.bare_canvas.demo workflows/text_to_image.json`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication

from nodeflow.document.files import load_workflow
from nodeflow.node.registry import Registry
from ui.bare_canvas.local_actions import LocalActions
from ui.canvas.canvas import Canvas
from ui.canvas.scene import CanvasScene
from ui.canvas.status import NodeStatus, Phase
from ui.theme.theme import ThemeKeeper


def main() -> int:
    """Open the window, or save what it would show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workflow", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"), help="By default the system's.")
    parser.add_argument("--zoom", type=float, help="By default everything is fitted in, at most at 100 %%.")
    parser.add_argument("--size", type=int, nargs=2, default=(1440, 900))
    parser.add_argument("--states", action="store_true", help="Show badges as after and during a run.")
    parser.add_argument("--expand", metavar="NODE", help="Show the seldom used inputs of this node.")
    parser.add_argument("--screenshot", type=Path)
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    keeper = ThemeKeeper(app, None if options.theme is None else options.theme == "dark")
    specs = {node.spec.type: node.spec for node in Registry.installed()}
    scene = CanvasScene(specs, keeper.theme)
    keeper.changed.connect(scene.set_theme)
    canvas = Canvas(scene, LocalActions(scene))
    scene.show(load_workflow(options.workflow))
    if options.states:
        show_states(scene)
    if options.expand:
        scene.toggle_seldom(options.expand)
    canvas.resize(*options.size)
    canvas.show()
    canvas.fit_all()
    if options.zoom:
        canvas.set_zoom(options.zoom)
        canvas.centerOn(scene.bounds().center())
    if options.screenshot is None:
        return app.exec()
    canvas.moving = False
    app.processEvents()
    canvas.grab().save(str(options.screenshot))
    return 0


def show_states(scene: CanvasScene) -> None:
    """Give some nodes the states of a run, so that each can be looked at."""
    kinds = (
        NodeStatus(Phase.CACHED),
        NodeStatus(Phase.WILL_RUN),
        NodeStatus(Phase.DONE, seconds=4.24),
        NodeStatus(Phase.FAILED, error="Out of memory", problems={"width": "must be at least 64"}),
        NodeStatus(Phase.RUNNING, progress=0.48, detail="12/25  4 s", preview=_picture()),
    )
    for name, status in zip(scene.nodes, kinds, strict=False):
        scene.set_status(name, status)


def _picture() -> QImage:
    image = QImage(256, 192, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    gradient = QLinearGradient(0, 0, 256, 192)
    for at, color in ((0.0, "#20304f"), (0.5, "#c7654b"), (1.0, "#f4d58d")):
        gradient.setColorAt(at, QColor(color))
    painter.fillRect(image.rect(), gradient)
    painter.end()
    return image


if __name__ == "__main__":
    sys.exit(main())
