"""The document: what an artist saves. Immutable pydantic models of format 1; edits live in `edit`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    Strict,
    WithJsonSchema,
)

from nodeflow.document.names import Color, Digest, Key, Name, SeedPlace
from nodeflow.document.structural import STRUCTURAL
from nodeflow.document.values import INPUT_MARK, dump_input, parse_input
from nodeflow.hardware import Dtype, Quality, Wishes
from nodeflow.hardware import Mode as MemoryMode

FORMAT = 1
SCHEMA_ID = "urn:nodeflow:workflow:1"

SUBGRAPH, REROUTE, SWITCH = STRUCTURAL

InputField = Annotated[
    Any, PlainValidator(parse_input), PlainSerializer(dump_input), WithJsonSchema(INPUT_MARK)
]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Coordinate = Whole | Annotated[float, Strict()]
Point = tuple[Coordinate, Coordinate]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Mode(StrEnum):
    """Whether a node takes part in a run."""

    MUTE = "mute"
    """The node and all that cannot do without it are left out."""
    BYPASS = "bypass"
    """The node is left out; each output passes on an input of a fitting type."""


class SeedMode(StrEnum):
    """What happens to a seed before each run."""

    FIXED = "fixed"
    INCREMENT = "increment"
    RANDOMIZE = "randomize"


class Node(_Part):
    """One node: its type, the version of the inputs it was saved with, and what they hold.

    `frozen` is the key of a result that is used as it is, whatever the inputs hold by now.
    """

    type: Annotated[str, Field(min_length=1, max_length=200)]
    version: Annotated[Whole, Field(ge=1)] = 1
    subgraph: Name | None = None
    mode: Mode | None = None
    frozen: Key | None = None
    inputs: dict[str, InputField] = Field(default_factory=dict)
    comment: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class NodeLayout(_Part):
    """Where a node lies on the canvas; nothing here changes what is computed."""

    position: Point
    size: Point | None = None
    collapsed: Flag = False
    color: Color | None = None


class Frame(_Part):
    """A titled rectangle around nodes; muting or bypassing it does so to all of them."""

    title: str = ""
    nodes: tuple[Name, ...] = ()
    mode: Mode | None = None
    position: Point | None = None
    size: Point | None = None
    color: Color | None = None


class Note(_Part):
    """Text on the canvas."""

    text: str
    position: Point | None = None
    size: Point | None = None
    color: Color | None = None


class GraphBody(_Part):
    """What a workflow and a subgraph have in common."""

    nodes: dict[Name, Node] = Field(default_factory=dict)
    seeds: dict[SeedPlace, SeedMode] = Field(default_factory=dict)
    layout: dict[Name, NodeLayout] = Field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()

    def modes(self) -> dict[str, Mode]:
        """Each node's own mode, else that of a frame around it; active nodes are not listed."""
        modes = {name: frame.mode for frame in self.frames if frame.mode for name in frame.nodes}
        modes.update({name: node.mode for name, node in self.nodes.items() if node.mode})
        return modes


class SubgraphInput(_Part):
    """An input that a subgraph shows to the outside."""

    default: InputField = None
    required: Flag = True
    description: str = ""


class Subgraph(GraphBody):
    """A graph that can be used as one node, any number of times."""

    description: str = ""
    inputs: dict[Name, SubgraphInput] = Field(default_factory=dict)
    outputs: dict[Name, InputField] = Field(default_factory=dict)


class UsedModel(_Part):
    """A model the workflow was made with, so that another machine can tell whether it has the same."""

    kind: str
    digest: Digest


class RunSettings(_Part):
    """How this workflow is to be run, over the user's settings; nothing here is needed to open it."""

    quality: Quality | None = None
    device: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    dtype: Dtype | None = None
    eight_bit: Flag | None = None
    mode: MemoryMode | None = None

    def wishes(self) -> Wishes:
        """The same as the placement takes it."""
        return Wishes(self.quality, self.device, self.dtype, self.eight_bit, self.mode)


class Workflow(GraphBody):
    """A whole workflow file."""

    schema_: Annotated[str, Field(alias="$schema")] = SCHEMA_ID
    format: Annotated[Whole, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    name: str | None = None
    description: str | None = None
    run: RunSettings | None = None
    nodes: dict[Name, Node] = Field(default_factory=dict)
    subgraphs: dict[Name, Subgraph] = Field(default_factory=dict)
    models: dict[str, UsedModel] = Field(default_factory=dict)
    extra: dict[str, Any] = Field(default_factory=dict)

    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file the workflow was read from, if any."""
        return self._path

    def at(self, path: Path) -> Self:
        """This workflow, remembering the file it lies in."""
        copy = self.model_copy()
        copy._path = path
        return copy

    @property
    def frozen(self) -> tuple[str, ...]:
        """The keys of the results that its frozen nodes keep, those inside subgraphs too."""
        bodies = (self, *self.subgraphs.values())
        keys = (node.frozen for body in bodies for node in body.nodes.values())
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    @property
    def title(self) -> str:
        """The workflow's name, or its file's."""
        return self.name or (self._path.stem if self._path else "workflow")
