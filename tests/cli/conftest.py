"""What the command line's tests share: the real program, called in this process, in folders of its own."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nodeflow.cli.main import main
from nodeflow.node.registry import Registry


@dataclass(frozen=True)
class Answer:
    """What a call of the program gave."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        return self.err.splitlines()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Program = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("config", "models", "output", "cache"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv(f"NODEFLOW_{name.upper()}_DIR", str(folder))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("NODEFLOW_TRACEBACK", "1")  # what is unforeseen must fail a test
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)


@pytest.fixture
def nodeflow(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Program:
    """Call the program with arguments, as a shell would."""

    def call(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["nodeflow", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Answer(int(ended.value.code or 0), captured.out, captured.err)

    return call


TINY = Path(__file__).parents[1] / "data" / "tiny_program.py"


@pytest.fixture(scope="session")
def tiny_registry() -> Registry:
    """Nodes that need no model: Paint, Fail, Exhaust, Warn and some of the program's own."""
    spec = importlib.util.spec_from_file_location("tiny_program", TINY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    registry: Registry = module.REGISTRY
    return registry


@pytest.fixture
def tiny(nodeflow: Program, tiny_registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program with the tiny nodes only."""
    monkeypatch.setattr("nodeflow.cli.run.installed_registry", lambda: tiny_registry)
    monkeypatch.setattr("nodeflow.cli.validate.installed_registry", lambda: tiny_registry)
    return nodeflow
