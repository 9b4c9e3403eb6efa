"""`nodeflow run --each`: once for each line of a text file, or each picture of a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.test_run import grey, painting, write

Program = Callable[..., Any]


def saved(answer: Any) -> list[int]:
    return [grey(line) for line in answer.out.splitlines()]


def test_each_line_is_a_value(tiny: Program) -> None:
    Path("seeds.txt").write_text("3\n\n 200 \n7\n")
    answer = tiny("run", write(painting()), "--each", "paint.seed=seeds.txt")
    assert (answer.code, answer.err) == (0, "")
    assert saved(answer) == [3, 200, 7]


def test_each_picture_of_a_folder_outside_is_read_in_its_order(tiny: Program, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for number in (10, 2):
        Image.new("RGB", (8, 8), 3 * (number,)).save(folder / f"shot {number}.png")
    nodes = {
        "load": {"type": "LoadImage", "inputs": {"file": "none.png"}},
        "save": {"type": "SaveImage", "inputs": {"image": {"from": "load.image"}}},
    }
    answer = tiny("run", write(nodes), "--each", f"load.file={folder}")
    assert (answer.code, answer.err) == (0, "")
    assert saved(answer) == [2, 10]


def test_a_list_is_repeated_as_a_whole_and_seeds_count_on(tiny: Program) -> None:
    Path("steps.txt").write_text("1\n2\n")
    workflow = write(painting(), seeds={"paint.seed": "increment"})
    answer = tiny("run", workflow, "--each", "paint.steps=steps.txt", "--repeat", 2)
    assert answer.code == 0
    assert saved(answer) == [7, 8, 9, 10]


@pytest.mark.parametrize(
    ("each", "code", "words"),
    [
        ("paint.seed", 2, "names no list"),
        ("paint.seed=", 2, "names no list"),
        ("paint.seed=nowhere.txt", 4, "nowhere.txt cannot be read"),
        ("paint.seed=.", 2, "paint.seed: this input takes values: give a text file"),
        ("paint.sead=list.txt", 2, "the node has no input 'sead'"),
        ("brush.seed=list.txt", 2, "there is no node 'brush'"),
        ("paint.seed=empty.txt", 4, "holds no line"),
        ("paint.seed=list.txt", 3, "paint.seed"),
    ],
)
def test_what_is_wrong_is_one_line(tiny: Program, each: str, code: int, words: str) -> None:
    Path("list.txt").write_text("not a seed\n")
    Path("empty.txt").touch()
    answer = tiny("run", write(painting()), "--each", each)
    assert answer.code == code
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
