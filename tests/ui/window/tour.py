"""Shows everything that the editor has, one thing after the other, and looks at each.

A program of its own, since the scale of a screen is chosen before Qt begins:
`python -m tests.ui.window.tour FOLDER WIDTH HEIGHT [LANGUAGE [PICTURES]]`, with QT_SCALE_FACTOR and
QT_QPA_PLATFORM set. It prints what is wrong at each stop, as JSON; under "words", what is not translated.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QWidget

from nodeflow.document.files import find_workflow
from nodeflow.document.values import Link
from tests.ui.window.clipping import faults_in
from tests.ui.window.tour_at_work import Fixture, Stop, TourAtWork
from ui.canvas.actions import Port
from ui.document.recovery import Recovered
from ui.editing.editing import Editing
from ui.editing.requests import MenuRequest, SearchRequest
from ui.panels.inspector.inspector import Inspector
from ui.settings.dialog import SettingsDialog
from ui.translations import Catalogue, Language, choose, install
from ui.translations.language import ENGLISH
from ui.values.mask import MaskEditor
from ui.values.pick import PickEditor
from ui.values.picture import PictureEditor
from ui.values.preset_menu import PresetButton
from ui.window.main_window import MainWindow
from ui.window.recovery import RecoveryDialog
from ui.window.testing import open_window

Part = TypeVar("Part", bound=QWidget)
OTHERS = re.compile("Q[A-Z]|Actions$")
"""Where words are not looked for: Qt's own classes, and actions that are named by files or bookmarks."""
PROMPT = "a lighthouse in a storm, (towering waves:1.2), [people], painted on wood, " * 6


def broken(folder: Path) -> Path:
    """A workflow of somebody else: another checkpoint, and a node of a package that is not here."""
    content = json.loads(find_workflow("text_to_image").read_text())
    content["nodes"]["checkpoint"]["inputs"]["checkpoint"] = "a-very-long-name-of-a-dream-checkpoint-xl-v10"
    content["nodes"]["sampler"]["inputs"]["steps"] = 0
    glow = {"image": {"from": "decode.image"}, "strength": 0.4}
    content["nodes"]["glow"] = {"type": "acme.studio.GlowAroundEdges", "inputs": glow}
    content["nodes"]["save"]["inputs"]["image"] = {"from": "glow.image"}
    path = folder / "a picture from a friend, third try.json"
    path.write_text(json.dumps(content))
    return path


class Tour:
    """Leads through a window.

    Args:
        window: The window.
        root: A folder for files.
    """

    def __init__(self, window: MainWindow, root: Path) -> None:
        self.window, self.root = window, root

    @property
    def editing(self) -> Editing:
        """The document in front."""
        assert self.window.editing is not None
        return self.window.editing

    @property
    def inspector(self) -> Inspector:
        """The inspector."""
        panel = self.window.docks.panel("inspector")
        assert isinstance(panel, Inspector)
        return panel

    def stops(self) -> Iterator[Stop]:
        """Everything there is to see; each is looked at before the next is prepared."""
        yield "start", lambda: None
        yield "start with recent files", self.show_recent
        yield "recovery", self.recover
        yield "document", partial(self.window.documents.open_template, "text_to_image")
        yield from self.browse()
        for panel in ("outline", "bookmarks", "panel", "problems", "inspector"):
            yield panel, partial(self.window.docks.show, panel)
        yield from self.menus()
        yield from self.nodes()
        yield from self.canvas_editors()
        yield from self.popups()
        yield "form", self.window.toggle_form
        yield "graph again", self.window.toggle_form
        yield "inside a subgraph", self.enter_subgraph
        yield "broken document", partial(self.window.documents.open, [broken(self.root)])
        yield "problems", partial(self.window.docks.show, "problems")
        for name in ("checkpoint", "sampler", "glow"):
            yield f"problem of {name}", partial(self.select, name)
        for show in ("show_guide", "show_keys", "show_news", "show_machine", "show_about", "show_report"):
            yield show, getattr(self.window.help, show)
        yield "settings", self.window.help.show_settings
        for page in (1, 2):
            yield f"page {page} of settings", partial(self.turn_settings, page)
        yield "notice", self.tell
        yield "form with problems", self.window.toggle_form

    def browse(self) -> Iterator[Stop]:
        """The panels to choose from, with something chosen."""
        nodes = self.window.browsing.nodes
        yield "nodes", partial(self.window.docks.show, "nodes")
        yield "a node read", lambda: QTest.keyClicks(nodes.search, "sampler")
        yield "no such node", lambda: QTest.keyClicks(nodes.search, "qqqq")
        yield "nodes again", nodes.search.clear
        models = self.window.browsing.model_browser
        yield "models", partial(self.window.docks.show, "models")
        yield "a model", lambda: models.view.setCurrentIndex(models.view.model().index(0, 0))
        yield "no such model", lambda: QTest.keyClicks(models.search, "qqqq")
        yield "models again", models.search.clear
        yield "runs", partial(self.window.docks.show, "runs")
        yield "nothing to browse", self.stop_browsing

    def stop_browsing(self) -> None:
        """Close these panels: the smallest window has not room for everything."""
        for name in ("runs", "models", "nodes"):
            self.window.docks.toggle(name)
        problems = self.window.docks.panel("problems").parentWidget()
        assert isinstance(problems, QDockWidget)
        self.window.docks.show("problems")
        self.window.resizeDocks([problems], [170], Qt.Orientation.Vertical)

    def show_recent(self) -> None:
        """Long paths."""
        folder = "pictures of last summer/lighthouses and other buildings/"
        self.window.pages.start.show_recent(
            [self.root / (folder * n) / f"storm{n}.json" for n in range(1, 9)]
        )

    def recover(self) -> None:
        """The list of documents that were not saved."""
        editing = self.window.documents.new()
        content, title = editing.document.workflow, "a picture from a friend, third try"
        found = [Recovered(self.root / "1", None, title, content, 0.0) for _ in range(3)]
        self.window.documents.close(0)
        RecoveryDialog(found, lambda _document: None, self.window).open()

    def select(self, *names: str) -> None:
        """Select nodes."""
        self.editing.canvas.select(frozenset(names))

    def nodes(self) -> Iterator[Stop]:
        """The inspector on every kind of node; with all inputs, and with a long prompt."""
        self.editing.set_values([Port("prompt", "text")], PROMPT)
        yield "no node", self.select
        yield "several nodes", partial(self.select, "prompt", "sampler", "negative")
        page = self.inspector.page
        for name in sorted(self.window.desk.specs):
            yield f"node {name}", partial(self.select_new, name)
            if page.seldom.rows:
                yield f"all of {name}", page._seldom.unfold
                yield f"end of {name}", lambda: page.verticalScrollBar().setValue(10_000)
            self.editing.undo()
        for width in (420, 240, 300):
            for name in ("prompt", "sampler"):
                yield f"{name} in a panel of {width} pixels", partial(self.select_in, width, name)

    def select_in(self, width: int, name: str) -> None:
        """Select a node in a window that gives the inspector so much room."""
        dock = self.inspector.parentWidget()
        assert isinstance(dock, QDockWidget)
        self.window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        self.select(name)

    def select_new(self, type_id: str) -> None:
        """Add a node and select it."""
        self.select(self.editing.add_node(type_id))

    def canvas_editors(self) -> Iterator[Stop]:
        """The editor over every field of the canvas."""
        canvas = self.editing.canvas
        for type_id in ("LoadMask", "SolidColor", "LoadImage"):
            self.select_new(type_id)
        canvas.canvas.toggle_seldom("sampler")
        yield "whole graph", canvas.fit_all
        for name, item in sorted(canvas.canvas.nodes.items()):
            for field in item.look.geometry.fields:
                kind = self.editing.spec(name).input(field.spec.name)
                if not field.linked and kind is not None and type(kind.widget).__name__ != "MaskFile":
                    port = Port(name, field.spec.name)
                    yield f"field {name}.{port.input}", partial(canvas.editor.open, port, field)
        yield "no field", canvas.editor.cancel

    def menus(self) -> Iterator[Stop]:
        """Every menu of the menu bar, and what it opens."""
        for action in self.window.menuBar().actions():
            menu = action.menu()
            assert isinstance(menu, QMenu)
            yield from self.menu(action.text(), menu)

    def menu(self, name: str, menu: QMenu) -> Iterator[Stop]:
        """A menu and those inside it."""
        yield f"menu {name}", lambda: menu.popup(QPoint(0, 0))
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                yield from self.menu(f"{name} {action.text()}", inner)

    def popups(self) -> Iterator[Stop]:
        """Search, palette, context menus, lines of text."""
        window, where = self.window, self.window.mapToGlobal(self.window.rect().center())
        corner, middle = self.window.mapToGlobal(self.window.rect().bottomRight()), QPointF(0, 0)
        yield "search", lambda: window.popups.open_search(SearchRequest(middle, corner), self.editing)
        yield "commands", window.open_commands
        link, port = Link("prompt", "conditioning"), Port("sampler", "positive")
        requests = {
            "canvas": MenuRequest(corner, middle),
            "node": MenuRequest(corner, middle, node="sampler"),
            "input": MenuRequest(corner, middle, node="sampler", port=Port("sampler", "steps")),
            "output": MenuRequest(corner, middle, node="prompt", output=link),
            "link": MenuRequest(corner, middle, link=(link, port)),
        }
        for name, request in requests.items():
            yield f"menu of {name}", partial(window.popups.open_menu, request, self.editing)
        yield from self.dialogs()
        yield "line", lambda: window.asking.line("Rename node", "sampler", str, where)

    def dialogs(self) -> Iterator[Stop]:
        """What the editors of values open."""
        kinds: dict[str, type[MaskEditor] | type[PickEditor]] = {
            "LoadMask": MaskEditor,
            "CheckpointLoader": PickEditor,
            "LoadImage": PictureEditor,
        }
        for type_id, kind in kinds.items():
            yield f"another {type_id}", partial(self.select_new, type_id)
            yield f"opened in {type_id}", partial(self.open, kind)
        yield "prompt again", partial(self.select, "prompt")
        yield "presets", lambda: self.found(PresetButton).offer()
        yield "list of presets", lambda: self.found(PresetButton)._manage()
        yield "name of a preset", lambda: self.found(PresetButton)._ask_name()
        yield "colours of nodes", self.inspector.page.header._offer_colors

    def open(self, kind: type[MaskEditor] | type[PickEditor]) -> None:
        """Open what an editor of a value opens."""
        self.found(kind).open()

    def found(self, kind: type[Part]) -> Part:
        """The part of its kind that the inspector shows."""
        return next(part for part in self.inspector.page.findChildren(kind) if part.isVisible())

    def enter_subgraph(self) -> None:
        """Group two nodes and look inside."""
        self.select("prompt", "negative")
        self.editing.group_selection()
        (name,) = self.editing.selection
        self.editing.enter(name)

    def turn_settings(self, page: int) -> None:
        """Another page of the settings."""
        self.window.help.show_settings()
        self.window.findChildren(SettingsDialog)[-1].pages.setCurrentIndex(page)

    def tell(self) -> None:
        """A long message with choices."""
        text = "“a picture from a friend, third try.json” cannot be read: line 12 is no JSON. " * 2
        self.window.tell(text, ("Try again", str), ("Show the folder", str))


def walk(window: MainWindow, stops: Iterator[Stop], pictures: Path | None) -> dict[str, list[str]]:
    """Show everything, one thing after the other; what is wrong with each."""
    told: dict[str, list[str]] = {}
    for number, (name, show) in enumerate(stops):
        show()
        if window.editing is not None:
            window.editing.faults.look()
        if found := look(pictures, number, name):
            told[name] = found
    return told


def look(pictures: Path | None, number: int, name: str) -> list[str]:
    """What is wrong with what is shown; closes what lies over the window."""
    settle()
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    if pictures is not None:
        picture_of(windows).save(str(pictures / f"{number:03} {name.replace('&', '')}.png"))
    found = [fault for widget in windows for fault in faults_in(widget)]
    for widget in windows:
        if not isinstance(widget, MainWindow):
            widget.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return found


def settle() -> None:
    """Wait until everything is where it stays: what wraps takes a few rounds."""
    before: list[QRect] = []
    calm = 0
    for _ in range(400):
        for _ in range(5):  # a busy machine does no more than one round in each wait, however long that is
            QTest.qWait(1)
        now = [widget.geometry() for widget in QApplication.allWidgets() if widget.isVisible()]
        calm = calm + 1 if now == before else 0
        if calm == 3:
            return
        before = now
    raise AssertionError("the window does not come to rest")


def picture_of(windows: list[QWidget]) -> QImage:
    """The windows, one over the other."""
    windows = sorted(windows, key=lambda widget: not isinstance(widget, MainWindow))
    image = windows[0].grab().toImage()
    painter = QPainter(image)
    for widget in windows[1:]:
        painter.drawPixmap(widget.pos() - windows[0].pos(), widget.grab())
    painter.end()
    return image


class Noting(Catalogue):
    """Notes what a catalogue lacks, of our own words."""

    def __init__(self, file: Path, parent: QObject) -> None:
        super().__init__(file, parent)
        self.words.add_fallback(Nothing())
        self.missing: set[str] = set()

    def translate(
        self,
        context: str | bytes,
        source: str | bytes,
        disambiguation: str | bytes | None = None,
        count: int = -1,
    ) -> str:
        found = super().translate(context, source, disambiguation, count)
        if not found and not OTHERS.match(str(context)):
            self.missing.add(str(source))
        return found


class Nothing(NullTranslations):
    """What is asked for words that are not in a catalogue."""

    def gettext(self, _message: str) -> str:
        return ""


def speak(app: QApplication, language: Language) -> set[str]:
    """Show the program in a language; returns the texts that it lacks, as they are met."""
    install(app, language)
    if language.file is None:
        return set()
    noting = Noting(language.file, app)
    app.installTranslator(noting)
    return noting.missing


def main(root: Path, width: int, height: int, language: str, pictures: Path | None = None) -> None:
    """Lead through a window of a size and print what is wrong with it."""
    app = QApplication([])
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    missing = speak(app, choose(language))
    told: dict[str, list[str]] = {}
    dark = "light" not in root.name
    with open_window(root, dark=dark) as window:
        window.resize(width, height)
        told |= walk(window, Tour(window, root).stops(), pictures)
    fixture = Fixture(root / "at work")
    with open_window(fixture.root, dark=dark, make_runner=fixture.runner) as window:
        window.resize(width, height)
        told |= walk(window, TourAtWork(window, fixture).stops(), pictures)
        fixture.backend.let_go.set()
    if words := sorted(missing):
        told["words"] = words
    print(json.dumps(told))  # noqa: T201 - this is what whoever started it reads


if __name__ == "__main__":
    folder, wide, high, *more = sys.argv[1:]
    main(Path(folder), int(wide), int(high), more[0] if more else ENGLISH, *map(Path, more[1:]))
