"""Whatever happens to a byte of the cache: it is noticed, it is a miss, and the cache works on."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nodeflow.cache import ResultCache
from nodeflow.cache.blobs import Blobs

Open = Callable[..., ResultCache]
Put = Callable[..., None]
Holds = Callable[[ResultCache, str, float], bool]
Files = Callable[[], list[Path]]


@pytest.fixture
def two(opened: Open, put: Put) -> ResultCache:
    """A cache with the results 1 and 2 under "a" and "b"."""
    cache = opened()
    put(cache, "a", 1.0)
    put(cache, "b", 2.0)
    return cache


def file_of(cache: ResultCache, folder: Path, key: str) -> Path:
    database = sqlite3.connect(folder / "index-1.sqlite")
    [(blob,)] = database.execute("SELECT blob FROM entries WHERE key = ?", (key,)).fetchall()
    database.close()
    return Blobs(folder).path(str(blob))


def flipped(content: bytes, width: int) -> Iterator[bytes]:
    """The content with each range of `width` bytes inverted in turn."""
    for start in range(0, len(content), width):
        part = content[start : start + width]
        if width == 1 and part == b"\0" and start > 100:
            continue  # most of an index is empty space, which wider ranges cover
        yield content[:start] + bytes(byte ^ 0xFF for byte in part) + content[start + width :]


def damages(content: bytes) -> Iterator[bytes]:
    yield from flipped(content, 8)
    yield from (content[:length] for length in range(0, len(content), 16))
    yield content + b"\0"
    yield b"\0" * len(content)


def test_every_damage_to_a_file_is_noticed_and_mended(
    two: ResultCache, folder: Path, put: Put, holds: Holds
) -> None:
    file = file_of(two, folder, "a")
    whole = file.read_bytes()
    for damaged in damages(whole):
        file.write_bytes(damaged)
        assert two.get("a") is None
        assert two.where("a") is None
        assert not file.exists()
        assert holds(two, "b", 2.0)
        put(two, "a", 1.0)
        assert holds(two, "a", 1.0)


@pytest.mark.full
def test_a_single_bit_of_any_byte_of_a_file_counts(
    two: ResultCache, folder: Path, put: Put, holds: Holds
) -> None:
    file = file_of(two, folder, "a")
    whole = file.read_bytes()
    for position, byte in enumerate(whole):
        file.write_bytes(whole[:position] + bytes([byte ^ 1 << position % 8]) + whole[position + 1 :])
        assert two.get("a") is None
        put(two, "a", 1.0)
    assert holds(two, "a", 1.0)


def test_another_results_file_under_this_name_is_noticed(
    two: ResultCache, folder: Path, holds: Holds
) -> None:
    shutil.copy(file_of(two, folder, "b"), file_of(two, folder, "a"))
    assert not holds(two, "a", 1.0)
    assert holds(two, "b", 2.0)


def test_a_result_put_again_mends_its_file(two: ResultCache, folder: Path, put: Put, holds: Holds) -> None:
    file_of(two, folder, "a").write_bytes(b"")
    put(two, "a", 1.0)
    assert holds(two, "a", 1.0)


def test_a_file_that_shrinks_while_it_is_read_is_a_miss(
    two: ResultCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(two, folder, "a")
    really_open = Path.open

    def open_then_truncate(path: Path, mode: str) -> object:
        result = really_open(path, mode)
        os.truncate(file, 50)
        return result

    monkeypatch.setattr(Path, "open", open_then_truncate)
    assert two.get("a") is None


def every_index_damage_is_survived(
    folder: Path, width: int, opened: Open, put: Put, holds: Holds
) -> tuple[int, int]:
    """Flip each range in turn; return how often a result was missed, and the index set aside."""
    template = folder.with_name("template")
    shutil.copytree(folder, template)
    index = folder / "index-1.sqlite"
    missed = set_aside = 0
    for damaged in flipped(index.read_bytes(), width):
        shutil.rmtree(folder)
        shutil.copytree(template, folder)
        index.write_bytes(damaged)
        cache = opened()
        cache.where_many(["a", "b"])
        assert cache.recipe("a") in (None, {"seed": 1.0})
        assert cache.info().disk_bytes >= 0
        missed += not holds(cache, "a", 1.0)
        holds(cache, "b", 2.0)
        put(cache, "a", 1.0)
        put(cache, "c", 3.0)
        assert holds(opened(), "a", 1.0)
        assert holds(opened(), "c", 3.0)
        set_aside += index.with_name(index.name + ".broken").exists()
    return missed, set_aside


def test_every_damage_to_the_index_is_survived(
    two: ResultCache, folder: Path, opened: Open, put: Put, holds: Holds
) -> None:
    missed, set_aside = every_index_damage_is_survived(folder, 256, opened, put, holds)
    assert missed >= 4  # the header, the two pages of names, and the lines themselves
    assert set_aside >= 1


@pytest.mark.full
@pytest.mark.parametrize("width", [1, 16, 4096])
def test_every_damage_to_the_index_is_survived_in_full(
    *, two: ResultCache, folder: Path, opened: Open, put: Put, holds: Holds, width: int
) -> None:
    every_index_damage_is_survived(folder, width, opened, put, holds)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SQLite format 3\0\x10\0\1", b"SQLite format 3\0\x10\0\xfe"),  # "read-only" to SQLite
        (b"seconds REAL", b"seconds RE\x9aL"),  # numbers come back as others than they went in
        (b"entries (key", b"entries (\x9aey"),  # SQLite's own message is no text then
    ],
    ids=["header", "column type", "column name"],
)
def test_damage_that_sqlite_takes_for_something_else_is_mended(
    *, two: ResultCache, folder: Path, put: Put, holds: Holds, old: bytes, new: bytes
) -> None:
    index = folder / "index-1.sqlite"
    content = index.read_bytes()
    assert content.count(old) == 1
    index.write_bytes(content.replace(old, new))
    two.where_many(["a", "b"])
    two.get("a")
    put(two, "a", 1.0)
    assert holds(two, "a", 1.0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("blob", "f" * 64),
        ("blob", "../../../outside"),
        ("blob", None),
        ("size", 7),
        ("size", float("inf")),
        ("size", "text"),
        ("node_type", "Other"),
        ("seconds", float("inf")),
        ("recipe", '{"seed": 3.0}'),
        ("recipe", "{"),
        ("seal", "0" * 64),
        ("seal", None),
    ],
)
def test_a_changed_line_is_a_miss(
    *, two: ResultCache, folder: Path, put: Put, holds: Holds, column: str, value: object
) -> None:
    outside = folder.parent / "outside.safetensors"
    outside.write_bytes(b"")
    database = sqlite3.connect(folder / "index-1.sqlite")
    with database:
        database.execute(f"UPDATE entries SET {column} = ? WHERE key = 'a'", (value,))  # noqa: S608
    database.close()
    two.info()
    two.where("a")
    assert two.recipe("a") is None
    assert two.get("a") is None
    assert two.info().disk_entries == 1
    two.prune()
    assert outside.exists()
    put(two, "a", 1.0)
    assert holds(two, "a", 1.0)
    assert holds(two, "b", 2.0)


def test_lines_that_changed_places_are_misses(two: ResultCache, folder: Path) -> None:
    database = sqlite3.connect(folder / "index-1.sqlite")
    with database:
        database.execute("UPDATE entries SET key = 'x' WHERE key = 'a'")
        database.execute("UPDATE entries SET key = 'a' WHERE key = 'b'")
    database.close()
    assert two.get("a") is None
    assert two.get("x") is None


@pytest.mark.parametrize("garbage", [b"no database" * 999, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_index_is_set_aside_and_begun_anew(
    *, two: ResultCache, folder: Path, put: Put, holds: Holds, blob_files: Files, garbage: bytes
) -> None:
    index = folder / "index-1.sqlite"
    index.write_bytes(garbage)
    assert two.get("a") is None
    assert index.with_name(index.name + ".broken").read_bytes() == garbage
    put(two, "a", 1.0)
    assert holds(two, "a", 1.0)
    two.prune()
    assert len(blob_files()) == 1  # what the broken index held belongs to nobody now
    two.clear()
    assert not index.with_name(index.name + ".broken").exists()


def test_an_index_with_other_columns_is_set_aside(
    two: ResultCache, folder: Path, put: Put, holds: Holds
) -> None:
    database = sqlite3.connect(folder / "index-1.sqlite")
    database.execute("ALTER TABLE entries RENAME COLUMN recipe TO other")
    database.close()
    assert two.get("a") is None
    put(two, "a", 1.0)
    assert holds(two, "a", 1.0)
