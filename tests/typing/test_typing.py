"""The typed API is under test: a wrong call that no checker complains about is an unused `type: ignore`."""

from __future__ import annotations

from pathlib import Path

import pytest

api = pytest.importorskip("mypy.api")
ROOT = Path(__file__).parents[2]


def test_type_checkers_see_through_the_node_decorator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # where the settings are, and the cache that makes this quick
    output, errors, code = api.run(["tests/typing/api.py"])
    assert (code, errors) == (0, ""), output
