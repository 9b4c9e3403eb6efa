"""Old formats, made up and real."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from nodeflow.document.files import load_workflow
from nodeflow.document.migrations import MIGRATIONS, migrate
from nodeflow.document.model import FORMAT
from nodeflow.errors import InvalidWorkflow

SNAPSHOTS = sorted((Path(__file__).parents[1] / "data" / "formats").glob("*.json"))


def rename_prompts(document: dict[str, Any]) -> dict[str, Any]:
    """Format 2 says `text` where format 1 said `prompt`."""
    nodes = {
        name: {("text" if key == "prompt" else key): value for key, value in node.items()}
        for name, node in document["nodes"].items()
    }
    return {**document, "nodes": nodes}


def count_nodes(document: dict[str, Any]) -> dict[str, Any]:
    """Format 3 knows how many nodes it has."""
    return {**document, "count": len(document["nodes"])}


MADE_UP = {1: rename_prompts, 2: count_nodes}


@pytest.mark.parametrize("number", [{}, {"format": 1}])
def test_an_old_file_goes_through_every_migration(number: dict[str, int]) -> None:
    old = {**number, "nodes": {"a": {"prompt": "apple"}}}
    before = deepcopy(old)
    assert migrate(old, MADE_UP, newest=3) == {"format": 3, "nodes": {"a": {"text": "apple"}}, "count": 1}
    assert old == before


def test_a_file_in_between_goes_through_the_rest() -> None:
    middle = {"format": 2, "nodes": {"a": {"prompt": "stays"}}}
    assert migrate(middle, MADE_UP, newest=3) == {**middle, "format": 3, "count": 1}


def test_a_new_file_is_left_alone() -> None:
    document = {"format": FORMAT, "nodes": {}}
    assert migrate(document) is document


@pytest.mark.parametrize("number", [FORMAT + 1, 0, -1, 1.0, True, "1", None, [1]])
def test_a_format_nobody_knows_is_refused(number: object) -> None:
    with pytest.raises(InvalidWorkflow, match="format"):
        migrate({"format": number, "nodes": {}})


def test_every_old_format_has_its_migration() -> None:
    assert sorted(MIGRATIONS) == list(range(1, FORMAT))


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.name)
def test_every_file_ever_saved_still_loads(path: Path) -> None:
    workflow = load_workflow(path)
    assert workflow.format == FORMAT
    assert workflow.nodes


def test_every_format_has_a_snapshot() -> None:
    assert {int(path.stem.split("_")[1]) for path in SNAPSHOTS} == set(range(1, FORMAT + 1))
