"""Where torch is not installed: an environment made from scratch runs the examples on exported models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nodeflow.backends.torch.exporting import export_model
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.values import ModelRecipe

pytestmark = pytest.mark.full  # minutes: it installs, exports and renders

ROOT = Path(__file__).parents[2]
CLOSE = 2
"""Largest difference from torch's pictures, of 255."""
EXAMPLES = [
    "text_to_image",
    "base_and_refiner",
    "image_to_image",
    "prompt_weights",
    "regional_prompt",
    "inpaint",
]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with `nodeflow[onnx]` alone."""
    folder = tmp_path_factory.mktemp("without-torch")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    made = folder / "bin" / "python"
    install = [str(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--constraint", str(ROOT / "constraints.txt"), f"{ROOT}[onnx]"], check=True)
    return made


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the bundled checkpoints, exported under their own names."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "checkpoints").mkdir()
    for name in ("pocket", "pocket-refiner"):
        path = BUNDLED_MODELS / "checkpoints" / name
        export_model(ModelRecipe(name, path), folder / "checkpoints" / name)
    return folder


@pytest.fixture
def nodeflow(python: Path, models: Path, tmp_path: Path) -> Run:
    """Run a command without torch."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {f"NODEFLOW_{name}_DIR": str(tmp_path / name) for name in ("CACHE", "CONFIG", "OUTPUT")}
    environment["NODEFLOW_MODELS_DIR"] = str(models)

    def run(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [str(python), "-m", "nodeflow.cli.main", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        return done

    return run


@pytest.mark.parametrize("library", ["torch", "diffusers", "transformers", "peft", "accelerate", "PySide6"])
def test_it_is_not_there(library: str, python: Path, tmp_path: Path) -> None:
    done = subprocess.run([python, "-c", f"import {library}"], cwd=tmp_path, capture_output=True, check=False)
    assert b"ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_give_torchs_pictures(name: str, nodeflow: Run, tmp_path: Path) -> None:
    nodeflow("run", name, "--out", tmp_path / "onnx")
    with_torch = [sys.executable, "-m", "nodeflow.cli.main", "run", name, "--no-cache", "--out"]
    subprocess.run([*with_torch, str(tmp_path / "torch")], check=True, capture_output=True, cwd=ROOT)
    ours, theirs = (sorted((tmp_path / where).rglob("*.png")) for where in ("onnx", "torch"))
    assert ours
    for one, other in zip(ours, theirs, strict=True):
        pixels = [np.asarray(Image.open(path), np.int16) for path in (one, other)]
        assert np.abs(pixels[0] - pixels[1]).max() <= CLOSE


def test_the_same_picture_is_not_computed_twice(nodeflow: Run, tmp_path: Path) -> None:
    nodeflow("run", "text_to_image", "--out", tmp_path / "first")
    again = nodeflow("run", "text_to_image", "--json", "--out", tmp_path / "second")
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert not any(event.get("node") == "sampler" and event["event"] == "node_started" for event in events)


def test_all_that_needs_no_model_works(nodeflow: Run) -> None:
    assert "Sampler" in nodeflow("nodes").stdout
    assert "valid" in nodeflow("validate", "text_to_image").stdout
    assert "ONNX Runtime" in nodeflow("doctor").stdout
    assert json.loads(nodeflow("doctor", "--json").stdout)["onnx"]["chosen"] == "cpu"
    assert "pocket-refiner" in nodeflow("models").stdout


def test_what_needs_torch_is_refused_in_one_line(nodeflow: Run, models: Path) -> None:
    lora = nodeflow("run", "two_loras", code=3)
    assert all("cannot be applied" in line for line in lora.stderr.splitlines())
    device = nodeflow("run", "text_to_image", "--device", "cuda", code=2)
    assert device.stderr.splitlines() == ["error: ONNX Runtime has no device 'cuda' here. There are: cpu"]
    (models / "checkpoints" / "pocket").rename(models / "away")
    try:
        plain = nodeflow("run", "text_to_image", code=1)
    finally:
        (models / "away").rename(models / "checkpoints" / "pocket")
    assert "'pocket' needs torch, which is not installed" in plain.stderr
    assert "Traceback" not in lora.stderr + device.stderr + plain.stderr
