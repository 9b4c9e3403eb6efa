"""Workflow files: what is loaded is what is saved, and a failing save harms nothing."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.document.files import (
    dump_workflow,
    find_workflow,
    load_workflow,
    parse_workflow,
    save_workflow,
    template_names,
)
from nodeflow.errors import InvalidWorkflow, MissingFile
from nodeflow.folders import templates_folder

CANONICAL = [
    *sorted(templates_folder().glob("*.json")),
    *sorted((Path(__file__).parents[1] / "data" / "formats").glob("format_1*.json")),
]

names = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="./\\"), min_size=1
    )
    .filter(lambda name: name == name.strip() and len(name) <= 100)
    .filter(lambda name: not name.endswith("\n"))
)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.none() | st.booleans() | numbers | st.text(st.characters(codec="utf-8"), max_size=20)
literals = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
).filter(lambda value: not (isinstance(value, dict) and value.keys() & {"from", "input", "value"}))
links = st.builds(lambda node, output: {"from": f"{node}.{output}"}, names, names)
quoted = literals.map(lambda value: {"value": {"from": value}})
inputs = plain | literals | links | quoted | st.lists(links | quoted | plain, max_size=3)
modes = st.sampled_from([{}, {"mode": "mute"}, {"mode": "bypass"}])
nodes = st.builds(
    lambda kind, version, mode, values: {"type": kind, "version": version, **mode, "inputs": values},
    st.sampled_from(["TextEncode", "Reroute", "Somebody's Node"]),
    st.integers(1, 9),
    modes,
    st.dictionaries(st.text(min_size=1, max_size=8), inputs, max_size=4),
)
points = st.lists(st.integers(-9999, 9999) | st.floats(-9999, 9999), min_size=2, max_size=2)
graphs = st.fixed_dictionaries(
    {"nodes": st.dictionaries(names, nodes, max_size=4)},
    optional={
        "seeds": st.dictionaries(
            st.builds(lambda node, name: f"{node}.{name}", names, names),
            st.sampled_from(["fixed", "increment", "randomize"]),
            max_size=2,
        ),
        "layout": st.dictionaries(names, st.fixed_dictionaries({"position": points}), max_size=2),
        "notes": st.lists(st.fixed_dictionaries({"text": st.text(max_size=20)}), max_size=2),
    },
)
subgraphs = st.builds(
    lambda graph, shown, given: {**graph, "inputs": shown, "outputs": given},
    graphs,
    st.dictionaries(names, literals.map(lambda value: {"default": value}), max_size=2),
    st.dictionaries(names, links, max_size=2),
)
workflows = st.builds(
    lambda graph, inner, extra: {"format": 1, **graph, "subgraphs": inner, "extra": extra},
    graphs,
    st.dictionaries(names, subgraphs, max_size=2),
    st.dictionaries(st.text(max_size=5), literals, max_size=2),
)


@pytest.mark.parametrize("path", CANONICAL, ids=lambda path: path.name)
def test_a_canonical_file_is_saved_byte_for_byte(path: Path, tmp_path: Path) -> None:
    save_workflow(load_workflow(path), tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == path.read_bytes()


@given(workflows)
def test_any_workflow_survives_with_an_equal_value(document: dict[str, object]) -> None:
    text = dump_workflow(parse_workflow(json.dumps(document)))
    saved = json.loads(text)
    assert saved.pop("$schema").startswith("urn:")
    assert saved == document
    assert repr(sorted(map(repr, _leaves(saved)))) == repr(sorted(map(repr, _leaves(document))))
    assert dump_workflow(parse_workflow(text)) == text


def _leaves(value: object) -> list[object]:
    """All plain values inside: unlike `==` it tells 1 from 1.0 and from true."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list) else [value]


def test_templates_are_found_by_name() -> None:
    assert "text_to_image" in template_names()
    assert find_workflow("text_to_image") == templates_folder() / "text_to_image.json"


def test_a_file_goes_before_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text_to_image").write_text('{"nodes": {}}')
    assert load_workflow("text_to_image").nodes == {}


def test_a_loaded_workflow_knows_its_file_and_takes_its_name_from_it(tmp_path: Path) -> None:
    path = tmp_path / "apple.json"
    path.write_text('{"nodes": {}}')
    assert load_workflow(path).path == path.resolve()
    assert load_workflow(path).title == "apple"


def test_the_name_in_the_file_goes_before_the_files() -> None:
    assert parse_workflow('{"name": "Äpfel", "nodes": {}}').title == "Äpfel"


def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.json"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MissingFile, match="cannot be written: No space left on device"):
        save_workflow(parse_workflow('{"nodes": {}}'), path)
    assert [file.name for file in tmp_path.iterdir()] == ["old.json"]
    assert path.read_text() == "old"


def test_saving_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"cannot be written"):
        save_workflow(parse_workflow('{"nodes": {}}'), tmp_path / "none" / "new.json")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_saved_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    save_workflow(parse_workflow('{"nodes": {}}'), tmp_path / "saved.json")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert len(modes) == 1


def test_all_problems_are_told_and_name_their_place() -> None:
    document = {
        "nodes": {"a": {"type": 1, "inputs": {"b": {"from": "nowhere"}}}, "c.d": {"type": "X"}},
        "subgraphs": {"s": {"nodes": {"e": {"type": "X", "version": 0}}}},
    }
    with pytest.raises(InvalidWorkflow) as raised:
        parse_workflow(json.dumps(document))
    assert {(problem.node, problem.input) for problem in raised.value.problems} == {
        ("a", None),
        ("a", "b"),
        ("c.d", None),
        ("s/e", None),
    }


def test_a_file_full_of_faults_does_not_fill_the_screen() -> None:
    document = {"nodes": {f"n{i}": 5 for i in range(1000)}}
    with pytest.raises(InvalidWorkflow) as raised:
        parse_workflow(json.dumps(document))
    assert len(raised.value.problems) == 21
    assert "980 more" in str(raised.value.problems[-1])
