"""Values as artists set them: a weighted prompt, a guidance curve, a painted mask, and a plain form."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QPushButton, QWidget

from nodeflow.document.files import find_workflow
from nodeflow.document.values import Link
from tests.journeys.hand import Hand, Places
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.panels.app.app_panel import AppPanel
from ui.panels.inspector.inspector import Inspector
from ui.values.curve import CurveEditor
from ui.values.mask import MaskEditor
from ui.values.prompt import PromptEditor
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


def inspector(window: MainWindow) -> Inspector:
    panel = window.docks.panel("inspector")
    assert isinstance(panel, Inspector)
    return panel


def button(inside: QWidget, text: str) -> QPushButton:
    (found,) = (b for b in inside.findChildren(QPushButton) if b.text() == text and b.isVisible())
    return found


def test_a_prompt_is_weighted_by_keys(window: MainWindow, hand: Hand, open_template: OpenTemplate) -> None:
    editing, places = open_template("Text to image")
    hand.double_click(editing.canvas.viewport(), places.field("prompt", "text"))
    hand.until(lambda: isinstance(editing.canvas.editor.widget, PromptEditor), "the prompt is edited")
    hand.key("ctrl+a")
    hand.type("a red apple on a table, [blurry], photo")
    hand.key(*["ctrl+Home"], *["ctrl+Right"], "ctrl+Up", "ctrl+Up")
    hand.rest(500)
    hand.shot("prompt_editor", window)
    hand.key("ctrl+Return")
    assert editing.value(Port("prompt", "text")) == "a (red:1.1) apple on a table, [blurry], photo"


def test_guidance_follows_a_curve(window: MainWindow, hand: Hand, open_template: OpenTemplate) -> None:
    editing, places = open_template("Text to image")
    hand.click(editing.canvas.viewport(), places.header("sampler"))
    page = inspector(window).page
    hand.click(page._seldom.title)
    row = page.seldom.row("guidance_curve")
    assert row is not None
    page.ensureWidgetVisible(row)
    hand.rest()
    editor = row.editor
    assert isinstance(editor, CurveEditor)
    chart = editor.chart
    hand.click(chart, QPointF(chart.width() * 0.2, chart.height() * 0.25))
    page.ensureWidgetVisible(row)
    late = chart.width() * 0.8
    hand.drag(chart, QPointF(late, chart.height() * 0.3), QPointF(late, chart.height() * 0.7))
    value = editing.value(Port("sampler", "guidance_curve"))
    assert isinstance(value, list)
    assert len(value) >= 2
    assert value[0][1] > value[-1][1], "strict at first, loose at the end"
    hand.shot("guidance_curve", window)
    hand.click(window)
    hand.key("ctrl+z", "ctrl+z", "ctrl+z")


def test_a_mask_is_painted_over_the_picture(
    window: MainWindow, hand: Hand, open_template: OpenTemplate, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    shutil.copy(find_workflow("text_to_image").with_name("sketch.png"), pictures)
    editing, places = open_template("Text to image")
    for words in ("load image", "load mask"):
        hand.key("Tab")
        hand.type(words)
        hand.key("Return")
    editing.set_values([Port("load_image", "file")], "sketch.png")
    hand.key("ctrl+l", "Escape", "a")
    canvas = editing.canvas.viewport()
    hand.drag(canvas, places.output("load_image", "image"), places.input("load_mask", "image"))
    assert editing.document.workflow.nodes["load_mask"].inputs["image"] == Link("load_image", "image")
    hand.click(canvas, places.header("load_mask"))
    row = inspector(window).page.form.row("file")
    assert row is not None
    editor = row.editor
    assert isinstance(editor, MaskEditor)
    hand.click(editor.paint)
    hand.until(lambda: editor.dialog is not None and editor.dialog.isVisible(), "one can paint")
    dialog = editor.dialog
    assert dialog is not None
    hand.until(dialog.canvas.isEnabled, "the picture is read")
    middle = QPointF(dialog.canvas.rect().center())
    hand.drag(dialog.canvas, middle + QPointF(-60, -20), middle + QPointF(60, 20))
    hand.key("bracketright", "bracketright")
    hand.drag(dialog.canvas, middle + QPointF(-60, 50), middle + QPointF(40, 60))
    hand.shot("mask", dialog)
    hand.click(dialog.use)
    value = editing.value(Port("load_mask", "file"))
    assert isinstance(value, str)
    assert (pictures / value).is_file()
    hand.shot("mask_node", window)


def test_others_get_a_plain_form(window: MainWindow, hand: Hand, open_template: OpenTemplate) -> None:
    editing, places = open_template("Text to image")
    hand.click(editing.canvas.viewport(), places.header("sampler"))
    row = inspector(window).page.form.row("steps")
    assert row is not None
    hand.click(row.pin)
    hand.key("F9")
    panel = window.pages.form.findChild(AppPanel)
    assert panel is not None
    hand.until(panel.isVisible, "only the form is shown")
    hand.shot("app_panel", window)
    editor = panel.sheet.rows[0].editor
    assert editor is not None
    hand.click(editor)
    hand.key("ctrl+a")
    hand.type("a green pear")
    hand.key("F9")
    hand.until(lambda: editing.value(Port("prompt", "text")) == "a green pear", "what was typed is kept")
    assert window.pages.currentWidget() is editing.canvas
