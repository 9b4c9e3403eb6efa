"""The part of the tour through an editor at work: with pictures, models, jobs, questions and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QWidget

from nodeflow.document.files import load_workflow
from nodeflow.document.values import Link
from nodeflow.execution.job import Runner
from nodeflow.hardware import HardwareProfile
from tests.ui.models.conftest import EMBEDDING, LORA, WORDS, write_model
from tests.ui.pictures.conftest import save_picture, workflow_text
from tests.ui.running.conftest import Held
from tests.ui.runs.test_runs import run_of
from tests.ui.window.machine.test_machine import card, cpu
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.keys.dialog import KeysDialog
from ui.log.log import Level
from ui.machine.dialog import MachineDialog
from ui.pictures.chooser import Chooser
from ui.pictures.disk_dialog import DiskDialog
from ui.pictures.viewer import Viewer
from ui.queue.dialogs import PicturesDialog, PromptsDialog
from ui.queue.entry import State
from ui.running.testing import fake_runner
from ui.settings.dialog import SettingsDialog
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in

Stop = tuple[str, Callable[[], object]]
Part = TypeVar("Part", bound=QWidget)
LONG = "a lighthouse in a storm, towering waves, people on the rocks, painted on wood by lamplight"
FAULT = (
    "sampler.steps: the graphics card ran out of memory: 11.2 GB are needed and 3.5 GB are free. "
    "Make the picture smaller, or let the parts of the model move to the card one after the other."
)
KEYS = Qt.Key


class Fixture:
    """What the editor finds in its folders and computes with.

    Args:
        root: Where its folders are.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.backend = root, Held()
        output, models = folders_in(root).output, root / "models"
        for number in range(9):
            text = workflow_text(f"{LONG}, {number}", number) if number else None
            save_picture(output / f"2026-01/{number:03} a lighthouse in a storm.png", text, age=60 * number)
        write_model(models / "loras/styles/ink-wash-on-wet-paper-for-landscapes.safetensors", LORA, WORDS)
        write_model(models / "embeddings/hands.safetensors", EMBEDDING)
        (models / "loras/odd.safetensors").write_bytes(b"<html>")

    def runner(self) -> Runner:
        """A runner on a machine with a small card."""
        runner = fake_runner(folders_in(self.root), self.backend)
        runner.profile = HardwareProfile((card(4), cpu()), 8)
        return runner


class TourAtWork:
    """Leads through a window that runs workflows.

    Args:
        window: The window.
        fixture: What it has.
    """

    def __init__(self, window: MainWindow, fixture: Fixture) -> None:
        self.window, self.fixture = window, fixture
        self.engine, self.help = window.desk.engine, window.help

    @property
    def editing(self) -> Editing:
        """The document in front."""
        assert self.window.editing is not None
        return self.window.editing

    def stops(self) -> Iterator[Stop]:
        """Everything there is to see; each is looked at before the next is prepared."""
        yield "first start", lambda: wait(lambda: bool(self.window.pages.start.machine.text))
        yield from self.machine()
        yield from self.keys()
        yield "document at work", self.open
        yield "run", self.run
        yield from self.looking()
        yield (
            "why it runs",
            after(lambda: self.editing.canvas.select(frozenset({"sampler"})), self.window.explain),
        )
        yield from self.pictures()
        yield from self.models()
        yield from self.questions()
        yield from self.queue()
        yield from self.runs()
        yield from self.messages()

    def machine(self) -> Iterator[Stop]:
        """What is told of the computer."""
        yield "this computer", self.show_machine
        yield "this computer in detail", lambda: press(self.show_machine(), "Details")
        for page in range(3):
            yield f"settings page {page}", partial(self.show_settings, page)

    def show_machine(self) -> MachineDialog:
        """The page on this computer, once it knows."""
        self.help.show_machine()
        dialog = self.last(MachineDialog)
        wait(lambda: "GTX" in dialog.text)
        return dialog

    def show_settings(self, page: int) -> None:
        """The settings, with what goes before one and what is wrong with another."""
        self.help.show_settings()
        dialog = self.last(SettingsDialog)
        dialog.pages.setCurrentIndex(page)
        row = next(row for row in dialog.rows.values() if row.isVisible())
        row.warn("The variable NODEFLOW_RUN_DEVICE says “cuda:1”, which goes before this.")

    def keys(self) -> Iterator[Stop]:
        """Choosing keys."""
        yield "recording a key", self.record_key
        yield (
            "a key that is taken",
            lambda: QTest.keyClick(
                self.record_key().recorder, KEYS.Key_D, Qt.KeyboardModifier.ControlModifier
            ),
        )
        yield "a key that is fixed", lambda: QTest.keyClick(self.record_key().recorder, KEYS.Key_Left)
        yield "no such command", lambda: QTest.keyClicks(self.show_keys().line, "qqqq")

    def show_keys(self) -> KeysDialog:
        """The list of keys."""
        self.help.show_keys()
        return self.last(KeysDialog)

    def record_key(self) -> KeysDialog:
        """The list while it waits for a key."""
        dialog = self.show_keys()
        QTest.keyClicks(dialog.line, "select all")
        dialog.recorder.click()
        return dialog

    def open(self) -> None:
        """A document, when it is known what a run would do."""
        self.window.documents.open_template("text_to_image")
        wait(lambda: bool(self.editing.running.line))

    def run(self) -> None:
        """Run it to its end."""
        self.window.board.actions["run.run"].trigger()
        wait(lambda: not self.engine.busy)

    def looking(self) -> Iterator[Stop]:
        """What wires carry."""
        for name, output in (("decode", "image"), ("prompt", "conditioning"), ("checkpoint", "model")):
            yield f"look at {name}", partial(self.look_at, Link(name, output))
        yield (
            "look at nothing",
            after(
                lambda: self.editing.add_node("EmptyLatent"),
                lambda: self.look_at(Link("empty_latent", "latent")),
            ),
        )
        yield "nothing looked at", self.editing.undo

    def look_at(self, link: Link) -> None:
        """The card of an output."""
        self.editing.looking.look_at(link, self.window.mapToGlobal(self.window.rect().center()))
        wait(lambda: self.editing.looking.card is not None)

    def pictures(self) -> Iterator[Stop]:
        """The gallery and the viewer."""
        gallery, library = self.window.pictures.gallery, self.window.pictures.library
        self.window.docks.show("gallery")
        wait(lambda: bool(library.facts) and not library.busy)
        yield "gallery", lambda: None
        yield "a picture", lambda: choose(gallery.view, 2)
        yield "menu of a picture", lambda: gallery.open_menu(place_of(gallery.view, 2))
        yield "removing pictures", gallery.ask_remove
        yield "picture without a workflow", lambda: choose(gallery.view, 9)
        yield "viewer without a workflow", gallery.open
        yield "viewer", after(partial(choose, gallery.view, 2), gallery.open)
        yield "viewer without details", lambda: self.view(Viewer.toggle_details)
        yield "viewer compares", after(partial(choose, gallery.view, 2, 3), gallery.open)
        yield "viewer beside", lambda: self.view(Viewer.toggle_beside)
        yield "viewer of differences", lambda: self.view(Viewer.toggle_difference)
        yield "no such picture", partial(self.search_pictures, "qqqq")
        yield "pictures again", gallery.search.clear
        yield "disk", self.show_disk
        yield (
            "clearing",
            lambda: next(b for b in self.show_disk().clear_buttons.values() if b.isEnabled()).click(),
        )
        yield "no gallery", lambda: self.window.docks.toggle("gallery")

    def view(self, do: Callable[[Viewer], object]) -> None:
        """The viewer after something is done in it."""
        self.window.pictures.gallery.open()
        viewer = self.window.pictures.commands.viewer
        assert viewer is not None
        do(viewer)

    def search_pictures(self, text: str) -> None:
        """Search for pictures that are not there."""
        self.window.pictures.gallery.search.setText(text)
        wait(lambda: not self.window.pictures.gallery.pictures)

    def show_disk(self) -> DiskDialog:
        """What takes room on the disk, measured."""
        self.window.pictures.show_disk_use()
        dialog = self.last(DiskDialog)
        wait(lambda: bool(dialog.clear_buttons))
        return dialog

    def models(self) -> Iterator[Stop]:
        """Models of all kinds."""
        browser = self.window.browsing.model_browser
        yield "all models", partial(self.window.docks.show, "models")
        wait(lambda: not self.window.browsing.models.busy)
        for row in range(browser.view.model().rowCount()):
            yield f"model {row}", partial(choose, browser.view, row)
        yield "menu of a model", lambda: browser.open_menu(place_of(browser.view, 0))
        yield "orders of models", browser._offer_orders
        yield "no models", lambda: self.window.docks.toggle("models")

    def questions(self) -> Iterator[Stop]:
        """What a run or the queue asks."""
        colors = ("#804020", "#208040", "#204080", "#808020", "#802080")
        yield (
            "chooser",
            lambda: Chooser(
                "the best of five pictures", [plain(color) for color in colors], self.window
            ).show(),
        )
        queue = self.window.queue
        yield "repeat", lambda: queue.repeat(self.editing)
        yield "prompts", lambda: queue.run_over_prompts(self.editing)
        yield (
            "many prompts",
            after(
                lambda: queue.run_over_prompts(self.editing),
                lambda: self.last(PromptsDialog).text.setPlainText(f"{LONG}\n" * 1_200),
            ),
        )
        yield "folder of pictures", self.ask_folder
        yield "no such folder", lambda: self.ask_folder("/pictures of last summer/lighthouses/gone")
        yield "pictures of a folder", lambda: self.ask_folder(str(folders_in(self.fixture.root).output))

    def ask_folder(self, folder: str = "") -> None:
        """Ask for pictures in a workflow that loads one."""
        if "load_image" not in self.editing.document.workflow.nodes:
            self.editing.add_node("LoadImage")
        self.window.queue.run_over_pictures(self.editing)
        self.last(PicturesDialog).folder.setText(folder)

    def queue(self) -> Iterator[Stop]:
        """Jobs that wait, run and are over."""
        panel = self.window.queue.panel
        yield "empty queue", partial(self.window.docks.show, "queue")
        yield "queue", self.hold
        yield "a job", lambda: choose(panel.view, 1)
        yield "menu of a job", lambda: panel.open_menu(place_of(panel.view, 1))
        yield "job edited", panel.edit
        yield "job not edited", lambda: self.window.documents.close(1)
        yield "queue paused", panel.toggle_paused
        yield "jobs over", self.let_go
        yield "queue of last time", lambda: self.window.queue._tell_of_last_time(self.engine.queue.over[:1])
        yield "queue that failed", lambda: self.window.tell(FAULT, ("Go on", str), ("Show the queue", str))
        yield "no queue", after(self.window.notice.hide, lambda: self.window.docks.toggle("queue"))

    def hold(self) -> None:
        """Let one job run and three wait."""
        self.editing.canvas.select(frozenset({"load_image"}))
        self.editing.delete_selection()
        self.fixture.backend.hold_at = 6
        for number in range(4):
            self.editing.set_values([Port("prompt", "text")], f"{LONG}, {number}")
            self.window.board.actions["run.run"].trigger()
        wait(lambda: self.editing.scene.status("sampler").detail.startswith("5/"))

    def let_go(self) -> None:
        """Let all end; one failed."""
        self.fixture.backend.let_go.set()
        self.window.queue.panel.toggle_paused()
        wait(lambda: not self.engine.busy)
        failed = run_of(load_workflow("text_to_image"), 9, State.FAILED, FAULT)
        self.engine.queue.over.insert(0, failed)
        self.engine.changed.emit()

    def runs(self) -> Iterator[Stop]:
        """Earlier runs."""
        history = self.window.browsing.runs
        yield "earlier runs", partial(self.window.docks.show, "runs")
        yield "a run that failed", lambda: choose(history.view, 0)
        yield "a run", lambda: choose(history.view, 1)
        yield "two runs", lambda: choose(history.view, 0, 1)
        yield "no such run", lambda: QTest.keyClicks(history.search, "qqqq")
        yield "no runs", after(history.search.clear, lambda: self.window.docks.toggle("runs"))

    def messages(self) -> Iterator[Stop]:
        """What is said and noted."""
        log = self.window.desk.log
        yield "log", partial(self.window.docks.show, "log")
        log.add(Level.WARNING, "the package acme.studio takes 4 seconds to import", title="text_to_image")
        log.add(Level.ERROR, FAULT, title="a picture from a friend, third try", node="sampler", input="steps")
        yield "log with faults", lambda: None
        yield "long message", lambda: self.window.say(f"{LONG}. " * 4)
        yield "notice without choices", lambda: self.window.tell("/pictures/" + "lighthouses" * 30)
        yield "two faults", lambda: self.window.tell(f"{FAULT}\n{FAULT}", ("Settings", str))
        yield "silence", self.window.notice.hide

    def last(self, kind: type[Part]) -> Part:
        """The dialog of a kind that was opened last."""
        return self.window.findChildren(kind)[-1]


def place_of(view: QAbstractItemView, row: int) -> QPoint:
    """The middle of a row."""
    return view.visualRect(view.model().index(row, 0)).center()


def choose(view: QAbstractItemView, *rows: int) -> None:
    """Select rows; the last of them is the current one."""
    flags = QItemSelectionModel.SelectionFlag
    view.clearSelection()
    for row in rows:
        view.selectionModel().setCurrentIndex(view.model().index(row, 0), flags.Select | flags.Rows)


def press(dialog: QWidget, text: str) -> None:
    """Press a button by what it says."""
    next(button for button in dialog.findChildren(QPushButton) if button.text() == text).click()


def plain(color: str) -> QImage:
    """A picture of one colour."""
    picture = QImage(384, 256, QImage.Format.Format_RGB32)
    picture.fill(QColor(color))
    return picture


def after(*steps: Callable[[], object]) -> Callable[[], None]:
    """One step after the other."""

    def take() -> None:
        for step in steps:
            step()

    return take


def wait(done: Callable[[], bool]) -> None:
    """Wait until something is there.

    Raises:
        AssertionError: If it does not come.
    """
    for _ in range(12_000):
        if done():
            return
        QTest.qWait(10)
    raise AssertionError("what the tour waits for does not come")
