"""A package that others publish: found through its entry point, and harmless when it is broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "package"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the package, without the network."""
    folder = tmp_path_factory.mktemp("installed")
    source = shutil.copytree(PACKAGE, folder / "source")  # building leaves files beside the source
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--no-compile", "--quiet"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        "--target",
        str(folder / "site"),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def nodeflow(installed: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "NO_COLOR": "1", "COLUMNS": "300"}
    command = [sys.executable, "-m", "nodeflow.cli.main", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False, timeout=60
    )


def test_package_is_listed_and_its_faults_are_warnings(installed: Path) -> None:
    done = nodeflow(installed, "nodes", "--json")
    specs = {spec["type"]: spec for spec in map(json.loads, done.stdout.splitlines())}
    warnings = [line for line in done.stderr.splitlines() if "Deprecation" not in line]
    assert done.returncode == 0
    assert specs["Stars"]["category"] == "stars"
    assert specs["Sampler"]["category"] == "sampling", "the built-in stays"
    assert len(warnings) == 3
    assert "RuntimeError" not in specs
    assert (
        "nodes of 'broken_stars' (nodeflow_stars.broken) were not loaded: these stars are not right"
        in (warnings[0])
    )
    assert "nodes of 'leaving_stars' (nodeflow_stars.leaving) were not loaded: good night" in warnings[1]
    assert "node Sampler of nodeflow_stars was ignored: nodes.sampling has it" in warnings[2]


def test_node_of_a_package_runs_in_a_workflow(installed: Path, tmp_path: Path) -> None:
    workflow = tmp_path / "stars.json"
    workflow.write_text(
        json.dumps({"format": 1, "nodes": {"s": {"type": "Stars", "version": 1, "inputs": {"count": 5}}}})
    )
    done = nodeflow(installed, "run", workflow, "--out", tmp_path / "out", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [e["node"] for e in events if e["event"] == "node_finished"] == ["s"]


def test_workflow_without_the_package_names_the_missing_type(tmp_path: Path) -> None:
    workflow = tmp_path / "stars.json"
    workflow.write_text(json.dumps({"format": 1, "nodes": {"s": {"type": "Stars", "version": 1}}}))
    done = nodeflow(tmp_path, "validate", workflow)
    assert done.returncode == 3
    assert "s: unknown node type 'Stars'. Install the package that has it" in done.stderr + done.stdout


def test_the_rest_of_it_runs_without_the_package_and_the_code_says_so(tmp_path: Path) -> None:
    blue = {"type": "SolidColor", "inputs": {"width": 64, "height": 64}}
    nodes = {
        "s": {"type": "Stars", "version": 1},
        "blue": blue,
        "save": {"type": "SaveImage", "inputs": {"image": {"from": "blue.image"}}},
    }
    workflow = tmp_path / "stars.json"
    workflow.write_text(json.dumps({"format": 1, "nodes": nodes}))
    done = nodeflow(tmp_path, "run", workflow, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert len(list((tmp_path / "out").rglob("*.png"))) == 1
    assert "s: unknown node type 'Stars'. Install the package that has it" in done.stderr
