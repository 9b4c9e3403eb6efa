import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nodeflow.cache import ResultCache, open_cache
from nodeflow.cli.cache import cache_clear, cache_info, cache_prune, cache_verify, read_size
from nodeflow.errors import ExitCode, NodeflowError, UsageError
from nodeflow.folders import Folders

Put = Callable[..., None]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def used(tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> ResultCache:
    """The user's cache, with two results."""
    monkeypatch.setenv("NODEFLOW_CACHE_DIR", str(tmp_path))
    cache = open_cache(Folders.from_environment(), memory_bytes=0)
    put(cache, "a", 1.0)
    put(cache, "b", 2.0, 5000)
    return cache


def object_in(capsys: Capture) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.err == ""
    [line] = captured.out.splitlines()
    result: dict[str, Any] = json.loads(line)
    return result


def test_info_says_what_fills_the_cache(used: ResultCache, folder: Path, capsys: Capture) -> None:
    assert cache_info(as_json=False) is ExitCode.DONE
    captured = capsys.readouterr()
    assert f"{folder}: 2 results in 0.0 MB" in captured.out
    assert "Sampler" in captured.out
    assert "4 s" in captured.out
    assert captured.err == ""


def test_info_as_json(used: ResultCache, folder: Path, capsys: Capture) -> None:
    cache_info(as_json=True)
    found = object_in(capsys)
    assert found["folder"] == str(folder)
    assert found["disk_entries"] == 2
    assert found["types"][0]["node_type"] == "Sampler"


def test_info_of_an_empty_cache(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEFLOW_CACHE_DIR", str(tmp_path / "none"))
    assert cache_info(as_json=False) is ExitCode.DONE
    assert "0 results" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_verify_counts_the_damage(
    used: ResultCache, capsys: Capture, blob_files: Callable[[], list[Path]]
) -> None:
    blob_files()[0].write_bytes(b"")
    assert cache_verify(as_json=False) is ExitCode.DONE
    captured = capsys.readouterr()
    assert "Checked 2 results; removed 1 that was damaged." in captured.out
    assert captured.err == ""
    cache_verify(as_json=True)
    assert object_in(capsys)["damaged"] == 0


def test_verify_warns_when_the_index_was_broken(used: ResultCache, folder: Path, capsys: Capture) -> None:
    (folder / "index-1.sqlite").write_bytes(b"no database" * 999)
    cache_verify(as_json=False)
    assert "warning: the cache's index was broken" in capsys.readouterr().err


def test_prune_to_a_size(used: ResultCache, capsys: Capture) -> None:
    cache_prune(str(used.info().disk_bytes - 1), as_json=True)
    assert object_in(capsys)["entries"] == 1
    assert used.where_many("ab").keys() == {"b"}
    cache_prune(None, as_json=False)
    assert "Removed 0 results" in capsys.readouterr().out


def test_clear_removes_all(used: ResultCache, capsys: Capture) -> None:
    assert cache_clear(as_json=False) is ExitCode.DONE
    assert "Removed 2 results and 0 unfinished files: 0.0 MB freed, 0.0 MB kept." in capsys.readouterr().out
    cache_clear(as_json=True)
    assert object_in(capsys)["entries"] == 0


def test_a_folder_that_cannot_be_changed_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEFLOW_CACHE_DIR", str(tmp_path))
    (tmp_path / "results").write_bytes(b"a file")
    with pytest.raises(NodeflowError, match="cannot be changed"):
        cache_clear(as_json=False)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("123", 123),
        ("500MB", 500_000_000),
        ("1.5 GB", 1_500_000_000),
        ("2GiB", 2 * 2**30),
        ("3k", 3000),
        ("1TiB", 2**40),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1", "5 XB", "1e9", "5iB", "9" * 50, "nan"])
def test_other_texts_are_no_sizes(text: str) -> None:
    with pytest.raises(UsageError, match="is no size"):
        read_size(text)
