"""What pictures tell, and the search line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as PILImage
from PIL.PngImagePlugin import PngInfo

from tests.ui.pictures.conftest import save_picture, workflow_text
from ui.pictures.facts import Facts, loaded, read_facts
from ui.pictures.query import parse

PARAMETERS = "a cat\nNegative prompt: ugly\nSteps: 20, Sampler: Euler a, Seed: 12, Model: photon"


def with_text(path: Path, name: str, text: str) -> Path:
    info = PngInfo()
    info.add_text(name, text)
    PILImage.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def test_a_picture_tells_prompts_seed_and_models(tmp_path: Path) -> None:
    facts = read_facts(save_picture(tmp_path / "a.png", workflow_text("a red apple", 7)))
    assert facts.made_here
    assert facts.prompts == ["a red apple"]
    assert facts.negative_prompts == ["blurry, low quality"]
    assert facts.first("seed") == "7"
    assert facts.models == ["pocket"]


def test_pictures_of_other_programs_tell_theirs(tmp_path: Path) -> None:
    facts = read_facts(with_text(tmp_path / "a.png", "parameters", PARAMETERS))
    assert not facts.made_here
    assert (facts.prompts, facts.negative_prompts) == (["a cat"], ["ugly"])
    assert (facts.first("seed"), facts.models, facts.raw) == ("12", ["photon"], PARAMETERS)

    graph = '{"3": {"class_type": "KSampler", "inputs": {"seed": 5, "model": ["4", 0]}}}'
    facts = read_facts(with_text(tmp_path / "b.png", "prompt", graph))
    assert facts.values == (("KSampler 3", "seed", "5"),)


def test_facts_come_back_as_they_were_kept(tmp_path: Path) -> None:
    facts = read_facts(save_picture(tmp_path / "a.png", workflow_text("a red apple", 7)))
    assert loaded(facts.dump()) == facts


@pytest.mark.parametrize("text", ["", "[]", '["a"]', "{", "[1, [[1]], 2, 3, 4]"])
def test_what_is_no_fact_is_none(text: str) -> None:
    assert loaded(text) == Facts()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"text", b"\xff\xd8\xff"])
def test_damaged_files_tell_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert read_facts(path) == Facts()
    assert read_facts(tmp_path / "gone.png") == Facts()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", True),
        ("APPLE", True),
        ("apple seed:7", True),
        ("apple seed:8", False),
        ("sampler.seed:7.0", True),
        ('"red apple"', True),
        ('"apple red"', False),
        ("scheduler:eul", True),
        ("seed:", False),
        ("first_", True),
        ('"red app', True),
        ("pear", False),
    ],
)
def test_searching(tmp_path: Path, line: str, found: bool) -> None:
    facts = read_facts(save_picture(tmp_path / "a.png", workflow_text("a red apple", 7)))
    assert parse(line).matches("2026/first_one.png", facts) is found
