"""`nodeflow desktop` installs for the user what a Linux desktop needs, and removes it without a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import PIL.Image
import pytest

from nodeflow import desktop
from nodeflow.desktop import MIME, SIZES, data_home, install, places, quoted, remove
from nodeflow.document.files import find_workflow

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a desktop of Linux")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(desktop, "program", lambda: "/opt/node flow/nodeflow")
    return tmp_path / "share"


def test_what_is_installed_is_removed_again(home: Path) -> None:
    assert set(install(home)) == set(places(home).values())
    entry = places(home)["nodeflow.desktop"].read_text("utf-8")
    assert 'Exec="/opt/node flow/nodeflow" ui %F' in entry
    assert f"MimeType={MIME};" in entry
    assert set(remove(home)) == set(places(home).values())
    assert not any(path.exists() for path in places(home).values())
    assert remove(home) == []


def test_the_type_of_files_is_well_formed_and_known_to_the_desktop(home: Path) -> None:
    install(home)
    root = ET.parse(places(home)["nodeflow.xml"]).getroot()  # noqa: S314 - our own file
    assert root[0].get("type") == MIME
    if shutil.which("update-mime-database"):
        assert f"{MIME}:*.nodeflow.json" in (home / "mime" / "globs").read_text("utf-8")


def test_software_centres_are_told_of_it(home: Path) -> None:
    install(home)
    path = places(home)["nodeflow.metainfo.xml"]
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert root.findtext("launchable") == places(home)["nodeflow.desktop"].name
    assert root.findtext("provides/mediatype") == MIME
    if tool := shutil.which("appstreamcli"):
        told = subprocess.run(
            [tool, "validate", "--no-net", path], capture_output=True, text=True, check=False
        )
        faults = [line for line in told.stdout.splitlines() if line.startswith(("E:", "W:"))]
        # Nobody has a domain for the program yet; its name is that of the .desktop file.
        assert [line for line in faults if "cid-desktopapp-is-not-rdns" not in line] == []


def test_the_icon_is_drawn_in_every_size(home: Path) -> None:
    install(home)
    for size in SIZES:
        with PIL.Image.open(places(home)[f"nodeflow-{size}.png"]) as icon:
            assert icon.size == (size, size)
            assert icon.getpixel((0, 0)) == (0, 0, 0, 0), "its corners are round"
            centre = icon.convert("RGB").resize((1, 1), PIL.Image.Resampling.BOX).getpixel((0, 0))
            assert centre == pytest.approx((50, 54, 70), abs=12), "the same picture in each"


def test_without_qt_the_icon_is_the_svg_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtSvg", None)
    names = {path.name for path in install(home)}
    assert names == {"nodeflow.desktop", "nodeflow.svg", "nodeflow.xml", "nodeflow.metainfo.xml"}
    assert {path.name for path in remove(home)} == names


def test_the_entry_is_as_the_desktop_wants_it(home: Path) -> None:
    install(home)
    checker = shutil.which("desktop-file-validate")
    entry = places(home)["nodeflow.desktop"]
    if checker:
        done = subprocess.run([checker, entry], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
    lines = entry.read_text("utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    assert len({line.partition("=")[0] for line in lines}) == len(lines), "no key twice"


KINDS = (
    "import sys; from PySide6.QtCore import QMimeDatabase; known = QMimeDatabase(); "
    "print(*(known.mimeTypeForFile(file).name() for file in sys.argv[1:]))"
)


@pytest.mark.skipif(not shutil.which("update-mime-database"), reason="needs shared-mime-info")
def test_workflow_files_are_known_from_other_json_files(home: Path, tmp_path: Path) -> None:
    install(home)
    files = [tmp_path / name for name in ("apple.nodeflow.json", "other.json")]
    files[0].write_bytes(find_workflow("text_to_image").read_bytes())
    files[1].write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    environment = {**os.environ, "XDG_DATA_HOME": str(home)}
    command = [sys.executable, "-c", KINDS, *map(str, files)]
    kinds = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert kinds[0] == MIME
    assert kinds[1] != MIME


@pytest.mark.parametrize(("value", "found"), [("/data", Path("/data")), ("", None), ("relative", None)])
def test_only_whole_paths_count_as_the_users_data_folder(value: str, found: Path | None) -> None:
    assert data_home({"XDG_DATA_HOME": value}) == (found or Path.home() / ".local" / "share")


def test_paths_are_quoted_as_the_specification_wants() -> None:
    assert quoted("/opt/100%/flow") == '"/opt/100%%/flow"'
    assert quoted("/a b") == '"/a b"'
