"""The journal: what was edited and not saved is there after a crash, up to a line that broke off."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nodeflow.document.files import dump_workflow, save_workflow
from nodeflow.document.model import Workflow
from nodeflow.node.spec import NodeSpec
from ui.document import Document, edits
from ui.document import journal as journals
from ui.document.delta import apply_difference, difference, whole
from ui.document.journal import Journal
from ui.document.recovery import recover

CHILD = """
import sys
from pathlib import Path
from nodeflow.document.files import load_workflow
from ui.document import Document, edits
from ui.document.journal import Journal

document = Document(load_workflow("text_to_image"), {}, journal=Journal(Path(sys.argv[1]), smallest=20_000))
for number in range(1_000_000):
    document.apply("Seed", lambda w: edits.set_input(w, "sampler.seed", number))
    print(number, flush=True)
"""


@pytest.fixture
def document(picture: Workflow, specs: Mapping[str, NodeSpec], tmp_path: Path) -> Iterator[Document]:
    made = Document(picture, specs, journal=Journal(tmp_path))
    yield made
    made.close()


def seed(document: Document, number: int) -> None:
    document.apply("Seed", lambda w: edits.set_input(w, "sampler.seed", number))


def files(folder: Path) -> list[Path]:
    return list(folder.glob("*.journal"))


def crashed(folder: Path) -> Path:
    """The journals as a crash leaves them, no longer locked by anybody."""
    copy = folder / "crashed"
    copy.mkdir(exist_ok=True)
    for file in files(folder):
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def test_nothing_is_written_before_the_first_edit(document: Document, tmp_path: Path) -> None:
    assert not files(tmp_path)
    seed(document, 1)
    assert len(files(tmp_path)) == 1


def test_the_last_state_is_recovered(document: Document, tmp_path: Path) -> None:
    for number in range(5):
        seed(document, number)
    document.undo()
    (found,) = recover(crashed(tmp_path))
    assert dump_workflow(found.workflow) == dump_workflow(document.workflow)
    assert (found.path, found.title) == (document.path, "text_to_image")
    found.discard()
    assert not recover(tmp_path / "crashed")


def test_a_document_that_is_open_is_not_recovered(document: Document, tmp_path: Path) -> None:
    seed(document, 1)
    assert recover(tmp_path) == []


@pytest.mark.parametrize("keep", [0.97, 0.999])
def test_a_line_that_broke_off_is_ignored(document: Document, tmp_path: Path, keep: float) -> None:
    for number in range(50):
        seed(document, number)
    copy = crashed(tmp_path)
    (file,) = files(copy)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * keep)])
    (found,) = recover(copy)
    assert found.workflow.nodes["sampler"].inputs["seed"] in range(50)


def test_a_damaged_line_ends_what_is_recovered(document: Document, tmp_path: Path) -> None:
    for number in range(3):
        seed(document, number)
    copy = crashed(tmp_path)
    (file,) = files(copy)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], lines[-1].replace(b'"seed":2', b'"seed":3')]))
    assert recover(copy)[0].workflow.nodes["sampler"].inputs["seed"] == 1


@pytest.mark.parametrize("content", [b"", b"no journal\n", journals.line_of({"workflow": 3}), b"\xff\x00"])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.journal").write_bytes(content)
    assert recover(tmp_path) == []
    assert files(tmp_path)


def test_saving_and_closing_remove_it(document: Document, tmp_path: Path) -> None:
    seed(document, 1)
    document.save(tmp_path / "a.json")
    assert not files(tmp_path)
    seed(document, 2)
    assert files(tmp_path)
    document.close()
    assert not files(tmp_path)


def test_what_the_file_already_holds_is_not_offered(document: Document, tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    document.save(target)
    seed(document, 1)
    save_workflow(document.workflow, target)
    assert recover(crashed(tmp_path)) == []
    assert not files(tmp_path / "crashed")


def test_a_long_journal_begins_anew(picture: Workflow, tmp_path: Path) -> None:
    document = Document(picture, {}, journal=Journal(tmp_path, smallest=1))
    try:
        seed(document, 0)
        first = files(tmp_path)[0]
        for number in range(1, 400):
            seed(document, number)
        deadline = time.monotonic() + 5
        while len(files(tmp_path)) > 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        (last,) = files(tmp_path)
        assert last != first
        assert last.stat().st_size < 9 * len(json.dumps(whole(picture)))
        (found,) = recover(crashed(tmp_path))
        assert found.workflow.nodes["sampler"].inputs["seed"] == 399
    finally:
        document.close()


def test_a_disk_that_refuses_does_not_stop_editing(picture: Workflow, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("a file where the folder should be")
    document = Document(picture, {}, journal=Journal(folder))
    try:
        seed(document, 1)
        assert document.fault is not None
        assert document.fault.startswith("edits are not kept safe: ")
        folder.unlink()
        seed(document, 2)
        assert document.fault is None
        assert recover(crashed(folder))[0].workflow.nodes["sampler"].inputs["seed"] == 2
    finally:
        document.close()


@pytest.mark.parametrize("attempt", [0, 1, *(pytest.param(n, marks=pytest.mark.full) for n in range(2, 10))])
def test_killed_at_any_moment_at_most_one_edit_is_lost(tmp_path: Path, attempt: int) -> None:
    r = random.Random(attempt)  # noqa: S311 - no secret
    with subprocess.Popen([sys.executable, "-c", CHILD, tmp_path], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(r.random() * 0.2)
        child.kill()
        told = [int(line) for line in child.stdout.read().split(b"\n")[:-1]]
    found = recover(tmp_path)
    last = found[0].workflow.nodes["sampler"].inputs["seed"]
    assert last in (told[-1], told[-1] + 1) if told else last <= 1


@pytest.mark.parametrize("seed_", range(30))
def test_differences_lead_from_one_state_to_the_next(picture: Workflow, seed_: int, specs: Any) -> None:
    r = random.Random(seed_)  # noqa: S311 - no secret
    states = [picture]
    for _ in range(8):
        workflow, names = states[-1], list(states[-1].nodes)
        changes: list[Any] = [
            lambda w, n=names: edits.rename_node(w, r.choice(n), f"new {r.randrange(10**9)}"),
            lambda w, n=names: edits.remove_nodes(w, [r.choice(n)]),
            lambda w, n=names: edits.group(w, [r.choice(n)], "part"),
            lambda w, n=names: edits.duplicate(w, [r.choice(n)]),
            lambda w, n=names: edits.add_frame(w, [r.choice(n)], "frame"),
        ]
        states.append(r.choice(changes)(workflow))
    r.shuffle(states)
    document = whole(states[0])
    for before, after in pairwise(states):
        document = json.loads(json.dumps(apply_difference(document, difference(before, after))))
        assert document == whole(after)
        assert list(document["nodes"]) == list(after.nodes)


def test_the_order_of_a_subgraphs_inputs_is_written_down(picture: Workflow) -> None:
    grouped, inside = edits.group(picture, ["sampler"], "heart"), edits.Scope(("heart",))
    names = list(grouped.subgraphs["heart"].inputs)
    moved = edits.move_input(grouped, names[0], len(names), at=inside)
    read = apply_difference(whole(grouped), difference(grouped, moved))
    assert list(read["subgraphs"]["heart"]["inputs"]) == [*names[1:], names[0]]


def test_a_small_edit_is_a_short_line(picture: Workflow) -> None:
    after = edits.set_input(picture, "prompt.text", "a pear")
    assert difference(picture, after) == {
        "parts": {"nodes": {"put": {"prompt": whole(after)["nodes"]["prompt"]}}}
    }
