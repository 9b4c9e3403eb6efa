"""The program among those of a Linux desktop: in the menu, with its icon, as what opens workflow files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from nodeflow.errors import UsageError
from nodeflow.standalone import is_standalone

HERE = Path(__file__).parent
ICONS = Path("icons") / "hicolor"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Of the icon in pixels; those that desktops look for."""
MIME = "application/x-nodeflow-workflow+json"
_SHIPPED = ("nodeflow.svg", "nodeflow.xml", "nodeflow.metainfo.xml")
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
    icons = home / ICONS
    return {
        "nodeflow.desktop": home / "applications" / "nodeflow.desktop",
        "nodeflow.svg": icons / "scalable" / "apps" / "nodeflow.svg",
        "nodeflow.xml": home / "mime" / "packages" / "nodeflow.xml",
        "nodeflow.metainfo.xml": home / "metainfo" / "nodeflow.metainfo.xml",
        **{f"nodeflow-{size}.png": icons / f"{size}x{size}" / "apps" / "nodeflow.png" for size in SIZES},
    }


def install(home: Path) -> list[Path]:
    """Put the program into the menu of the user's desktop; gives the files that were written.

    Raises:
        UsageError: If the program cannot be found, or a file cannot be written.
    """
    entry = _ENTRY.format(command=quoted(program()), mime=MIME)
    files = {name: (HERE / name).read_bytes() for name in _SHIPPED}
    files |= {"nodeflow.desktop": entry.encode()} | {f"nodeflow-{size}.png": png for size, png in drawn()}
    written = {places(home)[name]: content for name, content in files.items()}
    try:
        for path, content in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error
    _tell_desktop(home)
    return list(written)


def drawn(sizes: Iterable[int] = SIZES) -> Iterator[tuple[int, bytes]]:
    """The icon as PNG files, for what shows no SVG; nothing where Qt is not installed.

    Args:
        sizes: Widths and heights in pixels.
    """
    try:
        core, gui, svg = (import_module(f"PySide6.Qt{part}") for part in ("Core", "Gui", "Svg"))  # by name,
    except ImportError:  # so that nothing in the core depends on it
        return
    renderer = svg.QSvgRenderer(str(HERE / "nodeflow.svg"))
    for size in sizes:
        image = gui.QImage(size, size, gui.QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(core.Qt.GlobalColor.transparent)
        painter = gui.QPainter(image)
        renderer.render(painter)
        painter.end()
        buffer = core.QBuffer()
        image.save(buffer, "PNG")
        yield size, bytes(buffer.data().data())


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
    found = sys.executable if is_standalone() else str(beside) if beside.exists() else None
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
    commands: list[tuple[Path, str, *tuple[str, ...]]] = [
        (home / "mime", "update-mime-database"),
        (home / "applications", "update-desktop-database"),
    ]
    if (home / ICONS / "icon-theme.cache").exists():  # else desktops look at the folders themselves
        commands.append((home / ICONS, "gtk-update-icon-cache", "--force", "--ignore-theme-index"))
    for folder, tool, *options in commands:
        path = shutil.which(tool)
        if path is not None and folder.is_dir():
            subprocess.run([path, *options, folder], check=False, capture_output=True)  # noqa: S603 - as named
    with suppress(OSError):
        os.utime(home / ICONS)  # desktops see by its date that icons changed
