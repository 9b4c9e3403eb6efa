"""Keeps the items of links equal to the links of the graph that is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from nodeflow.document.values import Link
from ui.canvas.graph import shown_links
from ui.canvas.link_item import LinkItem, LinkKey

if TYPE_CHECKING:
    from ui.canvas.scene import CanvasScene


class LinkSync:
    """Adds, removes and marks the links of a scene.

    Args:
        scene: The scene; its nodes are up to date whenever this is called.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._loose: set[str] = set()
        """Nodes with links from nodes that are not there."""

    def sync(self, changed: Iterable[str], *, added: bool) -> set[str]:
        """Give these nodes the links that the document says.

        Args:
            changed: The nodes.
            added: Whether there are new nodes, to which links may have waited.

        Returns:
            All nodes at the ends of links that are new or gone.
        """
        scene = self._scene
        names = list(dict.fromkeys((*changed, *(self._loose & scene.nodes.keys() if added else ()))))
        wanted = {key: link for name in names for key, link in self._wanted(name)}
        touched = set(names)
        for name in names:
            for old in list(scene.nodes[name].ends.incoming):
                if wanted.get(old.key) != old.link:
                    touched.add(old.link.node)
                    self._unlink(old)
        for key, link in wanted.items():
            if key not in scene.links:
                touched.add(link.node)
                self._link(key, link)
        self._count(touched)
        return touched

    def _wanted(self, name: str) -> Iterable[tuple[LinkKey, Link]]:
        self._loose.discard(name)
        for key, value in self._scene.graph.nodes[name].inputs.items():
            for index, link in enumerate(shown_links(value)):
                if link.node in self._scene.nodes:
                    yield LinkKey(name, key, index), link
                else:
                    self._loose.add(name)

    def _link(self, key: LinkKey, link: Link) -> None:
        scene = self._scene
        ends = (scene.nodes[link.node], scene.nodes[key.node])
        item = LinkItem(key, link, ends, scene.stage, wireless=scene.graph.wireless.get(link))
        scene.links[key] = item
        scene.addItem(item)

    def _unlink(self, link: LinkItem) -> None:
        link.detach()
        del self._scene.links[link.key]
        self._scene.removeItem(link)

    def _count(self, names: Collection[str]) -> None:
        """Let nodes know which of their outputs are used."""
        for name in names & self._scene.nodes.keys():
            item = self._scene.nodes[name]
            item.look.used = {link.link.output for link in item.ends.outgoing}
            item.update()

    def mark_wireless(self) -> None:
        """Show as tags what the document says is wireless, and nothing else."""
        wireless = self._scene.graph.wireless
        for item in self._scene.links.values():
            item.set_wireless(wireless.get(item.link))
        by_node: dict[str, dict[str, str]] = {}
        for link, name in wireless.items():
            by_node.setdefault(link.node, {})[link.output] = name
        for name, node in self._scene.nodes.items():
            node.set_tags(by_node.get(name, {}))

    def drop(self, name: str) -> None:
        """Remove all links at a node that is about to go."""
        item = self._scene.nodes[name]
        for link in [*item.ends.incoming, *item.ends.outgoing]:
            if link.key in self._scene.links:
                self._loose.add(link.key.node)
                self._unlink(link)
                link.source.look.used = {other.link.output for other in link.source.ends.outgoing}
        self._loose.discard(name)
