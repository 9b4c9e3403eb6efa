"""A canvas showing a workflow of the built-in nodes, and a hand that drags on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec
from ui.bare_canvas.local_actions import LocalActions
from ui.bare_canvas.testing import Hand
from ui.canvas.canvas import Canvas
from ui.canvas.scene import CanvasScene
from ui.theme import theme_for


@pytest.fixture(scope="session")
def specs() -> Mapping[str, NodeSpec]:
    return {node.spec.type: node.spec for node in Registry.installed()}


@pytest.fixture
def canvas(qtbot: QtBot, specs: Mapping[str, NodeSpec]) -> Iterator[Canvas]:
    """`text_to_image` on a canvas of 1600 by 900 pixels, at 100 %."""
    scene = CanvasScene(specs, theme_for(dark=True))
    canvas = Canvas(scene, LocalActions(scene))
    scene.show(load_workflow("text_to_image"))
    canvas.resize(1600, 900)
    canvas.show()
    canvas.fit_all()
    qtbot.wait(1)
    yield canvas
    canvas.close()
    canvas.deleteLater()


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)
