"""The pictures of a text fit into it, whatever its size and the screen's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from ui.help.pictures import FittingPictures


@pytest.fixture
def text(tmp_path: Path, qtbot: QtBot) -> Iterator[QTextBrowser]:
    """A text with a picture of 800 by 400 pixels, whose columns are black and white in turn, and an icon."""
    stripes = QImage(800, 400, QImage.Format.Format_RGB32)
    stripes.fill(QColor("black"))
    painter = QPainter(stripes)
    for x in range(1, 800, 2):
        painter.fillRect(x, 0, 1, 400, QColor("white"))
    painter.end()
    stripes.save(str(tmp_path / "stripes.png"))
    stripes.copy(0, 0, 20, 10).save(str(tmp_path / "icon.png"))
    text = QTextBrowser()
    text.document().setBaseUrl(QUrl.fromLocalFile(f"{tmp_path}/"))
    FittingPictures(text.document())
    text.setMarkdown("![Stripes](stripes.png)")
    text.resize(440, 600)
    text.show()
    qtbot.waitExposed(text)
    yield text
    text.close()
    text.deleteLater()


def drawn(text: QTextBrowser, fineness: float = 1) -> QImage:
    """What its document looks like on a screen."""
    size = text.document().size()
    image = QImage((size * fineness).toSize(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(fineness)
    image.fill(QColor("red"))
    painter = QPainter(image)
    text.document().drawContents(painter)
    painter.end()
    return image


def room(text: QTextBrowser) -> float:
    """How wide its lines are."""
    return text.document().textWidth() - 2 * text.document().documentMargin()


def test_a_wide_picture_is_as_wide_as_the_text_and_follows_it(text: QTextBrowser) -> None:
    for width in (440, 300, 700):
        text.resize(width, 600)
        assert text.horizontalScrollBar().maximum() == 0
        margin = 2 * text.document().documentMargin()
        assert text.document().size().height() - margin == pytest.approx(room(text) / 2, abs=8)


def test_a_small_picture_keeps_its_size(text: QTextBrowser) -> None:
    text.resize(1200, 600)
    assert text.document().idealWidth() == pytest.approx(800 + 2 * text.document().documentMargin(), abs=1)
    text.setMarkdown("![Icon](icon.png)")
    assert text.document().idealWidth() < 40


@pytest.mark.parametrize(("fineness", "grey"), [(1, True), (2, False)])
def test_pictures_are_smooth_and_sharp_on_fine_screens(
    text: QTextBrowser, fineness: float, grey: bool
) -> None:
    text.resize(text.width() + round(400 - room(text)), 600)
    assert room(text) == 400
    middle = drawn(text, fineness).copy(round(100 * fineness), round(60 * fineness), 100, 1)
    levels = {middle.pixelColor(x, 0).red() for x in range(middle.width())}
    assert (max(levels) - min(levels) < 40) == grey, levels


def test_a_picture_that_is_gone_leaves_no_hole(text: QTextBrowser) -> None:
    text.setMarkdown("![Gone](gone.png)")
    assert text.document().size().height() < 60
    drawn(text)
