"""A window with pictures in its folder, and a hand for the gallery and the viewer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PIL import Image as PILImage
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nodeflow.document.edit import with_input
from nodeflow.document.files import dump_workflow, load_workflow
from ui.pictures.commands import Commands
from ui.pictures.gallery import Gallery
from ui.pictures.library import Library
from ui.pictures.viewer import Viewer
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

COLORS = ("red", "green", "blue", "white")


def workflow_text(prompt: str, seed: int) -> str:
    """`text_to_image` with another prompt and seed."""
    workflow = with_input(load_workflow("text_to_image"), "prompt.text", prompt)
    return dump_workflow(with_input(workflow, "sampler.seed", seed))


def save_picture(path: Path, text: str | None = None, *, color: str = "red", age: float = 0) -> Path:
    """A small picture with a workflow inside.

    Args:
        path: The file.
        text: The workflow's text.
        color: What it looks like.
        age: Seconds ago.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngInfo()
    if text is not None:
        info.add_text("nodeflow", text)
    PILImage.new("RGB", (64, 48), color).save(path, pnginfo=info)
    then = 1_700_000_000 - age
    os.utime(path, (then, then))
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Four pictures, the latest first: apple 1, pear 2, apple 3, and one without a workflow."""
    output = folders_in(tmp_path).output
    texts = [workflow_text("a red apple", 1), workflow_text("a green pear", 2), workflow_text("an apple", 3)]
    return [
        save_picture(output / f"2026/{number}.png", text, color=color, age=100 * number)
        for number, (text, color) in enumerate(zip([*texts, None], COLORS, strict=True))
    ]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, pictures: list[Path]) -> Iterator[MainWindow]:
    """A window with `text_to_image`, and the gallery open with its pictures read."""
    with open_window(tmp_path) as window:
        window.documents.open_template("text_to_image")
        window.docks.show("gallery")
        library = window.pictures.library
        qtbot.waitUntil(lambda: len(library.facts) == len(pictures) and not library.busy)
        yield window


@pytest.fixture
def gallery(window: MainWindow) -> Gallery:
    """The gallery."""
    gallery: Gallery = window.pictures.gallery
    gallery.view.setFocus()
    return gallery


class Stand(QObject):
    """Stands in for the window where only the viewer is looked at.

    Attributes:
        said: What it was to say.
        opened: The files it was to open.
    """

    editing = None

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.opened: list[Path] = []
        self.documents = self

    def say(self, text: str) -> None:
        self.said.append(text)

    def open(self, paths: list[Path]) -> None:
        self.opened += paths

    def activateWindow(self) -> None:  # noqa: N802 - Qt's name
        """It has no window."""


@pytest.fixture
def stand() -> Stand:
    """What the viewer belongs to where there is no window."""
    return Stand()


@pytest.fixture
def library(qtbot: QtBot, tmp_path: Path, pictures: list[Path]) -> Iterator[Library]:
    """The pictures, read."""
    folders = folders_in(tmp_path)
    library = Library(folders.output, folders.cache)
    library.look()
    qtbot.waitUntil(lambda: len(library.facts) == len(pictures) and not library.busy)
    yield library
    library.end()


@pytest.fixture
def commands(qtbot: QtBot, library: Library, stand: Stand) -> Iterator[Commands]:
    """What can be done with them."""
    commands = Commands(cast(MainWindow, stand), library)
    commands.viewer = Viewer(library, commands)
    yield commands
    commands.end()
    commands.viewer.deleteLater()


@pytest.fixture
def viewer(window: MainWindow) -> Callable[[], Viewer]:
    """Gives the viewer, once it is open."""

    def get() -> Viewer:
        viewer = window.pictures.commands.viewer
        assert viewer is not None
        assert viewer.isVisible()
        return viewer

    return get


def names(gallery: Gallery) -> list[str]:
    """What the gallery shows."""
    return [picture.path.stem for picture in gallery.pictures]


def press_menu(*texts: str) -> None:
    """Click an entry of the menu that is open, by what it says, and then one of the menu inside it."""
    menu = cast(QMenu, QApplication.activePopupWidget())
    for text in texts:
        action = next(action for action in menu.actions() if action.text() == text)
        assert action.isEnabled()
        inner = cast(QMenu | None, action.menu())
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        if inner is not None:
            wait_for_menu(inner)
            menu = inner


def wait_for_menu(menu: QMenu) -> None:
    """A menu inside another one opens a moment after the click."""
    deadline = 500
    while not menu.isVisible() and deadline:
        QTest.qWait(10)
        deadline -= 1
    assert menu.isVisible()
