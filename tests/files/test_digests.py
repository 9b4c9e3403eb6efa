import hashlib
import os
from pathlib import Path

import pytest

from nodeflow.errors import MissingFile
from nodeflow.files import Digests


def write(path: Path, content: bytes, age: float = 60) -> Path:
    """Write a file that was last changed `age` seconds ago: the very newest are not remembered."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    changed = path.stat().st_mtime - age
    os.utime(path, (changed, changed))
    return path


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def digests(tmp_path: Path) -> Digests:
    return Digests(tmp_path / "cache")


def test_a_file_has_the_digest_that_every_other_program_gives(tmp_path: Path, digests: Digests) -> None:
    content = bytes(range(256)) * 40_000
    assert digests.of(write(tmp_path / "x", content)) == sha256(content)


def test_a_folder_is_digested_by_sorted_lines_of_path_and_digest(tmp_path: Path, digests: Digests) -> None:
    write(tmp_path / "m" / "b.txt", b"b")
    write(tmp_path / "m" / "a" / "z.txt", b"z")
    lines = f"a/z.txt {sha256(b'z')}\nb.txt {sha256(b'b')}\n"
    assert digests.of(tmp_path / "m") == sha256(lines.encode())


def test_hidden_files_do_not_count(tmp_path: Path, digests: Digests) -> None:
    write(tmp_path / "m" / "a", b"a")
    before = digests.of(tmp_path / "m")
    write(tmp_path / "m" / ".DS_Store", b"x")
    write(tmp_path / "m" / ".cache" / "x", b"x")
    assert digests.of(tmp_path / "m") == before


def test_moving_content_between_files_changes_a_folders_digest(tmp_path: Path, digests: Digests) -> None:
    for folder, names in (("m", "ab"), ("n", "ba")):
        for name, content in zip(names, (b"1", b"2"), strict=True):
            write(tmp_path / folder / name, content)
    assert digests.of(tmp_path / "m") != digests.of(tmp_path / "n")


def test_progress_counts_the_bytes_of_all_files(tmp_path: Path, digests: Digests) -> None:
    write(tmp_path / "m" / "a", bytes(5_000_000))
    write(tmp_path / "m" / "b", bytes(1_000))
    seen: list[tuple[int, int]] = []
    digests.of(tmp_path / "m", lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (5_001_000, 5_001_000)
    assert len(seen) == 3


def test_progress_may_stop_the_reading(tmp_path: Path, digests: Digests) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    path = write(tmp_path / "x", b"x")
    with pytest.raises(KeyboardInterrupt):
        digests.of(path, stop)
    assert digests.known(path) is None


def test_a_digest_is_remembered_by_the_next_run(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "m" / "x", b"x").parent
    assert digests.known(path) is None
    digest = digests.of(path)
    later = Digests(tmp_path / "cache")
    assert later.known(path) == digest
    later.of(path, lambda done, total: pytest.fail("the file was read again"))


def test_a_link_shares_its_targets_digest(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "x", b"x")
    (tmp_path / "link").symlink_to(path)
    assert digests.of(path) == digests.known(tmp_path / "link")


def test_a_changed_or_replaced_file_is_read_again(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "x", b"old")
    digests.of(path)
    write(path, b"new")
    assert digests.of(path) == sha256(b"new")
    write(tmp_path / "other", b"own").replace(path)
    assert digests.of(path) == sha256(b"own")


def test_touching_a_file_does_not_change_its_digest(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "x", b"x")
    before = digests.of(path)
    path.touch()
    assert digests.known(path) is None
    assert digests.of(path) == before


def test_a_file_changed_a_moment_ago_is_not_remembered(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "x", b"x", age=0)
    digests.of(path)
    assert digests.known(path) is None


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, digests: Digests) -> None:
    path = write(tmp_path / "x", b"x")
    with pytest.raises(MissingFile, match="changed while it was read"):
        digests.of(path, lambda done, total: path.write_bytes(b"longer"))


def test_a_missing_file_is_told(tmp_path: Path, digests: Digests) -> None:
    with pytest.raises(MissingFile, match="cannot be read"):
        digests.of(tmp_path / "x")
    assert digests.known(tmp_path / "x") is None


def test_names_that_are_not_text_are_digested(tmp_path: Path, digests: Digests) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    write(Path(os.fsdecode(os.fsencode(folder) + b"/\xff")), b"x")
    assert digests.of(folder) == digests.known(folder)
