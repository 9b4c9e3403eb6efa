"""What a picture tells of how it was made: title, prompts, seed, every value of every node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodeflow.document.embedded import embedded_text
from nodeflow.errors import InvalidWorkflow

PROMPTS = ("text", "text_2", "prompt")
MODELS = ("checkpoint", "lora", "vae", "model")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one node.

    Attributes:
        node: The node, with the subgraph it lies in: `detail/sampler`.
        name: The input.
        text: The value, as it is read.
    """

    node: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture tells.

    Attributes:
        title: The workflow's name; empty if there is none.
        values: All that is set by hand.
        made_here: Whether a workflow is inside.
    """

    title: str = ""
    values: tuple[Value, ...] = ()
    made_here: bool = False

    @property
    def prompts(self) -> list[str]:
        """The prompts, the first node's first."""
        return [value.text for value in self.values if value.name in PROMPTS]

    @property
    def models(self) -> list[str]:
        """Checkpoints, LoRAs and VAEs by name."""
        return list(dict.fromkeys(value.text for value in self.values if value.name in MODELS))

    def first(self, name: str) -> str:
        """The first value of an input of that name; empty if there is none."""
        return next((value.text for value in self.values if value.name == name), "")

    def dump(self) -> str:
        """The facts as one text, which `loaded` reads."""
        rows = [(value.node, value.name, value.text) for value in self.values]
        return json.dumps([self.title, self.made_here, rows], ensure_ascii=False, separators=(",", ":"))


def loaded(text: str) -> Facts:
    """The facts that `Facts.dump` wrote; none if the text is something else."""
    try:
        title, made_here, rows = json.loads(text)
        return Facts(str(title), tuple(Value(*map(str, row)) for row in rows), bool(made_here))
    except (ValueError, TypeError):
        return Facts()


def read_facts(path: Path) -> Facts:
    """Read what a picture tells; nothing if it tells nothing or cannot be read.

    The workflow is not checked: a picture from a later version tells its prompt all the same.
    """
    try:
        text = embedded_text(path)
        found = json.loads(text) if text else None
    except (OSError, InvalidWorkflow, ValueError, RecursionError):
        return Facts()
    return facts_in(found) if isinstance(found, dict) else Facts()


def facts_in(workflow: dict[str, Any]) -> Facts:
    """What a workflow tells, in its file's form."""
    title = workflow.get("name")
    return Facts(title if isinstance(title, str) else "", tuple(_values(workflow)), made_here=True)


def _values(workflow: dict[str, Any]) -> Iterator[Value]:
    yield from _body("", workflow)
    subgraphs = workflow.get("subgraphs")
    for name, body in subgraphs.items() if isinstance(subgraphs, dict) else ():
        if isinstance(body, dict):
            yield from _body(f"{name}/", body)


def _body(prefix: str, body: dict[str, Any]) -> Iterator[Value]:
    nodes = body.get("nodes")
    for name, node in nodes.items() if isinstance(nodes, dict) else ():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for entry, value in inputs.items() if isinstance(inputs, dict) else ():
            if not isinstance(value, dict):  # a link
                yield Value(prefix + name, entry, _text(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
