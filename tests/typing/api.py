"""How type checkers see the node API; checked, never run."""

from typing import Annotated, assert_type

from nodeflow.node import Node, Range, node
from nodeflow.values import Image


@node("Brighten", category="image")
def brighten(image: Image, amount: Annotated[float, Range(0, 4)] = 1.0) -> Image:
    """Multiply all colours."""
    return Image(image.pixels * amount)


def use(image: Image) -> None:
    """Node keeps the function's parameters and result."""
    assert_type(brighten(image), Image)
    assert_type(brighten(image, amount=2.0), Image)
    assert_type(brighten.spec.type, str)
    brighten("a picture")  # type: ignore[arg-type]
    brighten(image, amont=2.0)  # type: ignore[call-arg]
    brighten()  # type: ignore[call-arg]
    text: str = brighten(image)  # type: ignore[assignment]
    assert_type(text, str)
    any_node: Node[..., Image] = brighten
    assert_type(any_node(), Image)
