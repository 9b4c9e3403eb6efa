"""What a picture tells of how it was made: title, prompts, seed, every value of every node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nodeflow.document.embedded import WORKFLOW_KEY
from nodeflow.pictures.foreign import COMFYUI, PARAMETERS, comfyui_values, parse_parameters, texts_in

PROMPTS = ("text", "text_2", "prompt")
MODELS = ("checkpoint", "lora", "vae", "model", "ckpt_name", "lora_name", "vae_name")
NEGATIVE = "negative"
"""The input that is fed by what is not wanted; also what it is called where another program tells it."""
NODEFLOW, OTHERS = "nodeflow", {PARAMETERS: "parameters", COMFYUI: "ComfyUI"}


Value = tuple[str, str, str]
"""A node, with the subgraph it lies in (`detail/sampler`), one of its inputs, and the value as it is read.

Ten thousand pictures tell a quarter of a million of them. The garbage collector lets plain tuples of texts
alone; at objects of a class it would look each time that it looks at everything, while the window waits.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture tells.

    Attributes:
        title: The workflow's name; empty if there is none.
        values: All that is set by hand.
        source: What wrote it: `nodeflow`, another program's mark, or nothing.
        raw: The text that another program left; empty if it is long, or there is none.
        unwanted: The nodes whose prompts say what is not wanted.
        pile: All of it in lower case, for searching.
    """

    title: str = ""
    values: tuple[Value, ...] = ()
    source: str = ""
    raw: str = ""
    unwanted: tuple[str, ...] = ()
    pile: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        texts = (self.title, *(text for _, _, text in self.values))
        object.__setattr__(self, "pile", "\n".join(texts).lower())

    @property
    def made_here(self) -> bool:
        """Whether a workflow is inside."""
        return self.source == NODEFLOW

    @property
    def prompts(self) -> list[str]:
        """What was wanted, the first node's first."""
        return self._prompts(unwanted=False)

    @property
    def negative_prompts(self) -> list[str]:
        """What was not wanted."""
        return self._prompts(unwanted=True)

    def _prompts(self, *, unwanted: bool) -> list[str]:
        asked = (v for v in self.values if v[1] in PROMPTS and (v[0] in self.unwanted) is unwanted)
        return list(dict.fromkeys(text for _, _, text in asked if text.strip()))

    @property
    def models(self) -> list[str]:
        """Checkpoints, LoRAs and VAEs by name."""
        return list(dict.fromkeys(text for _, entry, text in self.values if entry.lower() in MODELS))

    def first(self, name: str) -> str:
        """The first value of an input of that name; empty if there is none."""
        return next((text for _, entry, text in self.values if entry.lower() == name), "")

    def dump(self) -> str:
        """The facts as one text, which `loaded` reads."""
        parts = [self.title, self.values, self.source, self.raw, self.unwanted]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def loaded(text: str) -> Facts:
    """The facts that `Facts.dump` wrote; none if the text is something else."""
    try:
        title, rows, source, raw, unwanted = json.loads(text)
        values = tuple((str(node), str(entry), str(value)) for node, entry, value in rows)
        return Facts(str(title), values, str(source), str(raw), tuple(map(str, unwanted)))
    except (ValueError, TypeError):
        return Facts()


def read_facts(path: Path) -> Facts:
    """Read what a picture tells; nothing if it tells nothing or cannot be read.

    The workflow is not checked: a picture from a later version tells its prompt all the same.
    """
    texts = texts_in(path)
    try:
        found = json.loads(texts.get(WORKFLOW_KEY, ""))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return facts_in(found)
    if PARAMETERS in texts:
        return _parameters(texts[PARAMETERS])
    values = tuple((node, name, _text(value)) for node, name, value in comfyui_values(texts.get(COMFYUI, "")))
    return Facts("", values, OTHERS[COMFYUI]) if values else Facts()


def facts_in(workflow: dict[str, Any]) -> Facts:
    """What a workflow tells, in its file's form."""
    title, unwanted = workflow.get("name"), tuple(dict.fromkeys(_unwanted(workflow)))
    name = title if isinstance(title, str) else ""
    return Facts(name, tuple(_values(workflow)), NODEFLOW, unwanted=unwanted)


def _parameters(text: str) -> Facts:
    told = parse_parameters(text)
    prompts = (("prompt", "prompt", told.prompt), (NEGATIVE, "prompt", told.negative))
    settings = ((OTHERS[PARAMETERS], name, value) for name, value in told.settings.items())
    values = (*(row for row in prompts if row[2]), *settings)
    return Facts("", values, OTHERS[PARAMETERS], text, (NEGATIVE,))


def _bodies(workflow: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The graph and its subgraphs, with what their nodes' names begin with."""
    yield "", workflow
    subgraphs = workflow.get("subgraphs")
    for name, body in subgraphs.items() if isinstance(subgraphs, dict) else ():
        if isinstance(body, dict):
            yield f"{name}/", body


def _inputs(workflow: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """The beginning of the node's name, the node, the input and its value."""
    for prefix, body in _bodies(workflow):
        nodes = body.get("nodes")
        for name, node in nodes.items() if isinstance(nodes, dict) else ():
            inputs = node.get("inputs") if isinstance(node, dict) else None
            for entry, value in inputs.items() if isinstance(inputs, dict) else ():
                yield prefix, name, entry, value


def _values(workflow: dict[str, Any]) -> Iterator[Value]:
    for prefix, node, entry, value in _inputs(workflow):
        if not isinstance(value, dict):  # a link
            yield prefix + node, entry, _text(value)


def _unwanted(workflow: dict[str, Any]) -> Iterator[str]:
    for prefix, _, entry, value in _inputs(workflow):
        source = value.get("from") if isinstance(value, dict) and entry == NEGATIVE else None
        if isinstance(source, str):
            yield prefix + source.rpartition(".")[0]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
