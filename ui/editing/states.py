"""How nodes look and whether they take part: mute, bypass, collapse, names, comments, colours."""

from __future__ import annotations

from collections.abc import Collection

from nodeflow.document.model import Mode, Workflow
from ui.canvas.area_item import AreaKind
from ui.canvas.graph import is_border
from ui.document import edits
from ui.editing.part import Part
from ui.editing.requests import TextRequest


class States(Part):
    """Commands on the state of nodes."""

    def toggle_mute(self) -> None:
        """Mute the selected nodes and frames, or let them take part again if all are muted."""
        self._toggle(self._tr("Mute nodes") if self._chosen else self._tr("Mute frame"), Mode.MUTE)

    def toggle_bypass(self) -> None:
        """Bypass the selected nodes and frames, or let them take part again if all are bypassed."""
        self._toggle(self._tr("Bypass nodes") if self._chosen else self._tr("Bypass frame"), Mode.BYPASS)

    def _toggle(self, label: str, mode: Mode) -> None:
        scope, chosen, frames = self._scope, self._chosen, self._chosen_areas(AreaKind.FRAME)
        body = self._body
        modes = [*(body.nodes[name].mode for name in chosen), *(body.frames[index].mode for index in frames)]
        new = None if all(old is mode for old in modes) else mode

        def edit(workflow: Workflow) -> Workflow:
            for index in frames:
                workflow = edits.set_frame_mode(workflow, index, new, at=scope)
            return edits.set_mode(workflow, chosen, new, at=scope)

        if modes:
            self._editing.apply(label, edit)

    def toggle_collapse(self) -> None:
        """Fold the selected nodes, or open them if all are folded."""
        layout, chosen = self._body.layout, self._chosen
        folded = all(name in layout and layout[name].collapsed for name in chosen)
        self.collapse(chosen, not folded)

    def collapse(self, names: Collection[str], collapsed: bool) -> None:
        """Fold nodes to their headers, or unfold them."""
        scope, chosen = self._scope, [name for name in names if not is_border(name)]
        if chosen:
            label = self._tr("Collapse nodes") if collapsed else self._tr("Expand nodes")
            self._editing.apply(label, lambda w: edits.collapse(self._placed(w), chosen, collapsed, at=scope))

    def rename(self, old: str, new: str) -> None:
        """Rename a node."""
        scope, selected = self._scope, self._editing.selection
        if self._editing.apply(
            self._tr("Rename node"), lambda w: edits.rename_node(w, old, new.strip(), at=scope)
        ):
            self._editing.scene.select(selected - {old} | ({new.strip()} if old in selected else set()))

    def rename_selected(self) -> None:
        """Ask for another name for the selected node; a frame's title or a note's text is edited in place."""
        scene = self._editing.scene
        areas = [area for area in (*scene.frames, *scene.notes) if area.selected]
        if not self._chosen and len(areas) == 1:
            self._editing.canvas.edit_area(areas[0])
            return
        if len(self._chosen) != 1:
            self._say(self._tr("Select one node to rename"))
            return
        (name,) = self._chosen
        self._editing.textWanted.emit(
            TextRequest(self._tr("Rename node"), name, lambda text: self.rename(name, text))
        )

    def comment_selected(self, text: str) -> None:
        """Write a comment above the selected nodes; an empty one removes it."""
        scope, chosen = self._scope, self._chosen

        def edit(workflow: Workflow) -> Workflow:
            for name in chosen:
                workflow = edits.set_comment(workflow, name, text.strip() or None, at=scope)
            return workflow

        if chosen:
            self._editing.apply(self._tr("Comment on nodes"), edit)

    def color_selected(self, color: str | None) -> None:
        """Colour what is selected, `#rrggbb`, frames and notes too; None gives it the usual colour."""
        scope, chosen = self._scope, self._chosen
        frames, notes = self._chosen_areas(AreaKind.FRAME), self._chosen_areas(AreaKind.NOTE)

        def edit(workflow: Workflow) -> Workflow:
            for index in frames:
                workflow = edits.color_frame(workflow, index, color, at=scope)
            for index in notes:
                workflow = edits.color_note(workflow, index, color, at=scope)
            return edits.set_color(self._placed(workflow), chosen, color, at=scope) if chosen else workflow

        if chosen or frames or notes:
            self._editing.apply(self._tr("Colour"), edit)
