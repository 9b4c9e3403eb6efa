"""What goes into the stand-alone program: what nodeflow needs, and nothing that only its developers do."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import distribution

import pytest
from packaging.utils import canonicalize_name

from scripts.bundle.contents import EXTRAS, files_of, is_left_out, needed


def test_it_is_what_the_extras_need_each_once() -> None:
    found = Counter(canonicalize_name(package.name) for package in needed(distribution("nodeflow"), EXTRAS))
    assert set(found.values()) == {1}
    assert {"nodeflow", "torch", "pyside6-essentials", "typer", "numpy"} <= found.keys()
    assert not {"pytest", "mypy", "hypothesis", "pyinstaller", "hatchling"} & found.keys()


def test_without_extras_there_is_neither_torch_nor_qt() -> None:
    found = {canonicalize_name(package.name) for package in needed(distribution("nodeflow"))}
    assert "pydantic" in found
    assert not {"torch", "pyside6-essentials"} & found


@pytest.mark.parametrize(
    ("file", "left"),
    [
        ("__pycache__/typing_extensions.cpython-311.pyc", True),
        ("torch/include/ATen/ATen.h", True),
        ("torch/bin/torch_shm_manager", False),
        ("torch/testing/_comparison.py", False),
        ("scipy/linalg/tests/test_basic.py", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", True),
        ("PySide6/Qt/lib/libQt6Gui.so.6", False),
        ("PySide6/QtQml.abi3.so", True),
        ("PySide6/QtWidgets.abi3.so", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
    ],
)
def test_what_is_for_developers_stays_behind(file: str, left: bool) -> None:
    assert is_left_out(file) is left


def test_files_go_where_pip_put_them_and_programs_of_packages_stay_behind() -> None:
    files = dict(files_of(distribution("typer")))
    assert files["typer/__init__.py"].read_text("utf-8")
    assert not any(name.startswith("..") or name.endswith(".pyc") for name in files)
