"""The published schema: what it says is what the program does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nodeflow.document.files import parse_workflow
from nodeflow.document.schema import workflow_schema
from nodeflow.errors import InvalidWorkflow
from nodeflow.folders import templates_folder

ROOT = Path(__file__).parents[2]
EXAMPLES = [*templates_folder().glob("*.json"), *(ROOT / "tests" / "data" / "formats").glob("format_1*.json")]
BASE: dict[str, Any] = {"format": 1, "nodes": {"a": {"type": "EmptyLatent", "inputs": {"width": 64}}}}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = workflow_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_published_schema_is_the_programs() -> None:
    published = (ROOT / "docs" / "workflow.schema.json").read_text("utf-8")
    assert published == json.dumps(workflow_schema(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_schema_accepts_every_example(path: Path, validator: Draft202012Validator) -> None:
    validator.validate(json.loads(path.read_text("utf-8")))


MALFORMED: list[dict[str, Any]] = [
    {"nodes": []},
    {"nodes": {"a": {}}},
    {"nodes": {"a": {"type": ""}}},
    {"nodes": {"a": {"type": "X", "version": 0}}},
    {"nodes": {"a": {"type": "X", "version": "1"}}},
    {"nodes": {"a": {"type": "X", "mode": "off"}}},
    {"nodes": {"a": {"type": "X", "colour": 1}}},
    {"nodes": {"a": {"type": "X", "inputs": {"b": {"from": "nowhere"}}}}},
    {"nodes": {"a": {"type": "X", "inputs": {"b": {"input": ""}}}}},
    {"nodes": {"a": {"type": "X", "inputs": {"b": [{"from": 5}]}}}},
    {"nodes": {"a.b": {"type": "X"}}},
    {"nodes": {" a": {"type": "X"}}},
    {"nodes": {"a/b": {"type": "X"}}},
    {"seeds": {"a": "fixed"}},
    {"seeds": {"a.seed": "often"}},
    {"layout": {"a": {"position": [1]}}},
    {"layout": {"a": {"position": [1, 2, 3]}}},
    {"layout": {"a": {"position": [True, 0]}}},
    {"layout": {"a": {"position": [0, 0], "color": "red"}}},
    {"frames": [{"nodes": ["a.b"]}]},
    {"notes": [{"position": [0, 0]}]},
    {"models": {"pocket": {"kind": "checkpoint", "digest": "md5:1"}}},
    {"subgraphs": {"s": {"inputs": {"i": {"required": 1}}}}},
    {"format": 2},
    {"format": "1"},
    {"colour": 1},
]


@pytest.mark.parametrize("change", MALFORMED, ids=str)
def test_schema_and_program_refuse_the_same(change: dict[str, Any], validator: Draft202012Validator) -> None:
    document = {**BASE, **change}
    validator.validate(BASE)
    parse_workflow(json.dumps(BASE))
    assert not validator.is_valid(document)
    with pytest.raises(InvalidWorkflow):
        parse_workflow(json.dumps(document))


LITERALS = [
    None,
    True,
    1,
    2.5,
    "text",
    [],
    [1, [2]],
    {},
    {"a": 1},
    {"from": 1, "to": 2},
    {"value": {"from": "a"}},
]


@pytest.mark.parametrize("value", [*LITERALS, {"from": "a.latent"}, [{"from": "a.latent"}, 1]], ids=str)
def test_schema_and_program_accept_the_same_inputs(value: object, validator: Draft202012Validator) -> None:
    document = {"format": 1, "nodes": {"b": {"type": "X", "inputs": {"c": value}}}}
    validator.validate(document)
    parse_workflow(json.dumps(document))
