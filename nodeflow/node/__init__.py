"""The node API: a node is a typed function.

from nodeflow.node import Context, Range, node

@node("Brighten", category="image")
def brighten(image: Image, amount: Annotated[float, Range(0, 4)] = 1.0) -> Image:
    \"\"\"Multiply all colours.\"\"\"
"""

from nodeflow.node.annotations import (
    AddedLater,
    Color,
    CurveRange,
    Hints,
    MaskFile,
    Measure,
    ModelFile,
    Multiline,
    OnlyFor,
    PictureFile,
    Range,
    Seed,
    Uses,
)
from nodeflow.node.context import Context
from nodeflow.node.node import Node, node
from nodeflow.node.spec import InputSpec, NodeKind, NodeSpec, OutputSpec

__all__ = [
    "AddedLater",
    "Color",
    "Context",
    "CurveRange",
    "Hints",
    "InputSpec",
    "MaskFile",
    "Measure",
    "ModelFile",
    "Multiline",
    "Node",
    "NodeKind",
    "NodeSpec",
    "OnlyFor",
    "OutputSpec",
    "PictureFile",
    "Range",
    "Seed",
    "Uses",
    "node",
]
