"""What goes wrong in a run is said, and shown where it can be mended; the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Node, RunSettings, Workflow
from nodeflow.document.values import Link
from nodeflow.errors import NodeFailed, OutOfMemory, WorkerDied
from nodeflow.execution import events
from nodeflow.execution.events import Outcome
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from nodeflow.execution.look import Look
from nodeflow.execution.run import Run, RunResult
from nodeflow.folders import Folders
from nodeflow.node.registry import NodeTypes
from tests.ui.running.conftest import Held, phases
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.panels.fixes import fixes
from ui.window.main_window import MainWindow


def fail(call: str, step: int) -> None:
    if call == "sample":
        raise NodeFailed("the guidance is too strong", input="guidance_scale", advice="Try 7")


def test_an_error_is_shown_at_its_input_until_that_is_changed(
    editing: Editing, window: MainWindow, run: Callable[[], None], backend: Held, qtbot: QtBot
) -> None:
    backend.on_step = fail
    run()
    status = editing.scene.status("sampler")
    assert status.phase is Phase.FAILED
    assert dict(status.problems) == {"guidance_scale": "the guidance is too strong"}
    assert phases(editing)["save"] == Phase.IDLE
    (fault,) = editing.faults.all
    assert (fault.node, fault.problem.advice) == ("sampler", "Try 7")
    assert window.notice.isVisible()
    assert window.notice.text == "sampler.guidance_scale: the guidance is too strong. Try 7"

    editing.scene.select({})
    (show,) = (b for b in window.notice.findChildren(QPushButton) if b.text() == "Show")
    QTest.mouseClick(show, Qt.MouseButton.LeftButton)
    assert editing.selection == {"sampler"}

    editing.set_values([Port("sampler", "guidance_scale")], 7.0)
    editing.faults.look()
    assert editing.faults.all == ()
    qtbot.waitUntil(lambda: editing.scene.status("sampler").phase is Phase.WILL_RUN)
    backend.on_step = None
    run()
    assert phases(editing)["save"] == Phase.DONE
    assert not window.notice.isVisible()


def test_too_little_memory_is_mended_with_one_click(
    editing: Editing, run: Callable[[], None], backend: Held, qtbot: QtBot
) -> None:
    def too_little(call: str, step: int) -> None:
        if call == "sample":
            raise OutOfMemory("the card has too little memory", advice="Make the picture smaller")

    size = Port("latent", "width"), Port("latent", "height")
    editing.set_values(size, 1024)
    editing.set_values([Port("latent", "batch_size")], 2)
    backend.on_step = too_little
    run()
    (fault,) = editing.faults.all
    offered = {fix.text: fix for fix in fixes(editing, fault)}
    assert list(offered) == ["Make it 768 x 768", "Make one at a time", "Use 8-bit weights"]
    offered["Use 8-bit weights"].do()
    assert editing.document.workflow.run == RunSettings(eight_bit=True)
    editing.undo()
    assert editing.document.workflow.run is None
    offered["Make one at a time"].do()
    assert editing.value(Port("latent", "batch_size")) == 1
    offered["Make it 768 x 768"].do()
    assert [editing.value(port) for port in size] == [768, 768]
    backend.on_step = None
    run()
    assert editing.faults.all == ()
    assert phases(editing)["save"] == Phase.DONE


def test_a_photo_that_takes_too_much_memory_is_halved_with_one_click(
    window: MainWindow, backend: Held, qtbot: QtBot
) -> None:
    def too_little(call: str, step: int) -> None:
        if call == "sample":
            raise OutOfMemory("the card has too little memory", advice="Make the picture smaller")

    window.documents.open_workflow((load_workflow("image_to_image"), None))
    editing = window.editing
    assert editing is not None
    backend.on_step = too_little
    press_run(editing)
    qtbot.waitUntil(lambda: bool(editing.faults.all))
    (fault,) = editing.faults.all
    offered = {fix.text: fix for fix in fixes(editing, fault)}
    assert list(offered) == ["Halve the picture that is encoded", "Use 8-bit weights"]
    offered["Halve the picture that is encoded"].do()
    (resize,) = (node for node in editing.document.workflow.nodes.values() if node.type == "ResizeImage")
    assert resize.inputs == {"image": Link("sketch", "image"), "factor": 0.5, "multiple_of": 8}
    backend.on_step = None
    press_run(editing)
    qtbot.waitUntil(lambda: phases(editing)["save"] == Phase.DONE)
    assert editing.faults.all == ()


def test_a_picture_of_the_wrong_size_is_resized_with_one_click(window: MainWindow, qtbot: QtBot) -> None:
    nodes = {
        "below": Node(type="SolidColor", inputs={"width": 128, "height": 64}),
        "above": Node(type="SolidColor", inputs={"width": 64, "height": 64}),
        "mix": Node(
            type="BlendImages", inputs={"below": Link("below", "image"), "above": Link("above", "image")}
        ),
        "save": Node(type="SaveImage", inputs={"image": Link("mix", "image")}),
    }
    window.documents.open_workflow((Workflow(nodes=nodes), None))
    editing = window.editing
    assert editing is not None
    press_run(editing)
    qtbot.waitUntil(lambda: bool(editing.faults.all))
    (fault,) = editing.faults.all
    assert (fault.node, fault.problem.input) == ("mix", "above")
    (resize, *_) = fixes(editing, fault)
    assert resize.text == "Insert Resize Image, 128 x 64"
    resize.do()
    qtbot.waitUntil(lambda: not editing.desk.engine.busy)
    press_run(editing)
    qtbot.waitUntil(lambda: phases(editing)["save"] == Phase.DONE)


def press_run(editing: Editing) -> None:
    QTest.keyClick(editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_other_branches_finish(
    editing: Editing, run: Callable[[], None], backend: Held, tmp_path: Path
) -> None:
    editing.add_node("SolidColor")
    editing.add_node("SaveImage")
    from nodeflow.document.values import Link

    editing.links.connect(Link("solid_color", "image"), Port("save_image", "image"))
    backend.on_step = fail
    run()
    assert phases(editing)["save_image"] == Phase.DONE
    assert phases(editing)["sampler"] == Phase.FAILED
    assert len(list((tmp_path / "output").rglob("*.png"))) == 1
    assert not editing.problems().get("save_image")


def test_a_workflow_that_cannot_run_says_why(
    editing: Editing, window: MainWindow, run: Callable[[], None]
) -> None:
    editing.set_values([Port("sampler", "steps")], 0)
    run()
    assert window.notice.text.startswith("sampler.steps: must be from 1 to")
    assert not window.running.bar.progress.isVisible()


class Dying:
    """A runner whose process dies in the middle of each run."""

    def start(self, job: Job) -> Run:
        run, died = Run(), WorkerDied("the process ended", node="sampler", advice="Run again")
        for event in (
            events.RunStarted("t", ("prompt", "sampler")),
            events.NodeStarted("sampler", "Sampler"),
            events.RunFailed(died),
        ):
            run.emit(event)
        run.finish(RunResult(Outcome.FAILED, {}, errors=(died,)))
        return run

    def forecast(self, job: Job) -> Future[Forecast]:
        asked: Future[Forecast] = Future()
        asked.set_exception(WorkerDied("the process ended"))
        return asked

    def look(self, job: Job, output: str, side: int = 0) -> Future[Look | None]:
        raise NotImplementedError

    def freeze(self, job: Job, nodes: Sequence[str]) -> Future[Mapping[str, str]]:
        raise NotImplementedError

    def node_types(self, *, anew: bool = False) -> Future[NodeTypes]:
        told: Future[NodeTypes] = Future()
        told.set_exception(WorkerDied("the process ended"))
        return told

    def follow(self, folders: Folders) -> Future[None]:
        raise NotImplementedError

    def doctor(self) -> Future[dict[str, Any]]:
        told: Future[dict[str, Any]] = Future()
        told.set_exception(WorkerDied("the process ended"))
        return told

    def warm_up(self) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def close(self) -> None:
        return


def test_a_worker_that_dies_leaves_the_canvas_as_it_was(
    editing: Editing, window: MainWindow, run: Callable[[], None], qtbot: QtBot
) -> None:
    window.desk.engine.close()
    window.desk.engine.make = Dying
    window.desk.engine.begin()
    before = editing.document.workflow
    run()
    assert editing.document.workflow is before
    assert set(phases(editing).values()) == {Phase.IDLE}
    assert editing.faults.all == ()
    assert window.notice.isVisible()
    assert window.notice.text == "sampler: the process ended. Run again"
    run()  # and it can be asked again
