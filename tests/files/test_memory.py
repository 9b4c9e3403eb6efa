import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest

from nodeflow.files import FileMemory, FileStamp


def stamp(path: Path) -> FileStamp:
    """The stamp of a file that has not changed for a minute."""
    path.write_bytes(b"x")
    os.utime(path, (1e9, 1e9))
    return FileStamp.of(path)


@pytest.fixture
def file(tmp_path: Path) -> FileStamp:
    return stamp(tmp_path / "file")


def test_facts_are_kept_apart(tmp_path: Path, file: FileStamp) -> None:
    memory = FileMemory(tmp_path / "cache")
    memory.remember("colour", {file: "red"})
    memory.remember("size", {file: "small"})
    memory.remember("colour", {file: "green"})
    assert memory.recall("colour", [file]) == {file: "green"}
    assert memory.recall("size", [file]) == {file: "small"}
    assert memory.recall("smell", [file]) == {}


@pytest.mark.parametrize("garbage", [b"not a database at all" * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_database_is_set_aside_and_begun_anew(
    tmp_path: Path, file: FileStamp, garbage: bytes
) -> None:
    memory = FileMemory(tmp_path)
    memory.database.write_bytes(garbage)
    memory.remember("colour", {file: "red"})
    assert memory.recall("colour", [file]) == {file: "red"}
    assert memory.database.with_name(memory.database.name + ".broken").read_bytes() == garbage


@pytest.mark.parametrize("position", range(0, 8192, 512))
def test_damage_anywhere_never_raises_and_the_memory_works_again(
    tmp_path: Path, file: FileStamp, position: int
) -> None:
    memory = FileMemory(tmp_path)
    memory.remember("colour", {file: "red"})
    content = bytearray(memory.database.read_bytes())
    content[position : position + 512] = bytes(byte ^ 0xFF for byte in content[position : position + 512])
    memory.database.write_bytes(content)
    memory.recall("colour", [file])
    memory.remember("colour", {file: "green"})
    assert memory.recall("colour", [file]) == {file: "green"}


def test_without_a_place_to_write_nothing_is_remembered(tmp_path: Path, file: FileStamp) -> None:
    (tmp_path / "occupied").write_bytes(b"")
    memory = FileMemory(tmp_path / "occupied" / "cache")
    memory.remember("colour", {file: "red"})
    assert memory.recall("colour", [file]) == {}


def test_a_locked_database_is_done_without(
    tmp_path: Path, file: FileStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeflow.files.memory._PATIENCE_SECONDS", 0.01)
    memory = FileMemory(tmp_path)
    memory.remember("colour", {file: "red"})
    other = sqlite3.connect(memory.database)
    other.execute("BEGIN EXCLUSIVE")
    assert memory.recall("colour", [file]) == {}
    other.close()
    assert memory.recall("colour", [file]) == {file: "red"}


def _remember_many(folder: Path, files: list[FileStamp], value: str) -> None:
    memory = FileMemory(folder)
    for file in files:
        memory.remember("colour", {file: value})


def test_several_processes_share_a_memory(tmp_path: Path) -> None:
    files = [stamp(tmp_path / str(index)) for index in range(20)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        pool.starmap(_remember_many, [(tmp_path, files, value) for value in ("red", "green", "blue")])
        pool.close()
        pool.join()
    found = FileMemory(tmp_path).recall("colour", files)
    assert found.keys() == set(files)
    assert set(found.values()) <= {"red", "green", "blue"}
