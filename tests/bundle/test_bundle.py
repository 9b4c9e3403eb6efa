"""The stand-alone program, in a folder and an environment where nothing of this source tree can be found.

`NODEFLOW_BUNDLE` names one that is there already; otherwise it is made first, which takes minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from filelock import FileLock

from nodeflow.desktop import SIZES
from nodeflow.node.registry import Registry

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPEC = ROOT / "scripts" / "bundle" / "nodeflow.spec"
PATIENCE = 300.0
SCREEN = ("Xvfb", "openbox", "xdotool")

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is made for Linux so far"),
]

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's folder; made once, however many processes run these tests."""
    there = os.environ.get("NODEFLOW_BUNDLE")
    if there:
        return Path(there)
    if not has_python_library():
        pytest.skip("needs Python's shared library, which Debian keeps apart; scripts/bundle.sh installs it")
    session = tmp_path_factory.getbasetemp()
    session = session.parent if "PYTEST_XDIST_WORKER" in os.environ else session
    made, stamp = ROOT / "build" / "tried", session / "bundle-is-made"
    with FileLock(session / "bundle.lock"):
        if not stamp.exists():
            command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
            folders = ["--distpath", str(made / "dist"), "--workpath", str(made / "work")]
            subprocess.run([*command, *folders, str(SPEC)], check=True)
            stamp.touch()
    return made / "dist" / "nodeflow"


def has_python_library() -> bool:
    """Whether there is what PyInstaller puts Python into a program with."""
    from PyInstaller.depend.bindepend import get_python_library_path

    with suppress(SystemExit):
        return get_python_library_path() is not None
    return False


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """All that the program is told: an empty home, and where the system's own programs are."""
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200"}


@pytest.fixture
def program(bundle: Path, environment: dict[str, str], tmp_path: Path) -> Program:
    """Runs the program, and expects it to succeed."""

    def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [bundle / "nodeflow", *arguments],
            env=environment | more,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Where the program finds node packages; the code in `drive.py` is one of them."""
    folder = tmp_path / ".local" / "share" / "nodeflow" / "packages"
    folder.mkdir(parents=True)
    shutil.copy(HERE / "drive.py", folder)
    return folder


def test_it_is_this_version_and_knows_the_machine(program: Program) -> None:
    from nodeflow.version import __version__

    assert program("--version").stdout == f"nodeflow {__version__}\n"
    assert "cpu" in program("doctor").stdout


def test_it_has_every_node(program: Program) -> None:
    lines = program("nodes", "--json").stdout.splitlines()
    assert {json.loads(line)["type"] for line in lines} == {node.spec.type for node in Registry.built_in()}


def test_it_makes_the_very_picture_that_is_made_here(program: Program, tmp_path: Path) -> None:
    few = ["run", "text_to_image", "--set", "sampler.steps=4", "--no-cache", "--out"]
    program(*few, tmp_path / "there.png")
    subprocess.run([sys.executable, "-m", "nodeflow.cli.main", *few, tmp_path / "here.png"], check=True)
    there, here = (np.asarray(PIL.Image.open(tmp_path / name)) for name in ("there.png", "here.png"))
    assert there.std() > 10, "it shows something"
    assert np.array_equal(there, here)


def test_packages_of_nodes_are_found_in_the_users_folder(program: Program, packages: Path) -> None:
    source = shutil.copytree(HERE.parent / "third_party" / "package", packages.parent / "source")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", str(packages)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(source)], check=True)
    lines = program("nodes", "--json").stdout.splitlines()
    assert "Stars" in {json.loads(line)["type"] for line in lines}


def test_its_processes_can_start_others(program: Program, packages: Path) -> None:
    assert program("--call", "drive:spawn").stdout == "[2, 3]"


def test_the_editor_runs_a_workflow_in_its_worker(program: Program, packages: Path, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    program("--call", "drive:edit", shot, QT_QPA_PLATFORM="offscreen")
    with PIL.Image.open(shot) as picture:
        assert min(picture.size) > 400
    assert len(list((tmp_path / "Pictures" / "nodeflow").rglob("*.png"))) == 1


def test_it_comes_into_the_menu_of_the_desktop(program: Program, bundle: Path, tmp_path: Path) -> None:
    files = [Path(line) for line in program("desktop", "install").stdout.splitlines()]
    (entry,) = (file for file in files if file.suffix == ".desktop")
    assert f'Exec="{bundle / "nodeflow"}" ui %F' in entry.read_text("utf-8")
    assert sum(file.suffix == ".png" for file in files) == len(SIZES), "its own Qt draws the icons"
    assert all(file.is_relative_to(tmp_path) for file in files)


def test_programs_of_the_system_get_the_systems_libraries(program: Program, packages: Path) -> None:
    (packages / "ask.py").write_text("import os\ndef path(): print(os.environ.get('LD_LIBRARY_PATH'))\n")
    assert program("--call", "ask:path").stdout == "None\n"
    assert program("--call", "ask:path", LD_LIBRARY_PATH="/opt/lib").stdout == "/opt/lib\n"


@contextmanager
def screen() -> Iterator[str]:
    """A virtual screen with a window manager; gives its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1440x900x24"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        name = f":{server.stdout.readline().strip()}"
        with subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}) as manager:
            yield name
            manager.terminate()
        server.terminate()


def picture_within(seconds: float, home: Path) -> bool:
    """Wait for a picture among the user's."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if list((home / "Pictures").rglob("*.png")):
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(not all(map(shutil.which, SCREEN)), reason="needs " + ", ".join(SCREEN))
def test_the_editor_works_on_a_screen(bundle: Path, environment: dict[str, str], tmp_path: Path) -> None:
    with screen() as name:
        environment["DISPLAY"] = name

        def press(*what: str) -> None:
            subprocess.run(["xdotool", *what], env=environment, check=True, timeout=PATIENCE)

        command = [str(bundle / "nodeflow"), "ui", "text_to_image"]
        with subprocess.Popen(command, env=environment, cwd=tmp_path) as editor:
            press("search", "--sync", "--onlyvisible", "--class", "^nodeflow$", "windowactivate", "--sync")
            press("sleep", "3")
            for _ in range(10):  # keys that come before the window can run anything are lost
                press("key", "ctrl+Return")
                if picture_within(30, tmp_path):
                    break
            else:
                pytest.fail("no picture was made")
            assert editor.poll() is None
            keep = os.environ.get("NODEFLOW_JOURNEY_PICTURES")
            if keep:
                press("sleep", "1")
                subprocess.run(["scrot", Path(keep) / "bundle.png"], env=environment, check=True)
            press("key", "ctrl+q")
            assert editor.wait(PATIENCE) == 0
