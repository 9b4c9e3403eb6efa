"""`nodes`, `models`, `schema` and `--help`: what there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodeflow.version import __version__

Program = Callable[..., Any]


def test_every_node_type_is_listed_on_a_line_of_its_own(nodeflow: Program) -> None:
    lines = nodeflow("nodes").out.splitlines()
    types = [event["type"] for event in nodeflow("nodes", "--json").events]
    assert [line.split()[0] for line in lines[1 : len(types) + 1]] == types
    assert "Sampler" in types


def test_one_node_type_is_shown_with_its_inputs(nodeflow: Program) -> None:
    out = nodeflow("nodes", "Sampler").out
    for word in ("guidance_scale", "required", "Conditioning", "One of: euler", "latent"):
        assert word in out
    assert nodeflow("nodes", "Sampler", "--json").events[0]["type"] == "Sampler"


@pytest.mark.parametrize(
    ("type_id", "name", "words"),
    [
        ("Sampler", "steps", "From 1 to 1000."),
        ("Sampler", "guidance_scale", "From 0 to 100."),
        ("Sampler", "guidance_curve", "From 0 to 100."),
        ("Sampler", "seed", "From 0 to 2^64 - 1."),
        ("EmptyLatent", "width", "From 64 to 8192 in steps of 8."),
        ("SolidColor", "color", "Written #rrggbb."),
        ("Switch", "choice", "From 1 to 8."),
    ],
)
def test_the_limits_of_inputs_are_shown(nodeflow: Program, type_id: str, name: str, words: str) -> None:
    lines = nodeflow("nodes", type_id).out.splitlines()
    (line,) = (line for line in lines if line.split()[:1] == [name])
    assert line.endswith(f". {words}")


def test_outputs_are_explained_where_their_names_do_not(nodeflow: Program) -> None:
    assert (
        "left    Integer  Where the part lies, in pixels from the left."
        in nodeflow("nodes", "CropToMask").out
    )
    assert "what it gives" not in nodeflow("nodes", "FlipImage").out


def test_defaults_of_spaces_can_be_seen(nodeflow: Program) -> None:
    lines = nodeflow("nodes", "JoinText").out.splitlines()
    assert any(line.startswith('separator  Text       ", "') for line in lines)


def test_the_documents_own_types_are_listed_too(nodeflow: Program) -> None:
    out = nodeflow("nodes").out
    assert "Choose between branches: only the chosen one is computed." in out
    assert "A bend in a link." in out


def test_presets_are_shown(nodeflow: Program) -> None:
    assert "width 1024, height 1024" in nodeflow("nodes", "EmptyLatent").out


def test_an_unknown_node_type_gets_a_suggestion(nodeflow: Program) -> None:
    assert nodeflow("nodes", "Samplr").err == "error: there is no node type 'Samplr'. Did you mean Sampler?\n"


def test_models_are_listed_by_kind(nodeflow: Program) -> None:
    assert "pocket" in nodeflow("models").out
    names = [line.split()[0] for line in nodeflow("models", "--kind", "lora").out.splitlines()[1:4]]
    assert names == ["dusk", "flat", "high-contrast"]


def test_trigger_words_and_faults_are_told(nodeflow: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("models/loras")
    folder.mkdir(parents=True)
    monkeypatch.setenv("NODEFLOW_MODELS_DIR", "models")
    layer = {"lora_unet_mid_block_x.lora_down.weight": np.ones((1, 1), np.float32)}
    save_file(layer, folder / "ink.safetensors", {"modelspec.trigger_phrase": "ink wash, brush strokes"})
    (folder / "page.safetensors").write_text("<!DOCTYPE html><html></html>", "utf-8")
    answer = nodeflow("models", "--kind", "lora")
    (row,) = (line for line in answer.out.splitlines() if line.startswith("ink "))
    assert "ink wash, brush strokes" in row
    (line,) = answer.errors
    assert line.startswith("warning: ")
    assert line.endswith("page.safetensors is a web page, not a model")
    events = {event["name"]: event for event in nodeflow("models", "--kind", "lora", "--json").events}
    assert events["ink"]["trigger_words"] == ["ink wash", "brush strokes"]
    assert [name for name, event in events.items() if event["fault"]] == ["page"]


def test_models_as_json_carry_their_digests(nodeflow: Program) -> None:
    answer = nodeflow("models", "--kind", "lora", "--json")
    assert [event["name"] for event in answer.events] == ["dusk", "flat", "high-contrast"]
    assert all(event["digest"].startswith("sha256:") for event in answer.events)


def test_an_unknown_kind_of_model_names_those_there_are(nodeflow: Program) -> None:
    answer = nodeflow("models", "--kind", "lorra")
    assert answer.code == 2
    assert "There are: checkpoint, refiner, lora" in answer.err


def test_the_schema_is_the_published_one(nodeflow: Program) -> None:
    published = Path(__file__).parents[2] / "docs" / "workflow.schema.json"
    assert nodeflow("schema").out == published.read_text("utf-8")


@pytest.mark.parametrize("name", ["text_to_image", "two_loras", "base_and_refiner", "image_to_image"])
def test_the_workflows_that_come_along_are_valid(name: str, nodeflow: Program) -> None:
    answer = nodeflow("validate", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{name}: valid, ")
    assert json.loads(nodeflow("validate", name, "--json").out)["runs"][-1] == "save"


def test_help_and_version(nodeflow: Program) -> None:
    assert "Exit codes: 0 done" in nodeflow("--help").out
    assert nodeflow("--version").out == f"nodeflow {__version__}\n"
