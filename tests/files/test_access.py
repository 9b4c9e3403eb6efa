import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nodeflow.errors import MissingFile
from nodeflow.files import FileAccess
from nodeflow.files.names import cleaned

HOSTILE = (
    "../secret.png",
    "sub/../../secret.png",
    "..\\secret.png",
    "/etc/passwd",
    "//server/share/x.png",
    "\\\\server\\share\\x.png",
    "\\\\?\\C:\\x.png",
    "C:\\x.png",
    "C:x.png",
    "c:/x.png",
    "cat.png\0.txt",
    "cat\n.png",
    "\x1b[31m.png",
    "\ud800.png",
    "CON",
    "nul.png",
    "sub/Com1.txt",
    "aux .png",
    "LPT¹",
    "CONIN$",
    "x" * 301,
    "x" * 256,
    "ü" * 128,
    "a/" * 200 + "x",
    "",
    "  ",
    ".",
    "..",
    "/",
    "./.",
    "~/secret.png",
    "$HOME/x.png",
    "%2e%2e/secret.png",
    "link.png",
    "linked/secret.png",
    "loop",
    "sub",
    "pipe",
    "missing.png",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a picture, and beside it a secret to which links lead."""
    root = tmp_path / "pictures"
    (root / "sub").mkdir(parents=True)
    (root / "cat.png").write_bytes(b"cat")
    (root / "sub" / "dog.png").write_bytes(b"dog")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "linked").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")
    return root


@pytest.mark.parametrize("name", ["cat.png", "./cat.png", "sub/../cat.png", "linked/pictures/cat.png"])
def test_a_name_that_stays_inside_is_found(root: Path, name: str) -> None:
    assert FileAccess([root]).find(name, what="picture") == root / "cat.png"


def test_an_absolute_path_inside_a_root_is_found(root: Path) -> None:
    assert FileAccess([root]).find(str(root / "cat.png")) == root / "cat.png"


def test_backslashes_separate(root: Path) -> None:
    assert FileAccess([root]).find("sub\\dog.png") == root / "sub" / "dog.png"


def test_earlier_roots_win(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "cat.png").write_bytes(b"another cat")
    assert FileAccess([other, root]).find("cat.png") == other / "cat.png"
    assert FileAccess([other, root]).find("sub/dog.png") == root / "sub" / "dog.png"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_in_one_line_with_advice(root: Path, name: str) -> None:
    with pytest.raises(MissingFile) as caught:
        FileAccess([root]).find(name, what="picture", input="image")
    assert caught.value.input == "image"
    assert "picture" in caught.value.message
    assert str(caught.value).isprintable()
    assert caught.value.advice


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../secret.png", "outside the folders"),
        ("link.png", "outside the folders"),
        ("/etc/passwd", "outside the folders"),
        ("\\\\server\\x.png", "another machine"),
        ("D:\\x.png", "drive letter"),
        ("a\tb", "control characters"),
        ("con.png", "reserved on Windows"),
        ("x" * 301, "too long"),
        ("", "empty"),
        ("sub", "is a folder"),
        ("pipe", "not an ordinary file"),
    ],
)
def test_the_message_says_why(root: Path, name: str, reason: str) -> None:
    with pytest.raises(MissingFile, match=reason):
        FileAccess([root]).find(name, what="picture")


def test_a_missing_file_is_told_with_where_it_was_sought_and_what_is_alike(root: Path) -> None:
    with pytest.raises(MissingFile) as caught:
        FileAccess([root]).find("sub/Dgo.png", what="picture")
    assert str(root) in caught.value.message
    assert caught.value.advice == "Did you mean 'sub/dog.png'?"


def test_names_outside_are_never_suggested(root: Path) -> None:
    with pytest.raises(MissingFile) as caught:
        FileAccess([root]).find("linked/secret.pgn", what="picture")
    assert "secret.png" not in str(caught.value)


def test_many_roots_are_counted_rather_than_listed(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"r0, .*r1, .*r2 and 5 more"):
        FileAccess([tmp_path / f"r{index}" for index in range(8)]).find("x.png")


def test_without_roots_nothing_is_found() -> None:
    with pytest.raises(MissingFile):
        FileAccess([]).find(__file__)


def test_a_file_nobody_may_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(MissingFile, match="may not be read"):
        FileAccess([root]).find("cat.png")


def test_a_folder_is_found_where_one_will_do(root: Path) -> None:
    assert FileAccess([root]).find("sub", folder=True) == root / "sub"


def test_a_root_that_is_a_link_is_the_users_choice(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(root)
    assert FileAccess([tmp_path / "shortcut"]).find("cat.png") == root / "cat.png"


def test_on_windows_a_full_path_passes_but_no_relative_drive_and_no_hidden_stream() -> None:
    assert cleaned("C:\\pictures\\cat.png", what="picture", windows=True) == "C:/pictures/cat.png"
    for name in ("C:cat.png", "cat.png:stream", "C:/cat.png:stream"):
        with pytest.raises(MissingFile):
            cleaned(name, what="picture", windows=True)


parts = st.sampled_from(
    ["..", ".", "", "sub", "cat.png", "dog.png", "link.png", "linked", "loop", "pictures", "~"]
)
paths = st.builds(lambda names, sep: sep.join(names), st.lists(parts), st.sampled_from("/\\"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text() | paths | paths.map(lambda path: "/" + path))
@example(name="linked/secret.png")
def test_whatever_the_name_the_result_lies_inside_or_is_refused(root: Path, name: str) -> None:
    with contextlib.suppress(MissingFile):
        found = FileAccess([root]).find(name)
        assert found.resolve().is_relative_to(root.resolve())
        assert found.is_file()
