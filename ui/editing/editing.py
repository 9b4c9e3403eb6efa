"""One open document on its canvas: what is shown, and all that can be done. The work is in its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal

from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope
from nodeflow.errors import Problem
from nodeflow.node.spec import NodeSpec
from ui.canvas.canvas import Canvas
from ui.canvas.graph import Graph, is_border
from ui.canvas.scene import CanvasScene
from ui.document.document import Document
from ui.document.history import Change
from ui.editing.areas import Areas
from ui.editing.arranging import Arranging
from ui.editing.bookmarks import Bookmarks
from ui.editing.clipboard import Clipboard
from ui.editing.dropping import Dropping
from ui.editing.faults import Faults
from ui.editing.groups import Groups
from ui.editing.intents import Intents
from ui.editing.linking import Linking
from ui.editing.nodes import Nodes
from ui.editing.prompting import Prompting
from ui.editing.running.freezing import Freezing
from ui.editing.running.looking import Looking
from ui.editing.running.running import Running
from ui.editing.running.showing import Showing
from ui.editing.states import States
from ui.editing.values import Values

if TYPE_CHECKING:
    from ui.desk import Desk


class Editing(QObject):
    """A document, the canvas that shows one of its graphs, and the commands that change it.

    Commands act on the selection, can be undone, and never raise: what is refused is `said`.

    Args:
        document: The document.
        desk: What all open documents share.

    Attributes:
        scope: The graph that is shown.
        scene: What the canvas shows.
        canvas: The widget.
    """

    changed = Signal(object)
    scopeChanged = Signal(object)  # noqa: N815 - signals are named as Qt names them
    selectionChanged = Signal(object)  # noqa: N815
    problemsChanged = Signal()  # noqa: N815
    said = Signal(str)
    searchWanted = Signal(object)  # noqa: N815
    menuWanted = Signal(object)  # noqa: N815
    textWanted = Signal(object)  # noqa: N815
    workflowWanted = Signal(object)  # noqa: N815
    runChanged = Signal()  # noqa: N815
    runFailed = Signal(object)  # noqa: N815
    offered = Signal(object)

    def __init__(self, document: Document, desk: Desk) -> None:
        super().__init__()
        self.document, self.desk, self.scope = document, desk, TOP
        self.scene = CanvasScene(desk.specs, desk.theme.theme)
        self.canvas = Canvas(self.scene, Intents(self))
        self._offer()
        self.scene.show(document.workflow)
        self._closed = False
        self._views: dict[Scope, tuple[QPointF, float]] = {}
        self._end = document.subscribe(self._follow)
        desk.specsChanged.connect(self._take_specs)
        desk.filesChanged.connect(self.faults.look_soon)
        desk.theme.changed.connect(self.scene.set_theme)
        self.scene.selection_changed.connect(self._tell_selection)
        self.canvas.statusMessage.connect(self.said)
        self.faults.look_soon()

    def _offer(self) -> None:
        """Make the parts, and offer their commands under one roof."""
        self.values, self.nodes, self.states = Values(self), Nodes(self), States(self)
        self.links, self.areas, self.groups = Linking(self), Areas(self), Groups(self)
        self.order, self.clipboard, self.marks = Arranging(self), Clipboard(self), Bookmarks(self)
        self.dropping, self.faults, self.running = Dropping(self), Faults(self), Running(self)
        self.looking, self.freezing, self.showing = Looking(self), Freezing(self), Showing(self)
        self.prompting = Prompting(self)
        values, nodes, states, links = self.values, self.nodes, self.states, self.links
        areas, groups, order, clips, marks = self.areas, self.groups, self.order, self.clipboard, self.marks

        self.value, self.set_values, self.reset_values = values.value, values.set_values, values.reset_values
        self.choices, self.set_seed_mode = values.choices, values.set_seed_mode
        self.add_node, self.add_and_connect = nodes.add_node, nodes.add_and_connect
        self.insert_type_on_link, self.replace_selected = nodes.insert_type_on_link, nodes.replace_selected
        self.duplicate_selection, self.duplicate = nodes.duplicate_selection, nodes.duplicate
        self.delete_selection = nodes.delete_selection
        self.toggle_mute, self.toggle_bypass = states.toggle_mute, states.toggle_bypass
        self.toggle_collapse, self.collapse = states.toggle_collapse, states.collapse
        self.rename, self.rename_selected = states.rename, states.rename_selected
        self.comment_selected, self.color_selected = states.comment_selected, states.color_selected
        self.set_wireless, self.use_wireless = links.set_wireless, links.use_wireless
        self.wireless, self.wireless_for = links.wireless, links.wireless_for
        self.frame_selection, self.add_note = areas.frame_selection, areas.add_note
        self.group_selection, self.ungroup_selection = groups.group_selection, groups.ungroup_selection
        self.enter, self.leave, self.show_scope = groups.enter, groups.leave, groups.show_scope
        self.save_subgraph, self.insert_subgraph = groups.save_subgraph, groups.insert_subgraph
        self.align, self.distribute, self.auto_layout = order.align, order.distribute, order.auto_layout
        self.drop_files = self.dropping.drop_files
        self.copy, self.cut, self.paste = clips.copy, clips.cut, clips.paste
        self.keep_bookmark, self.jump_to_bookmark = marks.keep_bookmark, marks.jump_to_bookmark
        self.bookmarks, self.remove_bookmark = marks.bookmarks, marks.remove_bookmark
        self.show_problem = self.faults.show_problem

    @property
    def graph(self) -> Graph:
        """The graph that is shown, with its sockets."""
        return self.scene.graph

    @property
    def selection(self) -> frozenset[str]:
        """The selected nodes of the graph that is shown."""
        return frozenset(name for name in self.scene.selected if not is_border(name))

    def select_all(self) -> None:
        """Select every node of the graph that is shown."""
        self.scene.select(self.scope.body(self.document.workflow).nodes)

    def spec(self, name: str) -> NodeSpec:
        """What a node of the graph looks like from outside, also if it is a subgraph or unknown."""
        return self.graph.spec(name)

    def problems(self) -> Mapping[str, list[Problem]]:
        """What is wrong, by node of the graph that is shown."""
        return self.faults.here()

    def node_path(self, name: str) -> str:
        """A node's name as the command line and problems write it: `portrait/sampler`."""
        return str(self.scope.inside(name))

    @property
    def snapping(self) -> bool:
        """Whether nodes that are moved keep to the grid."""
        return self.canvas.snapping

    @snapping.setter
    def snapping(self, on: bool) -> None:
        self.canvas.snapping = on

    def apply(self, label: str, edit: Callable[[Workflow], Workflow], merge: str | None = None) -> bool:
        """Do one command; if it is refused, say why and return False."""
        try:
            self.document.apply(label, edit, merge, self.scope.path)
        except EditRefused as error:
            self.said.emit(error.message)
            return False
        return True

    def undo(self) -> None:
        """Take the last command back, and show the graph where it was done."""
        label = self.document.undo_label
        change = self.document.undo()
        self._go(change)
        self.said.emit(self.tr("Undone: {0}").format(label) if change else self.tr("Nothing to undo"))

    def redo(self) -> None:
        """Do what was taken back again, and show the graph where it was done."""
        label = self.document.redo_label
        change = self.document.redo()
        self._go(change)
        self.said.emit(self.tr("Done again: {0}").format(label) if change else self.tr("Nothing to redo"))

    def close(self) -> None:
        """Stop following the document, and end the canvas. Once is enough, twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self._end()
        self.faults.stop()
        self.running.stop()
        self.looking.stop()
        self.desk.specsChanged.disconnect(self._take_specs)
        self.desk.filesChanged.disconnect(self.faults.look_soon)
        self.desk.theme.changed.disconnect(self.scene.set_theme)
        self.canvas.close()
        self.canvas.deleteLater()
        self.scene.deleteLater()

    def show(self, scope: Scope) -> None:
        """Show a graph, as far as it is still there."""
        workflow = self.document.workflow
        while not scope.exists(workflow):
            scope = scope.outer
        entered = scope != self.scope
        self.canvas.interrupt()
        if entered:
            self._views[self.scope] = (self.canvas.visible_rect().center(), self.canvas.zoom)
        self.scope = scope
        self.scene.show(workflow, scope)
        if entered:
            self._look_again()
            self.faults.mark()
            self.running.marks.mark()
            self.scopeChanged.emit(scope)

    def _look_again(self) -> None:
        """Look where one looked when one left this graph; at everything the first time."""
        if self.scope in self._views:
            self.canvas.look_at(*self._views[self.scope])
        else:
            self.canvas.fit_all()

    def _go(self, change: Change | None) -> None:
        """Show the graph where a change was made."""
        if change is not None:
            self.show(Scope(change.scope))

    def _follow(self, change: Change) -> None:
        self.show(self.scope)
        self.canvas.editor.follow()
        self.faults.look_soon()
        self.running.follow(change)
        self.changed.emit(change)

    def _take_specs(self) -> None:
        self.canvas.interrupt()
        self.scene.show_anew()
        self.faults.look_soon()

    def _tell_selection(self) -> None:
        self.selectionChanged.emit(self.selection)
