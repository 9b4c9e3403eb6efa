"""Favourites and recently used nodes outlive the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from ui.node_memory import MOST_RECENT, NodeMemory


def memory(folder: Path) -> NodeMemory:
    return NodeMemory(QSettings(str(folder / "editor.ini"), QSettings.Format.IniFormat))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_favourites_are_there_on_the_next_start(tmp_path: Path, count: int) -> None:
    first = memory(tmp_path)
    keys = ["Sampler", "reusable:my, own = node", "LoRALoader"][:count]
    for key in keys:
        first.toggle_favourite(key)
    first._settings.sync()
    assert memory(tmp_path).favourites == keys


def test_a_star_is_taken_away_again(tmp_path: Path) -> None:
    known = memory(tmp_path)
    for key in ("A", "B", "A"):
        known.toggle_favourite(key)
    assert known.favourites == ["B"]


def test_the_latest_come_first_and_only_some_are_kept(tmp_path: Path) -> None:
    known = memory(tmp_path)
    for number in range(MOST_RECENT + 3):
        known.note_use(f"node {number}")
    known.note_use("node 5")
    assert known.recent[:2] == ["node 5", f"node {MOST_RECENT + 2}"]
    assert len(known.recent) == len(set(known.recent)) == MOST_RECENT


def test_a_node_that_is_renamed_or_gone_is_so_everywhere(tmp_path: Path) -> None:
    known = memory(tmp_path)
    for key in ("A", "B"):
        known.toggle_favourite(key)
        known.note_use(key)
    known.rename("A", "C")
    assert (known.favourites, known.recent) == (["C", "B"], ["B", "C"])
    known.rename("B", None)
    assert (known.favourites, known.recent) == (["C"], ["C"])
