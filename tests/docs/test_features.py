"""The list of features names nodes and proofs that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from nodeflow.node.registry import Registry

ROOT = Path(__file__).parents[2]
ROWS = [
    re.split(r"(?<!\\)\|", line)[1:-1]
    for line in (ROOT / "docs" / "features.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| capability ")
]


def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {part.name for part in tree.body if isinstance(part, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_each_feature_is_proven_by_tests_that_exist(row: list[str]) -> None:
    cited = re.findall(r"`([^`]*)`", row[2])
    assert cited
    for name in cited:
        file, _, function = name.partition("::")
        assert function.startswith("test_"), name
        assert function in functions(ROOT / file), name


def test_features_name_all_nodes_and_no_others() -> None:
    registry = Registry.built_in()
    named = {name for row in ROWS for name in re.findall(r"\b[A-Z]\w+", row[1])}
    assert named
    assert [name for name in sorted(named) if registry.get(name) is None] == []
    assert {spec.type for spec in (node.spec for node in registry)} - named == set()
