"""`--set` reads a value as what its input takes; `--seed` and `--to` say what to run."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest

from nodeflow.cli.settings import apply_settings, read_value
from nodeflow.document.edit import find_node
from nodeflow.document.files import parse_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.values import Link, literal
from nodeflow.errors import UsageError
from nodeflow.node import PictureFile, Range, Seed, node
from nodeflow.node.registry import Registry


class Colour(StrEnum):
    RED = "red"
    ONE = "1"


@node("Everything", category="test")
def everything(  # noqa: PLR0917 - a node takes its inputs by name
    text: str = "",
    whole: Annotated[int, Range(0, 10)] = 0,
    number: float = 0.0,
    flag: bool = False,
    colour: Colour = Colour.RED,
    picture: Annotated[Path | None, PictureFile()] = None,
    numbers: list[int] | None = None,
    maybe: str | None = None,
    seed: Annotated[int, Seed()] = 0,
) -> int:
    """Take one of each."""
    return whole


REGISTRY = Registry([everything])
SEED_LINK = {"seed": {"from": "a.integer"}}
DOCUMENT = {
    "nodes": {
        "a": {"type": "Everything"},
        "b": {"type": "Everything", "inputs": SEED_LINK},
        "strange": {"type": "NotInstalled", "inputs": {"seed": 1}},
        "group": {"type": "Subgraph", "subgraph": "s"},
    },
    "subgraphs": {"s": {"inputs": {"size": {}}, "nodes": {"c": {"type": "Everything"}}}},
}


def workflow() -> Workflow:
    return parse_workflow(json.dumps(DOCUMENT))


def setting(text: str) -> Any:
    """The value that one `--set` leaves in its input."""
    applied = apply_settings(workflow(), [text], None, REGISTRY)
    path = text.partition("=")[0]
    name, _, key = path.rpartition(".")
    return literal(find_node(applied.workflow, name).inputs[key])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.text=apple", "apple"),
        ("a.text=7", "7"),
        ("a.text=true", "true"),
        ("a.text=null", "null"),
        ('a.text="quoted"', '"quoted"'),
        ("a.text=a=b", "a=b"),
        ("a.text=", ""),
        ("a.text=[1]", "[1]"),
        ("a.whole=7", 7),
        ("a.whole=7.5", 7.5),
        ("a.whole=seven", "seven"),
        ("a.whole=NaN", "NaN"),
        ("a.number=7", 7),
        ("a.number=1e3", 1000.0),
        ("a.flag=true", True),
        ("a.colour=red", "red"),
        ("a.colour=1", "1"),
        ("a.maybe=null", None),
        ("a.maybe=nothing", "nothing"),
        ("a.picture=null", None),
        ("a.numbers=[1, 2]", [1, 2]),
        ("strange.anything=7", 7),
        ("group.size=64", 64),
        ("group/c.text=7", "7"),
    ],
)
def test_a_setting_is_read_as_what_the_input_takes(text: str, value: object) -> None:
    found = setting(text)
    assert found == value
    assert type(found) is type(value)


def test_a_setting_can_be_a_link() -> None:
    assert setting('b.text={"from": "a.integer"}') == Link("a", "integer")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.text", "holds no value. Write --set node.input=value"),
        ("text=1", "'text' names no input"),
        ("c.text=1", "there is no node 'c'"),
        ("a.txt=1", "a: the node has no input 'txt'. It has: text, whole"),
        ("group.text=1", "group: the node has no input 'text'. It has: size"),
        ("group/d.text=1", "there is no node 'group/d'"),
    ],
)
def test_a_setting_that_leads_nowhere_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        apply_settings(workflow(), [text], None, REGISTRY)
    assert message in str(raised.value)


def test_a_file_is_looked_for_from_where_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "photo.png").touch()
    monkeypatch.chdir(tmp_path / "sub")
    applied = apply_settings(workflow(), ["a.picture=../photo.png"], None, REGISTRY)
    assert applied.workflow.nodes["a"].inputs["picture"] == str(tmp_path / "photo.png")
    assert applied.allowed == (tmp_path,)


def test_a_file_that_is_not_there_stays_a_name_and_opens_no_folder() -> None:
    applied = apply_settings(workflow(), ["a.picture=photo.png"], None, REGISTRY)
    assert applied.workflow.nodes["a"].inputs["picture"] == "photo.png"
    assert applied.allowed == ()


def test_a_seed_is_set_first_and_single_settings_after_it() -> None:
    applied = apply_settings(workflow(), ["a.seed=3"], 9, REGISTRY).workflow
    assert applied.nodes["a"].inputs["seed"] == 3
    assert find_node(applied, "group/c").inputs["seed"] == 9
    assert applied.nodes["b"].inputs["seed"] == Link("a", "integer")
    assert applied.nodes["strange"].inputs["seed"] == 1


def test_without_an_input_text_is_json_where_it_can_be() -> None:
    assert read_value("[1, 2]", None) == [1, 2]
    assert read_value("[" * 10**5, None) == "[" * 10**5


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("rum",),
        ("run", "text_to_image", "--fast"),
        ("run", "text_to_image", "--seed", "-1"),
        ("run", "text_to_image", "--seed", str(2**64)),
        ("run", "text_to_image", "--seed", "seven"),
        ("run", "text_to_image", "--repeat", "0"),
        ("run", "text_to_image", "--out", "a.jpg"),
        ("run", "text_to_image", "--to", "nowhere"),
        ("run", "text_to_image", "--set", "sampler"),
        ("run", "text_to_image", "--set", "sampler.sed=1"),
        ("run", "text_to_image", "--set", "smpler.seed=1"),
        ("validate",),
        ("nodes", "Samplr"),
        ("models", "--kind", "lorra"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], nodeflow: Callable[..., Any]
) -> None:
    answer = nodeflow(*arguments)
    assert (answer.code, answer.out) == (2, "")
    (line,) = answer.errors
    assert line.startswith("error: ")


@pytest.mark.parametrize("value", ["-1", "seven", "1.5", "null"])
def test_a_value_that_does_not_fit_names_its_input(value: str, nodeflow: Callable[..., Any]) -> None:
    answer = nodeflow("run", "text_to_image", "--set", f"sampler.seed={value}")
    (line,) = answer.errors
    assert answer.code == 3
    assert line.startswith("error: sampler.seed: must be ")
