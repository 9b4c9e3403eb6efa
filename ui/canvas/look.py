"""What a node looks like now, as plain values: all that painting one needs to know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from nodeflow.document.model import REROUTE, Mode, Node, NodeLayout, SeedMode
from nodeflow.document.values import JSONValue, literal
from nodeflow.node.spec import NodeSpec
from ui.canvas.fields import label_text
from ui.canvas.geometry import Geometry
from ui.canvas.graph import is_border
from ui.canvas.status import IDLE, NodeStatus
from ui.document.sockets import MISSING


class Glow(IntEnum):
    """How a socket answers to a link that is being dragged."""

    PLAIN = 0
    FITS = 1
    DIM = 2


@dataclass
class Look:
    """What one node shows.

    Attributes:
        name: Its name in the document.
        node: The node itself.
        spec: Its type, or a stand-in.
        geometry: Where things lie.
        layout: Its entry in the document, if it has one.
        mode: Muted or bypassed, by itself or by a frame.
        status: How its run goes.
        seeds: Modes of its seeds, by input.
        linked: Inputs with a link.
        used: Outputs with a link.
        tags: Names of wireless outputs, by output.
        selected: Whether it is selected.
        hovered: Whether the pointer is over it.
        hot: The input whose field is under the pointer or the keyboard.
    """

    name: str
    node: Node
    spec: NodeSpec
    geometry: Geometry
    layout: NodeLayout | None = None
    mode: Mode | None = None
    status: NodeStatus = IDLE
    seeds: dict[str, SeedMode] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    selected: bool = False
    hovered: bool = False
    hot: str | None = None
    glow: dict[tuple[str, bool], Glow] | None = None

    def value(self, name: str) -> JSONValue:
        """The literal an input holds, or its default."""
        if name in self.node.inputs:
            return literal(self.node.inputs[name])
        spec = self.spec.input(name)
        return spec.default if spec else None

    @property
    def missing(self) -> bool:
        """Whether this machine does not know the node's type."""
        return self.spec.category == MISSING

    @property
    def frozen(self) -> bool:
        """Whether it keeps a result."""
        return self.node.frozen is not None

    @property
    def is_reroute(self) -> bool:
        """Whether it is only a bend in a wire."""
        return self.node.type == REROUTE

    @property
    def comment(self) -> str:
        """What an artist wrote above it."""
        return self.node.comment or ""

    @property
    def kind(self) -> str:
        """Its type in words, where the title says something else."""
        return titles(self.name, self.node.type, self.node.subgraph)[1]

    @property
    def title(self) -> str:
        """What its header says: its name if that tells more than its type, else its type in words."""
        return titles(self.name, self.node.type, self.node.subgraph)[0]


@lru_cache(8192)
def titles(name: str, type_id: str, subgraph: str | None) -> tuple[str, str]:
    """The title of a node, and its type in words unless that says the same. Asked whenever it is painted."""
    kind = subgraph or spaced(type_id)
    if is_border(name) or _bare(name) in (_bare(subgraph or ""), _bare(type_id)):
        return kind, ""
    title = label_text(name)
    return title, "" if title.casefold() == kind.casefold() else kind


def _bare(name: str) -> str:
    """A name without a number at its end, and as plain letters: `lora_loader_2` is of type `LoRALoader`."""
    return re.sub(r"_\d+$", "", name).replace("_", "").casefold()


_WORDS = re.compile(r"LoRA|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+")


def spaced(type_id: str) -> str:
    """`TextEncode` → `Text Encode`, `VAEDecode` → `VAE Decode`, `LoRALoader` → `LoRA Loader`."""
    return " ".join(word for word in (part.strip(" _-.") for part in _WORDS.findall(type_id)) if word)
