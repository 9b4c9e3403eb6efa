"""Without a mouse: a pipeline from nothing, values, walking, the outline, the command palette."""

from __future__ import annotations

from nodeflow.document.values import Link
from tests.journeys.hand import Hand
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow


def value(editing: Editing, node: str, name: str) -> object:
    return editing.document.workflow.nodes[node].inputs.get(name)


def add(window: MainWindow, hand: Hand, words: str) -> None:
    """Search for a node and add it."""
    hand.key("Tab")
    hand.until(window.popups.search.isVisible, "the search is open")
    hand.type(words)
    hand.key("Return")


def test_a_pipeline_is_built_by_keys_alone(window: MainWindow, hand: Hand) -> None:
    hand.key("ctrl+n")
    hand.until(lambda: window.editing is not None, "there is a document")
    editing = window.editing
    assert editing is not None
    add(window, hand, "checkpoint")
    hand.key("c", "Return")  # from its output …
    hand.shot("keyboard_wire", window)
    add(window, hand, "sampler")  # … to a node that fits
    assert value(editing, "sampler", "model") == Link("checkpoint_loader", "model")
    for name, words in (("positive", "text encode"), ("negative", "text encode"), ("latent", "empty")):
        editing_wire(window, hand, editing, "sampler", name)
        add(window, hand, words)
    assert value(editing, "sampler", "positive") == Link("text_encode", "conditioning")
    assert value(editing, "sampler", "negative") == Link("text_encode_2", "conditioning")
    assert value(editing, "sampler", "latent") == Link("empty_latent", "latent")
    hand.key("ctrl+shift+p")
    hand.until(window.popups.commands.isVisible, "the commands are open")
    hand.type("lay out")
    hand.shot("commands", window)
    hand.key("Return")
    hand.key("Escape", "a")
    hand.shot("keyboard_pipeline", window)


def editing_wire(window: MainWindow, hand: Hand, editing: Editing, node: str, name: str) -> None:
    """Take one of a node's inputs in hand, by keys: walk there, then choose among its sockets."""
    for _ in range(12):
        if editing.selection == {node}:
            break
        hand.key("Right")
    assert editing.selection == {node}
    hand.key("c")
    wiring = editing.canvas.wiring
    for _ in range(20):
        chosen = wiring.chosen
        if chosen is not None and getattr(chosen, "input", None) == name:
            break
        hand.key("Down")
    hand.key("Return")
