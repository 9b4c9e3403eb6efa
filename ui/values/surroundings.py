"""What an editor of a value needs to know of the document and the node that it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.scope import Scope
from nodeflow.node.annotations import MaskFile
from ui.values.background import background_of
from ui.values.prompt_syntax import syntax_of

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.values.editor import ValueEditor


def settle_in(editor: ValueEditor, editing: Editing, scope: Scope, node: str) -> None:
    """Tell an editor of pictures, masks or prompts which document and which node it belongs to."""
    from ui.values.choices import picture_path
    from ui.values.mask import MaskEditor
    from ui.values.picture import PictureEditor
    from ui.values.prompt import PromptEditor

    if isinstance(editor, PictureEditor | MaskEditor):
        editor.document = editing.document.path
    widget = editor.spec.widget
    if isinstance(editor, MaskEditor) and isinstance(widget, MaskFile):
        over, desk = widget.over, editing.desk

        def background() -> Path | None:
            name = background_of(editing.document.workflow, desk.specs, scope, node, over)
            return picture_path(desk, name, editing.document.path) if name else None

        editor.background = background
    if isinstance(editor, PromptEditor):
        desk, entry = editing.desk, editor.spec.name
        editor.syntax = lambda: syntax_of(editing.document.workflow, desk.specs, scope, node, entry)
        editor.heed()
