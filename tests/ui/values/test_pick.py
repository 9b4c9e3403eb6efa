"""Choices, models and pictures: lists with a search line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.execution.events import FileSaved
from nodeflow.node.spec import InputSpec
from tests.ui.values.conftest import Shown
from ui.desk import Desk
from ui.values.choices import choices_for, matching
from ui.values.thumbnails import SIDE, THUMBNAILS

LEFT = Qt.MouseButton.LeftButton
Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


def test_search_finds_parts_and_forgives_typos() -> None:
    choices = ["euler", "euler_ancestral", "dpmpp_2m", "ddim"]
    assert matching("", choices) == choices
    assert matching("anc", choices)[0] == "euler_ancestral"
    assert matching("anc eul", choices)[0] == "euler_ancestral"
    assert matching("eulre", choices)[0] == "euler"
    assert matching("zzz", choices) == []


def test_a_choice_is_searched_and_picked(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.scheduler"), "euler")
    QTest.mouseClick(shown.editor.button, LEFT)
    chooser = shown.editor.chooser
    assert chooser.list.currentItem().text() == "euler"
    QTest.keyClicks(chooser.search, "uni")
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert shown.told == [("unipc", False)]
    assert shown.editor.button.text() == "unipc"


def test_choices_say_what_they_do(show: Show, spec: Spec, desk: Desk) -> None:
    guidance = spec("Guidance.method")
    hints = {row.value: row.detail for row in choices_for(guidance, desk)}
    assert hints["fdg"] == "a scale of its own for fine detail"
    assert all(hints.values())
    shown = show(guidance, "fdg")
    assert shown.editor.button.toolTip() == f"fdg\n{hints['fdg']}"
    assert {row.detail for row in choices_for(spec("Sampler.scheduler"), desk)} == {""}


def test_typing_on_the_button_searches_at_once(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.scheduler"), "euler")
    shown.editor.setFocus()
    QTest.keyClick(shown.editor.button, Qt.Key.Key_D)
    assert shown.editor.chooser.search.text() == "d"
    QTest.keyClick(shown.editor.chooser.search, Qt.Key.Key_Escape)
    assert shown.told == []
    assert shown.editor.button.text() == "euler"


def test_arrows_on_the_button_step_through_the_choices(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.scheduler"), "euler")
    shown.editor.setFocus()
    QTest.keyClick(shown.editor.button, Qt.Key.Key_Down)
    QTest.keyClick(shown.editor.button, Qt.Key.Key_Up)
    QTest.keyClick(shown.editor.button, Qt.Key.Key_Up)
    assert shown.told == [("euler_ancestral", False), ("euler", False)]


def test_a_click_on_a_line_picks_it(show: Show, spec: Spec) -> None:
    shown = show(spec("CheckpointLoader.checkpoint"), None)
    QTest.mouseClick(shown.editor.button, LEFT)
    rows = shown.editor.chooser.list
    place = rows.visualItemRect(rows.item(0)).center()
    QTest.mouseClick(rows.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert shown.told == [("pocket", False)]


def test_models_say_what_they_are_and_how_large(desk: Desk, spec: Spec) -> None:
    rows = {row.value: row.detail for row in choices_for(spec("CheckpointLoader.checkpoint"), desk)}
    assert rows["pocket"].startswith("Checkpoint · ")
    assert rows["pocket"].endswith("MB · bundled")


def test_a_missing_model_is_shown_as_missing(show: Show, spec: Spec) -> None:
    shown = show(spec("LoRALoader.lora"), "styles/ink")
    assert shown.editor.button.toolTip() == "styles/ink is not here"
    shown = show(spec("CheckpointLoader.checkpoint"), "pocket")
    assert "not here" not in shown.editor.button.toolTip()


def test_a_picture_shows_small(show: Show, spec: Spec, picture: Path, qtbot: QtBot) -> None:
    shown = show(spec("LoadImage.file"), "red.png")
    assert shown.editor.thumbnail.path == picture

    def painted() -> bool:
        color = shown.editor.thumbnail.grab().toImage().pixelColor(24, 24)
        return (color.red(), color.green()) == (0xD0, 0x20)

    qtbot.waitUntil(painted)


def test_a_thumbnail_follows_its_file(picture: Path, qtbot: QtBot) -> None:
    def width() -> int | None:
        image = THUMBNAILS.get(picture)
        return None if image is None else image.width()

    qtbot.waitUntil(lambda: width() == 64)
    assert QImage(300, 600, QImage.Format.Format_RGB32).save(str(picture))
    qtbot.waitUntil(lambda: width() == SIDE // 2)
    picture.unlink()
    assert width() == 0


def test_a_file_from_elsewhere_is_copied_among_the_pictures(
    show: Show, spec: Spec, picture: Path, tmp_path: Path, desk: Desk
) -> None:
    elsewhere = tmp_path / "elsewhere.png"
    picture.rename(elsewhere)
    shown = show(spec("LoadImage.file"), None)
    QTest.mouseClick(shown.editor.browse, LEFT)
    shown.editor.dialog.fileSelected.emit(str(elsewhere))
    shown.editor.dialog.reject()
    ((name, _),) = shown.told
    assert (desk.folders.pictures / str(name)).read_bytes() == elsewhere.read_bytes()


def written(path: Path, ago: float) -> Path:
    """A picture that was written some seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert QImage(8, 8, QImage.Format.Format_RGB32).save(str(path))
    os.utime(path, (1_700_000_000 - ago,) * 2)
    return path


def test_pictures_beside_the_workflow_and_those_made_last_are_offered(
    show: Show, spec: Spec, desk: Desk, tmp_path: Path
) -> None:
    own = written(tmp_path / "project/sketch.png", 20)
    written(desk.folders.output / "2026/made.png", 10)
    written(desk.folders.pictures / "old.png", 30)
    written(desk.folders.pictures / "sketch.png", 5)  # the one beside the workflow goes by that name
    shown = show(spec("LoadImage.file"), None)
    shown.editor.document = tmp_path / "project/flow.json"
    QTest.mouseClick(shown.editor.button, LEFT)
    rows = shown.editor.chooser.list
    assert [rows.item(row).text() for row in range(rows.count())] == [
        "2026/made.png",
        "sketch.png",
        "old.png",
    ]
    QTest.keyClicks(shown.editor.chooser.search, "sketch")
    QTest.keyClick(shown.editor.chooser.search, Qt.Key.Key_Return)
    assert shown.told == [("sketch.png", False)]
    assert shown.editor.thumbnail.path == own
    assert "not here" not in shown.editor.button.toolTip()


def test_a_picture_that_was_just_saved_is_offered_first(show: Show, spec: Spec, desk: Desk) -> None:
    written(desk.folders.output / "one.png", 10)
    assert [found.name for found in desk.shelf.pictures()] == ["one.png"]
    path = written(desk.folders.output / "2026/two.png", 0)
    desk.engine.told.emit(None, FileSaved("save", path))
    shown = show(spec("LoadImage.file"), None)
    QTest.mouseClick(shown.editor.button, LEFT)
    rows = shown.editor.chooser.list
    assert [rows.item(row).text() for row in range(rows.count())] == ["2026/two.png", "one.png"]
    QTest.keyClick(shown.editor.chooser.search, Qt.Key.Key_Escape)
