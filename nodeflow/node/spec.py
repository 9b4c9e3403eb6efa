"""What is known about a node type: sockets, kind, versions and documentation. Plain, frozen, printable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from nodeflow.models import ModelKind
from nodeflow.node.annotations import (
    Color,
    CurveRange,
    Hints,
    MaskFile,
    Measure,
    ModelFile,
    OnlyFor,
    PictureFile,
    Range,
    Seed,
    Uses,
    Widget,
)
from nodeflow.node.sockets import JSONValue, Literal, Socket
from nodeflow.prompts import embedding_names
from nodeflow.prompts.wildcards import gather
from nodeflow.values import Prompt, Template

_EMBEDDING = ModelFile((ModelKind.EMBEDDING,))


class NodeKind(StrEnum):
    """When a node runs."""

    LIGHT = "light"
    """Pure and cheap: evaluated while planning."""
    HEAVY = "heavy"
    """Run by the executor."""
    QUESTION = "question"
    """May wait for a person's answer; whatever does not depend on it goes on meanwhile."""
    SINK = "sink"
    """Delivers a result; a run is for the sake of its sinks."""


class FileFinder(Protocol):
    """Finds the files that a workflow names, inside the folders that the user allowed."""

    def model(self, name: str, widget: ModelFile) -> Any:
        """Return the `ModelEntry` of a model."""

    def picture(self, name: str) -> Any:
        """Return the path of a picture, or of a mask."""

    def wildcard(self, name: str) -> tuple[str, ...]:
        """Return the lines of a list of words; with `*` in its name, of all that fit."""


@dataclass(frozen=True)
class InputSpec:
    """One input of a node type.

    Attributes:
        name: Its name in files.
        socket: What it takes.
        required: Whether it must be linked or set.
        default: The literal it has when nothing is said.
        optional: Whether null is allowed.
        many: Whether it takes several values, as a list.
        widget: How it is edited, and what limits it has.
        uses: The part of a model it depends on.
        measure: What it says about the size of the pictures.
        only_for: The choices for which it counts; None: for all.
        hints: A few words about each choice.
        added_later: Whether the node did not always have it: unset, it does not enter keys.
        prompt: Whether the node gets a `Prompt`, with the files that the text names, rather than the text.
        template: Whether the node gets a `Template`, with the lists that the text names.
        description: One or two sentences.
    """

    name: str
    socket: Socket
    required: bool
    default: JSONValue = None
    optional: bool = False
    many: bool = False
    widget: Widget | None = None
    uses: Uses | None = None
    measure: Measure | None = None
    only_for: OnlyFor | None = None
    hints: Hints | None = None
    added_later: bool = False
    prompt: bool = False
    template: bool = False
    description: str = ""

    def read(self, value: JSONValue, files: FileFinder | None = None) -> Any:
        """Turn a literal, or what came through a link, into the node's argument.

        Args:
            value: The value; a list where the input takes several.
            files: Looks files up; None checks everything but their presence.

        Raises:
            ValueError: Saying in a few words what is wrong.
            MissingFile: If a file is missing or not allowed.
        """
        if value is None and self.optional:
            return None
        if self.many:
            items = value if isinstance(value, list | tuple) else [value]
            return [self._read_one(item, files) for item in items]
        return self._read_one(value, files)

    def _read_one(self, value: JSONValue, files: FileFinder | None) -> Any:
        result = self.socket.read(value)
        if self.prompt:
            return Prompt(result, _embeddings(result, files))
        if self.template:
            return Template(result, gather(result, files.wildcard) if files is not None else {})
        if isinstance(self.widget, Range | Seed | CurveRange | Color):
            self.widget.check(result)
        elif files is not None and isinstance(result, str):
            if isinstance(self.widget, ModelFile):
                return files.model(result, self.widget)
            if isinstance(self.widget, PictureFile | MaskFile):
                return files.picture(result)
        return result

    @property
    def names_file(self) -> bool:
        """Whether a literal names a file."""
        return self.socket.literal is Literal.FILE

    def to_json(self) -> dict[str, Any]:
        """A plain description; what equals its default is left out."""
        result: dict[str, Any] = {"name": self.name, "type": self.socket.name}
        if not self.required:
            result["default"] = self.default
        if self.socket.literal is not None and self.socket.literal != self.socket.name.lower():
            result["literal"] = str(self.socket.literal)
        if self.socket.choices:
            result["choices"] = list(self.socket.choices)
        if self.hints is not None:
            result["hints"] = dict(self.hints.words)
        flags = {"optional": self.optional, "many": self.many, "added_later": self.added_later}
        result.update({key: True for key, value in flags.items() if value})
        if self.widget is not None:
            result["widget"] = _plain(self.widget)
        if self.uses is not None:
            result["uses"] = str(self.uses.part)
        if self.only_for is not None:
            result["only_for"] = {self.only_for.input: [str(choice) for choice in self.only_for.choices]}
        return result | ({"description": self.description} if self.description else {})


@dataclass(frozen=True)
class OutputSpec:
    """One output of a node type."""

    name: str
    socket: Socket
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain description."""
        result: dict[str, Any] = {"name": self.name, "type": self.socket.name}
        return result | ({"description": self.description} if self.description else {})


@dataclass(frozen=True)
class NodeSpec:
    """A node type.

    Attributes:
        type: Its name in files.
        category: Where menus show it, e.g. `latent`.
        kind: When it runs.
        version: Version of its inputs; older files are migrated.
        revision: Version of its arithmetic; results of another revision are not reused.
        inputs: In the order of the signature.
        outputs: In the order of the return type.
        summary: One sentence.
        description: The rest of the documentation.
        presets: Named sets of input values to offer.
    """

    type: str
    category: str
    kind: NodeKind
    version: int
    revision: int
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    summary: str = ""
    description: str = ""
    presets: Mapping[str, Mapping[str, JSONValue]] = field(default_factory=dict)

    def input(self, name: str) -> InputSpec | None:
        """The input of that name, if there is one."""
        return next((spec for spec in self.inputs if spec.name == name), None)

    def counts(self, name: str, inputs: Mapping[str, Any]) -> bool:
        """Whether an input matters beside what the node's inputs hold; a link may bring any choice."""
        entry = self.input(name)
        if entry is None or entry.only_for is None:
            return True
        choice = self.input(entry.only_for.input)
        held = inputs.get(entry.only_for.input, choice.default if choice is not None else None)
        return not isinstance(held, str) or held in entry.only_for.choices

    def output(self, name: str) -> OutputSpec | None:
        """The output of that name, if there is one."""
        return next((spec for spec in self.outputs if spec.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """A plain description, as `nodeflow nodes --json` prints it."""
        return {
            "type": self.type,
            "category": self.category,
            "kind": str(self.kind),
            "version": self.version,
            "revision": self.revision,
            "summary": self.summary,
            "description": self.description,
            "inputs": [spec.to_json() for spec in self.inputs],
            "outputs": [spec.to_json() for spec in self.outputs],
            "presets": {name: dict(values) for name, values in self.presets.items()},
        }


def _embeddings(text: str, files: FileFinder | None) -> dict[str, Path]:
    """The files of the textual inversions that a prompt names."""
    if files is None:
        return {}
    return {name: files.model(name, _EMBEDDING).path for name in embedding_names(text)}


def _plain(widget: Widget) -> dict[str, Any]:
    values = {key: value for key, value in vars(widget).items() if value is not None}
    lists = {
        key: [str(v) if isinstance(v, StrEnum) else v for v in value]
        for key, value in values.items()
        if isinstance(value, tuple)
    }
    return {"kind": type(widget).__name__, **values, **lists}
