import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodeflow.folders import BUNDLED_MODELS, Folders, templates_folder


def test_every_folder_has_a_default_and_pictures_go_to_the_picture_folder() -> None:
    folders = Folders.from_environment({})
    assert folders.output == folders.pictures / "nodeflow"
    assert folders.models == (folders.data / "models", BUNDLED_MODELS)
    assert all("nodeflow" in folder.parts for folder in (folders.config, folders.data, folders.cache))


@pytest.mark.parametrize("field", ["config", "output", "cache"])
def test_a_variable_moves_a_folder(field: str, tmp_path: Path) -> None:
    folders = Folders.from_environment({f"NODEFLOW_{field.upper()}_DIR": str(tmp_path)})
    assert getattr(folders, field) == tmp_path


def test_an_empty_variable_counts_as_unset() -> None:
    empty = dict.fromkeys(("NODEFLOW_CONFIG_DIR", "NODEFLOW_MODELS_DIR", "NODEFLOW_OUTPUT_DIR"), "")
    assert Folders.from_environment(empty) == Folders.from_environment({})


def test_several_models_folders_keep_their_order_and_the_bundled_one_comes_last(tmp_path: Path) -> None:
    listed = [str(BUNDLED_MODELS), str(tmp_path / "b"), "", str(tmp_path / "a"), str(tmp_path / "b")]
    folders = Folders.from_environment({"NODEFLOW_MODELS_DIR": os.pathsep.join(listed)})
    assert folders.models == (tmp_path / "b", tmp_path / "a", BUNDLED_MODELS)


def test_relative_and_home_folders_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {"NODEFLOW_CACHE_DIR": "here", "NODEFLOW_OUTPUT_DIR": "~/pictures"}
    folders = Folders.from_environment(environment)
    assert (folders.cache, folders.output) == (tmp_path / "here", Path.home() / "pictures")


def test_this_process_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NODEFLOW_CACHE_DIR", str(tmp_path))
    assert Folders.from_environment().cache == tmp_path


def test_a_workflow_may_read_its_own_folder_first_and_never_the_settings(tmp_path: Path) -> None:
    folders = Folders.from_environment({})
    readable = folders.readable(tmp_path, folders.output)
    assert readable == (tmp_path, folders.output, folders.pictures, *folders.models, templates_folder())


def test_importing_loads_no_library() -> None:
    heavy = "{'torch', 'numpy', 'safetensors', 'platformdirs', 'pydantic', 'sqlite3'}"
    code = f"import sys, nodeflow.models, nodeflow.folders; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
