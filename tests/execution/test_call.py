"""Calling one node: where the error of a file that cannot be read is shown."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from nodeflow.errors import MissingFile
from nodeflow.execution.call import call
from nodeflow.graph import BoundNode
from nodeflow.node import Context, node

NO_CONTEXT = cast(Context, None)


def damaged(**arguments: Any) -> MissingFile:
    """The error of a node with two files, of which it cannot read one."""

    @node("Join", category="test", output="number")
    def join(one: Path | None = None, two: Path | None = None, count: int = 0) -> int:
        raise MissingFile("it is damaged")

    with pytest.raises(MissingFile) as caught:
        call(cast(BoundNode, SimpleNamespace(node=join, name="join")), arguments, NO_CONTEXT)
    return caught.value


def test_damaged_file_is_shown_at_the_input_it_came_by() -> None:
    assert damaged(two=Path("torn.png"), count=3).input == "two"


def test_which_of_two_files_is_damaged_is_not_guessed() -> None:
    assert damaged(one=Path("whole.png"), two=Path("torn.png")).input is None
