"""What goes into the stand-alone program beside Python: the packages that nodeflow needs, as plain files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("lycoris", "torch", "ui")
"""What of nodeflow is in it."""

LEFT_OUT = (
    "*.a",
    "*__pycache__/*",  # made anew for where the files lie then
    "*.pyi",
    "networkx/*/tests/*",
    "scipy/*/tests/*",
    "sympy/*/tests/*",
    "torch/bin/protoc*",
    "torch/bin/test_*",
    "torch/include/*",
    "torch/share/*",
    "torch/test/*",
    # Qt: what is for other programs' developers, and the half that draws QML
    "PySide6/assistant",
    "PySide6/designer",
    "PySide6/linguist",
    "PySide6/lrelease",
    "PySide6/lupdate",
    "PySide6/qml*",
    "PySide6/svgtoqml",
    "PySide6/doc/*",
    "PySide6/glue/*",
    "PySide6/include/*",
    "PySide6/typesystems/*",
    "PySide6/libpyside6qml*",
    *(f"PySide6/Qt{part}*" for part in ("Designer", "Help", "Qml", "Quick", "Sql", "UiTools")),
    *(f"PySide6/Qt/{folder}/*" for folder in ("libexec", "metatypes", "qml")),
    *(
        f"PySide6/Qt/lib/libQt6{part}*"
        for part in (
            "Designer",
            "Help",
            "Labs",
            "Lottie",
            "Qml",
            "Quick",
            "Sql",
            "UiTools",
            "WaylandCompositor",
            "WaylandEglCompositor",
        )
    ),
    *(
        f"PySide6/Qt/plugins/{folder}/*"
        for folder in (
            "designer",
            "qmllint",
            "qmltooling",
            "sqldrivers",
            "vectorimageformats",
            "wayland-graphics-integration-server",
        )
    ),
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
)
"""Files that nothing here uses: they would be a tenth of it all."""


def own_files(root: Path, folder: Path) -> Distribution:
    """Nodeflow itself, made ready to be installed as its wheel is.

    Args:
        root: The source tree.
        folder: Where the files may be put.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "-w", folder, root], check=True)
    (wheel,) = folder.glob("*.whl")
    files = folder / wheel.stem
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(files)
    (described,) = files.glob("*.dist-info")
    return PathDistribution(described)


def needed(package: Distribution, extras: tuple[str, ...] = ()) -> Iterator[Distribution]:
    """A package and all that it needs on this machine, each once.

    Args:
        package: The package.
        extras: Which of its extras are wanted.
    """
    seen: set[tuple[str, str]] = set()
    given: set[str] = set()
    waiting = [(package, extra) for extra in ("", *extras)]
    while waiting:
        found, extra = waiting.pop()
        name = canonicalize_name(found.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        if name not in given:
            given.add(name)
            yield found
        for line in found.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = distribution(requirement.name)
                waiting += [(other, wanted) for wanted in ("", *requirement.extras)]


def files_of(package: Distribution) -> Iterator[tuple[str, Path]]:
    """The files of a package: where they go, and where they lie here."""
    for file in package.files or ():
        if ".." not in file.parts and not is_left_out(str(file)):
            yield str(file), Path(str(file.locate()))


def is_left_out(file: str) -> bool:
    """Whether a file, by its path in site-packages, stays behind."""
    return any(fnmatch(file, pattern) for pattern in LEFT_OUT)
