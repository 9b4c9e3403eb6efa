"""Reading `--set node.input=value` and `--seed`: values are read as the input's declared type."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nodeflow.cli.output import complain
from nodeflow.document.edit import find_node, has_seeds, split_path, with_input, with_seed
from nodeflow.document.model import Workflow
from nodeflow.errors import UsageError
from nodeflow.node.annotations import Seed
from nodeflow.node.registry import Registry
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec


@dataclass(frozen=True)
class Applied:
    """A workflow with the command line's settings, and the folders of files they name."""

    workflow: Workflow
    allowed: tuple[Path, ...]


def apply_settings(
    workflow: Workflow, settings: Iterable[str], seed: int | None, registry: Registry
) -> Applied:
    """Apply `--seed`, then each `--set` in turn.

    Raises:
        UsageError: If a setting cannot be read or names no node or input.
    """
    if seed is not None:
        seed_inputs = partial(_seed_inputs, registry)
        if not has_seeds(workflow, seed_inputs):
            complain("--seed changes nothing: the workflow has no seeds", "warning")
        workflow = with_seed(workflow, seed, seed_inputs)
    allowed: list[Path] = []
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting!r} holds no value", advice="Write --set node.input=value")
        spec = input_spec(workflow, path, registry)
        value = read_value(text, spec)
        if spec is not None and spec.names_file and isinstance(value, str) and Path(value).is_file():
            file = Path(value).resolve()  # the user typed it, so he may read it
            allowed.append(file.parent)
            value = str(file)
        workflow = with_input(workflow, path, value, final=True)
    return Applied(workflow, tuple(allowed))


def _seed_inputs(registry: Registry, type_id: str) -> tuple[str, ...]:
    node = registry.get(type_id)
    return tuple(i.name for i in node.spec.inputs if isinstance(i.widget, Seed)) if node else ()


def input_spec(workflow: Workflow, path: str, registry: Registry) -> InputSpec | None:
    """What an input takes; None where its node is of a type that is not known, or a subgraph.

    Raises:
        UsageError: If there is no such node or input.
    """
    node_path, name = split_path(path)
    found = find_node(workflow, node_path)
    if found.subgraph is not None:
        definition = workflow.subgraphs.get(found.subgraph)
        if definition is not None and name not in definition.inputs:
            _no_input(node_path, name, definition.inputs)
        return None
    node = registry.get(found.type)
    spec = node.spec.input(name) if node else None
    if node is not None and spec is None:
        _no_input(node_path, name, [i.name for i in node.spec.inputs])
    return spec


def _no_input(node: str, name: str, known: Iterable[str]) -> None:
    raise UsageError(f"the node has no input {name!r}", node=node, advice=f"It has: {', '.join(known)}")


def read_value(text: str, spec: InputSpec | None) -> Any:
    """Read the text of a `--set`: as it is for texts, choices and files, else as JSON.

    Args:
        text: What stands after the `=`.
        spec: The input, where it is known.
    """
    if spec is not None and spec.optional and text == "null":
        return None
    texts = (Literal.TEXT, Literal.CHOICE, Literal.FILE)
    if spec is not None and spec.socket.literal in texts and not spec.many and not text.startswith('{"from"'):
        return text
    try:
        return json.loads(text, parse_constant=lambda constant: constant)
    except (ValueError, RecursionError):
        return text
