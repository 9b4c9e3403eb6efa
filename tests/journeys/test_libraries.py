"""The node library and the model browser, by hand: found, read about, and dragged onto a wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QLabel, QWidget

from nodeflow.document.links import sources_in
from nodeflow.document.values import Link
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.models.panel import ModelBrowser
from ui.node_library.panel import NodeLibrary
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


def fed_by(editing: Editing, node: str, name: str) -> list[str]:
    """The nodes that an input is linked to."""
    sources = sources_in(editing.document.workflow.nodes[node].inputs[name])
    return [source.node for source in sources if isinstance(source, Link)]


def words(widget: QWidget) -> str:
    """All that is to be read in a widget."""
    labels = widget.findChildren(QLabel)
    return "\n".join(label.text().replace("\u200b", "") for label in labels if label.isVisible())


def test_a_node_is_found_read_about_and_put_into_a_wire(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    hand.key("ctrl+shift+l")
    hand.until(lambda: window.docks.shows("nodes"), "the library is open")
    hand.rest(300)
    library = cast(NodeLibrary, window.docks.panel("nodes"))
    hand.click(library.search)
    hand.type("upscale latent")
    hand.until(lambda: library.chosen is not None, "it is found")
    assert library.chosen is not None
    assert library.chosen.spec is not None
    found = library.chosen.spec.type
    assert library.chosen.title in words(library.page)
    hand.shot("node_library", window, window.desk.theme)
    hand.click(library.page.star)
    assert window.desk.node_memory.favourites

    editing.canvas.fit_all()
    hand.rest(300)
    tree = library.tree
    start = tree.visualRect(tree.currentIndex()).center()
    hand.carry(tree.viewport(), editing.canvas.viewport(), places.wire("decode", "latent"), start)
    (added,) = (name for name, node in editing.document.workflow.nodes.items() if node.type == found)
    assert fed_by(editing, "decode", "latent") == [added]
    assert "sampler" in {
        name for key in editing.document.workflow.nodes[added].inputs for name in fed_by(editing, added, key)
    }
    hand.shot("node_library_dropped", window)


def test_a_model_is_found_and_its_loader_put_into_a_wire(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    hand.key("ctrl+shift+e")
    hand.until(lambda: window.docks.shows("models"), "the browser is open")
    browser = cast(ModelBrowser, window.docks.panel("models"))
    hand.until(lambda: browser.model is not None and len(browser.model.portraits) > 3, "all are listed")
    hand.click(browser.search)
    hand.type("flat")
    assert browser.model is not None
    model = browser.model
    hand.until(lambda: [p.entry.name for p in model.portraits] == ["flat"], "one is left")
    hand.key("Return")
    assert browser.chosen is not None
    assert "flat" in words(browser.details)
    editing.canvas.fit_all()
    hand.rest(300)
    hand.shot("model_browser", window, window.desk.theme)

    view = browser.view
    start = view.visualRect(view.currentIndex()).center()
    hand.carry(view.viewport(), editing.canvas.viewport(), places.wire("sampler", "model"), start)
    nodes = editing.document.workflow.nodes
    (loader,) = (name for name, node in nodes.items() if node.type == "LoRALoader")
    assert fed_by(editing, "sampler", "model") == [loader]
    assert fed_by(editing, loader, "model") == ["checkpoint"]
    hand.shot("model_browser_dropped", window)
