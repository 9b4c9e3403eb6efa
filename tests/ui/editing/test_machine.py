"""Random work on an open document: the canvas is always the document, and all of it can be undone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from nodeflow.document.files import dump_workflow, load_workflow, parse_workflow
from nodeflow.folders import BUNDLED_MODELS, Folders
from ui.desk import Desk
from ui.document.document import Document
from ui.editing.editing import Editing
from ui.editing.restless import COMMANDS, Restless
from ui.editing.testing import differences
from ui.theme import ThemeKeeper

pytestmark = pytest.mark.usefixtures("qapp")


def make_desk() -> Desk:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    folder = Path(tempfile.gettempdir()) / "nodeflow-no-such-folder"
    folders = Folders(folder, folder, folder, folder, folder, (BUNDLED_MODELS,))
    desk = Desk(ThemeKeeper(app, dark=True), folders)
    desk.load_specs()
    return desk


class Machine(RuleBasedStateMachine):
    """Somebody works; after every step the canvas must show the document."""

    desk: Desk | None = None

    @initialize(name=st.sampled_from(["text_to_image", "two_loras", "base_and_refiner"]))
    def begin(self, name: str) -> None:
        if Machine.desk is None:
            Machine.desk = make_desk()
        self.document = Document(load_workflow(name), Machine.desk.specs)
        self.start = dump_workflow(self.document.workflow)
        self.editing = Editing(self.document, Machine.desk)

    @rule(command=st.sampled_from(list(COMMANDS)), seed=st.integers(0, 2**32))
    def work(self, command: str, seed: int) -> None:
        Restless(self.editing, Random(seed)).do(command)  # noqa: S311 - no secret

    @rule(command=st.sampled_from(["enter", "leave", "undo", "redo", "group"]), seed=st.integers(0, 9))
    def go(self, command: str, seed: int) -> None:
        Restless(self.editing, Random(seed)).do(command)  # noqa: S311 - no secret

    @rule()
    def save_and_load(self) -> None:
        text = dump_workflow(self.document.workflow)
        assert dump_workflow(parse_workflow(text)) == text

    @invariant()
    def the_canvas_is_the_document(self) -> None:
        assert differences(self.editing) == []

    def teardown(self) -> None:
        if not hasattr(self, "editing"):
            return
        while self.document.can_redo:
            self.editing.redo()
        end = dump_workflow(self.document.workflow)
        while self.document.can_undo:
            self.editing.undo()
        assert dump_workflow(self.document.workflow) == self.start
        assert differences(self.editing) == []
        while self.document.can_redo:
            self.editing.redo()
        assert dump_workflow(self.document.workflow) == end
        self.editing.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
