"""Workflows that are wrong in every way: one line for each problem, the right exit code, nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

EMPTY = {"type": "EmptyLatent", "inputs": {"width": 64, "height": 64}}
MODEL = {"type": "CheckpointLoader", "inputs": {"checkpoint": "pocket"}}
USE = {"type": "Subgraph", "subgraph": "s"}


@dataclass(frozen=True)
class Bad:
    """A file, and the lines it must give (each a part of one line, in order)."""

    data: bytes
    lines: tuple[str, ...]
    code: int = 3


def raw(data: bytes | str, *lines: str) -> Bad:
    return Bad(data.encode() if isinstance(data, str) else data, lines)


def doc(*lines: str, code: int = 3, **parts: Any) -> Bad:
    """A JSON document of format 1 with these parts."""
    return Bad(json.dumps({"format": 1, "nodes": {}, **parts}).encode(), lines, code)


def graph(nodes: dict[str, Any], *lines: str, code: int = 3, **parts: Any) -> Bad:
    return doc(*lines, code=code, nodes=nodes, **parts)


def one(inputs: dict[str, Any], *lines: str, **more: Any) -> Bad:
    """A single EmptyLatent `a`."""
    return graph({"a": {"type": "EmptyLatent", "inputs": inputs, **more}}, *lines)


def within(nodes: dict[str, Any], *lines: str, **more: Any) -> Bad:
    """A workflow whose node `a` is a subgraph with these nodes."""
    return graph({"a": USE}, *lines, subgraphs={"s": {"nodes": nodes, **more}})


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"type": kind, "inputs": inputs}


def link(output: str) -> dict[str, str]:
    return {"from": output}


def save(output: str) -> dict[str, Any]:
    return node("SaveImage", image=link(output))


def encode(**inputs: Any) -> dict[str, Any]:
    return node("TextEncode", **{"model": link("m.model"), "text": "", **inputs})


def region(kind: str, line: str, **inputs: Any) -> Bad:
    """A prompt `p` in a region `r`."""
    limited = node(f"ConditioningSet{kind}", conditioning=link("p.conditioning"), **inputs)
    return graph({"m": MODEL, "p": encode(), "r": limited}, line)


def reroutes(*names: str) -> dict[str, Any]:
    """Reroutes in a ring."""
    ring = zip(names, [*names[1:], names[0]], strict=True)
    return {name: {"type": "Reroute", "inputs": {"value": {"from": f"{feed}.value"}}} for name, feed in ring}


def bomb(depth: int) -> Bad:
    """Subgraphs that each use the next one twice."""
    twice = [
        {"nodes": {name: {"type": "Subgraph", "subgraph": f"s{i + 1}"} for name in ("a", "b")}}
        for i in range(depth)
    ]
    bodies = {f"s{i}": body for i, body in enumerate([*twice, {"nodes": {"x": EMPTY}}])}
    line = "the workflow expands to more than "
    return graph({"top": {"type": "Subgraph", "subgraph": "s0"}}, line, subgraphs=bodies)


BAD: dict[str, Bad] = {
    # Files that are no JSON, or JSON that programs read differently.
    "empty": raw("", "the file is empty"),
    "only spaces": raw(" \n\t ", "the file is empty"),
    "byte order mark": raw(b"\xef\xbb\xbf{}", "byte order mark. Save it as UTF-8 without BOM"),
    "utf-16": raw("{}".encode("utf-16"), "the file is UTF-16. Save it as UTF-8"),
    "utf-16 without mark": raw("{}".encode("utf-16-le"), "NUL characters"),
    "latin-1": raw('{"nodes": "é"}'.encode("latin-1"), "not UTF-8 (byte 11)"),
    "nul byte": raw(b'{"nodes": {}}\x00', "NUL characters"),
    "picture": raw(b"\x89PNG\r\n\x1a\n\x00\x00", "a picture, not a workflow. Choose a .json file"),
    "html": raw("<!DOCTYPE html>", "not JSON: expecting value at line 1, column 1"),
    "cut off": raw('{"nodes": {"a": ', "not JSON: expecting value at line 1"),
    "trailing comma": raw('{"nodes": {},}', "not JSON"),
    "two documents": raw('{"nodes": {}} {}', "not JSON: extra data at line 1, column 15"),
    "nan": raw('{"nodes": {"a": NaN}}', "NaN, which is no number"),
    "infinity": raw('{"nodes": {"a": Infinity}}', "Infinity, which is no number"),
    "1e999": raw('{"nodes": {"a": 1e999}}', "1e999 is too large"),
    "5000 digits": raw('{"nodes": ' + "9" * 5000 + "}", "99999999999999999999… has 5000 digits"),
    "400 digits and a point": raw('{"nodes": ' + "9" * 400 + ".0}", "99999999999999999999… is too large"),
    "twice the same node": raw('{"nodes": {"a": 1, "a": 2}}', 'the name "a" stands twice'),
    "lone surrogate": raw('{"nodes": {"\\ud800": {}}}', "half a character"),
    "depth 100,000": raw("[" * 10**5 + "]" * 10**5, "nested more than 100 levels deep"),
    "depth 150": raw('{"nodes": ' + "[" * 150 + "]" * 150 + "}", "nested more than 100 levels deep"),
    # Documents of the wrong shape.
    "list": raw("[]", "not a nodeflow workflow but a list"),
    "text": raw('"nodes"', "not a nodeflow workflow but a text"),
    "number": raw("7", "not a nodeflow workflow but a number"),
    "null": raw("null", "not a nodeflow workflow but null"),
    "other json": raw('{"last_node_id": 3, "links": []}', 'has no "nodes"'),
    "future format": doc("format 2, this program knows formats up to 1. Update nodeflow", format=2),
    "format text": doc('"format" must be a whole number from 1', format="one"),
    "format true": doc('"format" must be a whole number from 1', format=True),
    "nodes list": doc('"nodes" must be an object, { … }, not a list', nodes=[]),
    "node number": doc("error: a: must be an object, { … }, not 5", nodes={"a": 5}),
    "no type": doc('error: a: "type" is missing', nodes={"a": {}}),
    "type number": doc('error: a: "type" must be a text, not 1', nodes={"a": {"type": 1}}),
    "inputs list": doc('error: a: "inputs" must be an object', nodes={"a": {"type": "X", "inputs": []}}),
    "mode": one({}, "error: a: \"mode\" must be 'mute' or 'bypass', not 'off'", mode="off"),
    "name with dot": graph({"a.b": EMPTY}, "error: a.b: a name has 1 to 100 characters, without '.'"),
    "name with slash": graph({"a/b": EMPTY}, "error: a/b: a name has 1 to 100 characters"),
    "long name": graph({"a" * 101: EMPTY}, "a name has 1 to 100 characters"),
    "no name": graph({"": EMPTY}, "a name has 1 to 100 characters"),
    "unknown part": doc('"nods" is not part of the format', nods={}),
    "link number": one({"width": {"from": 5}}, 'error: a.width: a link is written {"from": "node.output"}'),
    "link without output": one({"width": {"from": "b"}}, "error: a.width: a link is written"),
    "seed place": doc("a seed's place reads like sampler.seed; 'x' is none", seeds={"x": "fixed"}),
    "two faults": graph({"a": 5, "b": {}}, "error: a:", "error: b:"),
    # Regions and mixtures that cannot be; no model is needed to say so.
    "area without extent": region("Area", "error: r.width: the area has no extent", width=0),
    "area beyond the picture": region("Area", "error: r.x: an area that begins at 1, where", x=1),
    "area of one pixel": region("Area", "error: r.height: 1 pixels are less than", width=64, unit="pixels"),
    "range backwards": region(
        "TimestepRange", "error: r.end: 0.2 is not after the start", start=0.8, end=0.2
    ),
    "range above 1": region("TimestepRange", "error: r.end: must be from 0 to 1, not 1.2", end=1.2),
    "nothing to combine": graph(
        {"r": node("ConditioningCombine", conditionings=[])},
        "error: r.conditionings: there is nothing to combine",
    ),
    # Values that do not fit.
    "unknown input": one({"widht": 64}, "error: a.widht: EmptyLatent has no such input. It has: width"),
    "below range": one({"width": 8}, "error: a.width: must be from 64 to 8192, not 8"),
    "above range": one({"width": 10**9}, "error: a.width: must be from 64 to 8192"),
    "38 digits": one({"width": 10**37}, "error: a.width: must be from 64 to 8192"),
    "not a multiple": one({"width": 100}, "error: a.width: must "),
    "text for number": one({"width": "64"}, "error: a.width: must be a whole number, not '64'"),
    "fraction": one({"width": 64.5}, "error: a.width: must be a whole number, not 64.5"),
    "true for number": one({"width": True}, "error: a.width: must be a whole number, not "),
    "null for number": one({"width": None}, "error: a.width: must be a whole number"),
    "list for number": one({"width": [64]}, "error: a.width: must be a whole number"),
    "object for number": one({"width": {"a": 1}}, "error: a.width: must be a whole number"),
    "two problems": one({"width": 8, "height": 100}, "error: a.width:", "error: a.height:"),
    "number for text": graph({"m": MODEL, "a": encode(text=5)}, "error: a.text: must be a text, not 5"),
    "text for model": graph(
        {"a": encode(model="pocket")}, "error: a.model: needs a link from an output of the type Model"
    ),
    "no model": graph({"a": node("TextEncode", text="")}, "error: a.model: nothing is linked to this input"),
    "bad choice": graph(
        {
            "m": MODEL,
            "e": EMPTY,
            "p": encode(),
            "a": node(
                "Sampler",
                model=link("m.model"),
                positive=link("p.conditioning"),
                latent=link("e.latent"),
                scheduler="eular",
            ),
        },
        "error: a.scheduler: must be one of euler",
    ),
    # Graphs that cannot run.
    "nothing": doc("there is nothing to run. Add nodes"),
    "all muted": one({}, "there is nothing to run. Unmute a node", mode="mute"),
    "unknown node": graph(
        {"a": node("EmptyLatant")}, "error: a: unknown node type 'EmptyLatant'. Did you mean EmptyLatent?"
    ),
    "strange node": graph(
        {"a": node("Qqq")}, "error: a: unknown node type 'Qqq'. Install the package that has it"
    ),
    "future version": one(
        {}, "error: a: was made with version 99 of EmptyLatent, here is version 1", version=99
    ),
    "dangling link": graph(
        {"a": save("b.image")}, "error: a.image: is linked to 'b', and there is no such node"
    ),
    "unknown output": graph(
        {"m": EMPTY, "a": save("m.picture")}, "error: a.image: 'm' has no output 'picture'. It has: latent"
    ),
    "wrong socket": graph(
        {"m": EMPTY, "a": save("m.latent")}, "error: a.image: takes Image, but m.latent gives Latent"
    ),
    "self link": graph({"a": save("a.image")}, "error: a: feeds itself: a → a"),
    "cycle": graph({"a": save("b.image"), "b": save("a.image")}, "feeds itself: "),
    "ring of reroutes": graph({**reroutes("r1", "r2", "r3"), "a": save("r1.value")}, "is fed by itself"),
    "reroute to itself": graph({**reroutes("r"), "a": save("r.value")}, "error: r: is fed by itself"),
    # Subgraphs.
    "no subgraph named": graph({"a": node("Subgraph")}, 'needs "subgraph"'),
    "unknown subgraph": graph({"a": USE}, "error: a: there is no subgraph 's'. The workflow has: none"),
    "subgraph in itself": within(
        {"again": USE, "x": EMPTY}, "error: a/again: the subgraph 's' contains itself"
    ),
    "fault in a subgraph": within({"x": node("EmptyLatent", width=1)}, "error: a/x.width: must be from 64"),
    "subgraph bomb": bomb(40),
    "subgraph input unset": within(
        {"x": node("EmptyLatent", width={"input": "size"})},
        "error: a.size: the subgraph needs this input",
        inputs={"size": {}},
    ),
    "subgraph input outside": one(
        {"width": {"input": "size"}}, "error: a.width: there is no subgraph input 'size' around this node"
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_problem_is_one_line(name: str, nodeflow: Callable[..., Any]) -> None:
    bad = BAD[name]
    Path("bad.json").write_bytes(bad.data)
    answer = nodeflow("validate", "bad.json")
    assert answer.code == bad.code
    assert answer.out == ""
    assert len(answer.errors) == len(bad.lines), answer.err
    for line, part in zip(answer.errors, bad.lines, strict=True):
        assert line.startswith("error: ")
        assert part in line
        assert len(line) < 510


@pytest.mark.parametrize("name", ["empty", "cycle", "unknown node", "wrong socket", "nothing"])
def test_running_tells_the_same_and_starts_nothing(name: str, nodeflow: Callable[..., Any]) -> None:
    Path("bad.json").write_bytes(BAD[name].data)
    assert nodeflow("run", "bad.json") == nodeflow("validate", "bad.json")


def test_the_corpus_is_large() -> None:
    assert len(BAD) >= 60


def test_json_carries_place_message_and_advice(nodeflow: Callable[..., Any]) -> None:
    Path("bad.json").write_bytes(BAD["unknown input"].data)
    answer = nodeflow("validate", "bad.json", "--json")
    (problem,) = answer.events
    assert (problem["event"], problem["node"], problem["input"]) == ("problem", "a", "widht")
    assert problem["message"] == "EmptyLatent has no such input"
    assert problem["advice"].startswith("It has: width")
    assert answer.code == 3


def write_many(count: int) -> None:
    """A long chain of nodes, in `many.json`."""
    nodes: dict[str, Any] = {"n0": {"type": "LoadImage", "inputs": {"file": "a.png"}}}
    for i in range(1, count):
        nodes[f"n{i}"] = {"type": "PreviewImage", "inputs": {"image": {"from": f"n{i - 1}.image"}}}
    Path("a.png").touch()
    Path("many.json").write_text(json.dumps({"format": 1, "nodes": nodes}))


@pytest.mark.parametrize(
    ("count", "limit"), [(10_000, 2.0), pytest.param(100_000, 15.0, marks=pytest.mark.full)]
)
def test_a_long_chain_is_answered_quickly(count: int, limit: float, nodeflow: Callable[..., Any]) -> None:
    """Limits in CPU seconds, with room for a busy machine; time must grow with the number of nodes only."""
    write_many(count)
    began = time.process_time()
    answer = nodeflow("validate", "many.json")
    assert time.process_time() - began < limit
    assert answer.out == f"many: valid, {count} nodes\n"
