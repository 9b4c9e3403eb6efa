"""Every edit in one place, for those who call them; each takes a workflow and returns a new one.

All take `at`, the graph they work in, and raise `EditRefused` with one plain sentence.
"""

from nodeflow.document.appearance import (
    collapse,
    move_nodes,
    place_nodes,
    resize,
    set_color,
    set_comment,
    set_frozen,
    set_mode,
    set_seed_mode,
    toggle_mode,
)
from nodeflow.document.bookmarks import Bookmark, bookmarks, remove_bookmark, set_bookmark
from nodeflow.document.frames import (
    add_frame,
    add_note,
    color_frame,
    color_note,
    move_frame,
    place_note,
    remove_frame,
    remove_note,
    rename_frame,
    resize_frame,
    set_frame_mode,
    set_frame_nodes,
    set_note,
)
from nodeflow.document.grouping import group
from nodeflow.document.interface import (
    hide_input,
    hide_output,
    move_input,
    move_output,
    rename_input,
    rename_output,
    show_input,
    show_output,
)
from nodeflow.document.library import insert_subgraph, subgraph_file
from nodeflow.document.links import Connection, Source, Target, connections
from nodeflow.document.panel import (
    PanelInput,
    hide_from_panel,
    move_on_panel,
    panel_inputs,
    show_on_panel,
)
from nodeflow.document.renaming import rename_node, rename_subgraph
from nodeflow.document.scope import TOP, EditRefused, Scope
from nodeflow.document.structure import connect, disconnect, reset_input, set_input
from nodeflow.document.ungrouping import ungroup
from nodeflow.document.wireless import set_wireless, use_wireless, wireless_outputs
from ui.document.auto_layout import auto_layout
from ui.document.between import connect_through, find_link, insert_node, insert_on_link, insert_reroute
from ui.document.clipboard import copy_nodes, paste_nodes
from ui.document.layout import Edge, align, distribute, snap
from ui.document.nodes import add_node, duplicate, name_for
from ui.document.replacing import remove_nodes, replace_node
from ui.document.room import make_room

__all__ = [
    "TOP",
    "Bookmark",
    "Connection",
    "Edge",
    "EditRefused",
    "PanelInput",
    "Scope",
    "Source",
    "Target",
    "add_frame",
    "add_node",
    "add_note",
    "align",
    "auto_layout",
    "bookmarks",
    "collapse",
    "color_frame",
    "color_note",
    "connect",
    "connect_through",
    "connections",
    "copy_nodes",
    "disconnect",
    "distribute",
    "duplicate",
    "find_link",
    "group",
    "hide_from_panel",
    "hide_input",
    "hide_output",
    "insert_node",
    "insert_on_link",
    "insert_reroute",
    "insert_subgraph",
    "make_room",
    "move_frame",
    "move_input",
    "move_nodes",
    "move_on_panel",
    "move_output",
    "name_for",
    "panel_inputs",
    "paste_nodes",
    "place_nodes",
    "place_note",
    "remove_bookmark",
    "remove_frame",
    "remove_nodes",
    "remove_note",
    "rename_frame",
    "rename_input",
    "rename_node",
    "rename_output",
    "rename_subgraph",
    "replace_node",
    "reset_input",
    "resize",
    "resize_frame",
    "set_bookmark",
    "set_color",
    "set_comment",
    "set_frame_mode",
    "set_frame_nodes",
    "set_frozen",
    "set_input",
    "set_mode",
    "set_note",
    "set_seed_mode",
    "set_wireless",
    "show_input",
    "show_on_panel",
    "show_output",
    "snap",
    "subgraph_file",
    "toggle_mode",
    "ungroup",
    "use_wireless",
    "wireless_outputs",
]
