"""Several documents: tabs, recent files, and what is there at the next start."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nodeflow.document.files import save_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import MissingFile
from nodeflow.node.spec import NodeSpec
from ui.document import Document, edits
from ui.document.session import Session


@pytest.fixture
def session(tmp_path: Path, specs: Mapping[str, NodeSpec]) -> Iterator[Session]:
    made = Session(tmp_path / "data", specs)
    yield made
    made.end()


@pytest.fixture
def file(tmp_path: Path, picture: Workflow) -> Path:
    save_workflow(picture, tmp_path / "apple.json")
    return tmp_path / "apple.json"


def edit(document: Document) -> None:
    document.apply("Text", lambda w: edits.set_input(w, "prompt.text", "a pear"))


def test_a_file_is_opened_once(session: Session, file: Path) -> None:
    document = session.open(file)
    session.new()
    assert session.open(file) is document is session.current
    assert len(session.documents) == 2
    assert session.recent.paths() == [file]


def test_a_template_opens_without_a_file(session: Session, picture: Workflow) -> None:
    document = session.new(picture)
    assert document.path is None
    assert document.workflow.path is None
    assert (document.title, document.modified) == ("text_to_image", False)


def test_open_files_come_back_and_missing_ones_are_named(
    session: Session, file: Path, tmp_path: Path, specs: Mapping[str, NodeSpec]
) -> None:
    other = shutil.copy(file, tmp_path / "other.json")
    for path in (file, Path(other)):
        session.open(path)
    session.show(session.documents[0])
    session.end()
    Path(other).unlink()
    later = Session(tmp_path / "data", specs)
    (fault,) = later.restore()
    assert "other.json" in fault
    assert [document.path for document in later.documents] == [file]
    assert later.current is later.documents[0]
    later.end()


def test_closing_shows_the_neighbour(session: Session, file: Path) -> None:
    first, second, third = session.new(), session.open(file), session.new()
    session.show(second)
    session.close(second)
    assert session.current is first
    session.move(third, 0)
    assert session.documents == [third, first]
    session.close(third)
    session.close(first)
    assert session.current is None


def test_a_crashed_document_is_reopened_and_stays_safe(
    session: Session, file: Path, tmp_path: Path, specs: Mapping[str, NodeSpec]
) -> None:
    document = session.open(file)
    edit(document)
    after = tmp_path / "after" / "journal"
    shutil.copytree(tmp_path / "data" / "journal", after)
    later = Session(tmp_path / "after", specs)
    (found,) = later.unsaved()
    reopened = later.reopen(found)
    assert reopened.workflow == document.workflow
    assert (reopened.path, reopened.modified, reopened.can_undo) == (file, True, False)
    assert later.unsaved() == [], "it is open"
    assert len(list(after.iterdir())) >= 1
    later.save(reopened)
    assert list(after.iterdir()) == []
    later.end()


def test_recent_files_are_few_known_once_and_still_there(session: Session, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.json" for number in range(40)]
    for path in paths:
        path.touch()
        session.recent.add(path)
    session.recent.add(paths[20])
    assert session.recent.paths()[:2] == [paths[20], paths[39]]
    assert len(session.recent.paths()) == 30
    paths[39].unlink()
    session.recent.remove(paths[38])
    assert session.recent.paths()[1] == paths[37]
    session.recent.clear()
    assert session.recent.paths() == []


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', "\x00"])
def test_a_damaged_list_is_an_empty_one(session: Session, tmp_path: Path, content: str) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "recent.json").write_text(content)
    assert session.recent.paths() == []


def test_a_file_that_is_not_there_is_not_opened(session: Session, tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        session.open(tmp_path / "nobody.json")
    assert session.documents == []
