"""The program among those of a Linux desktop: in the menu, with its icon, as what opens workflow files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from nodeflow.errors import UsageError

HERE = Path(__file__).parent
MIME = "application/x-nodeflow-workflow+json"
_ENTRY = """[Desktop Entry]
Type=Application
Name=nodeflow
GenericName=Picture workflow editor
GenericName[de]=Editor für Bild-Workflows
Comment=Wire SDXL pipelines and run them
Comment[de]=SDXL-Pipelines verdrahten und ausführen
Exec={command} ui %F
Icon=nodeflow
Terminal=false
Categories=Graphics;2DGraphics;
Keywords=SDXL;diffusion;nodes;AI;
MimeType={mime};
StartupWMClass=nodeflow
"""


def data_home(environment: Mapping[str, str] | None = None) -> Path:
    """Where the user's desktop looks for programs, icons and types of files."""
    value = (os.environ if environment is None else environment).get("XDG_DATA_HOME", "")
    return Path(value) if value.startswith("/") else Path.home() / ".local" / "share"


def places(home: Path) -> dict[str, Path]:
    """Where each file is installed, by its own name."""
    return {
        "nodeflow.desktop": home / "applications" / "nodeflow.desktop",
        "nodeflow.svg": home / "icons" / "hicolor" / "scalable" / "apps" / "nodeflow.svg",
        "nodeflow.xml": home / "mime" / "packages" / "nodeflow.xml",
    }


def install(home: Path) -> list[Path]:
    """Put the program into the menu of the user's desktop; gives the files that were written.

    Raises:
        UsageError: If the program cannot be found, or a file cannot be written.
    """
    entry = _ENTRY.format(command=quoted(program()), mime=MIME)
    try:
        for name, path in places(home).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = entry if name == "nodeflow.desktop" else (HERE / name).read_text("utf-8")
            path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error
    _tell_desktop(home)
    return list(places(home).values())


def remove(home: Path) -> list[Path]:
    """Take the program out of the menu again; gives the files that were removed.

    Raises:
        UsageError: If one cannot be removed.
    """
    found = [path for path in places(home).values() if path.exists()]
    try:
        for path in found:
            path.unlink()
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be removed: {error.strerror}") from error
    _tell_desktop(home)
    return found


def program() -> str:
    """The path of the program that is running.

    Raises:
        UsageError: If it is nowhere to be found.
    """
    beside = Path(sys.executable).with_name("nodeflow")
    found = sys.executable if getattr(sys, "frozen", False) else str(beside) if beside.exists() else None
    found = found or shutil.which("nodeflow")
    if found is None:
        raise UsageError("the program nodeflow is not on the PATH", advice="Install it with pip first")
    return found


def quoted(path: str) -> str:
    """A path as the Exec line of the Desktop Entry Specification wants it."""
    escaped = path
    for sign in ("\\", '"', "`", "$"):
        escaped = escaped.replace(sign, f"\\{sign}")
    return '"{}"'.format(escaped.replace("\\", "\\\\").replace("%", "%%"))


def _tell_desktop(home: Path) -> None:
    """Let the desktop look at what changed; where these programs are missing it does so by itself."""
    for tool, folder in (("update-mime-database", "mime"), ("update-desktop-database", "applications")):
        path = shutil.which(tool)
        if path is not None and (home / folder).is_dir():
            subprocess.run([path, str(home / folder)], check=False, capture_output=True)  # noqa: S603 - as named
