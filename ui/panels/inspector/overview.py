"""The inspector's page for the workflow as a whole, shown where no node is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QWidget

from nodeflow.document.model import Workflow
from nodeflow.document.scope import with_fields
from ui.panels.name_edit import NameEdit
from ui.panels.parts import Scroller, Section, Words, clear
from ui.panels.text_edit import TextEdit
from ui.theme.metrics import SPACE

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Overview(Scroller):
    """Name, description, wishes for the run, figures, and how to begin.

    Attributes:
        name: The workflow's name.
        description: What it is for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self.name = NameEdit(self.tr("Workflow name"))
        self.description = TextEdit(self.tr("Description"))
        self._figures, self._run = Facts(), Facts()
        self._wishes = Section(self.tr("How it runs"))
        self._wishes.body.addWidget(self._run)
        figures = Section(self.tr("What is in it"))
        figures.body.addWidget(self._figures)
        self.tip = Words()
        for widget in (self.name, self.description, self._wishes, figures, self.tip):
            self.column.addWidget(widget)
        self.name.renamed.connect(lambda text: self._set(self.tr("Rename workflow"), name=text))
        self.description.kept.connect(
            lambda text: self._set(self.tr("Describe workflow"), description=text.strip() or None)
        )

    def show_document(self, editing: Editing) -> None:
        """Show a document."""
        self._editing = editing
        workflow = editing.document.workflow
        self.name.show_name(workflow.name or editing.document.title)
        self.description.show_text(workflow.description or "")
        self._run.show_facts(_wishes(workflow))
        self._wishes.setVisible(bool(_wishes(workflow)))
        self._figures.show_facts(_figures(workflow, len(editing.faults.all)))
        self.tip.say(
            self.tr("Select a node to see and change its inputs.")
            if workflow.nodes
            else self.tr("Press Tab over the canvas to add a node, or drop a picture or a model on it.")
        )

    def _set(self, label: str, **fields: str | None) -> None:
        def edit(workflow: Workflow) -> Workflow:
            changed: Workflow = with_fields(workflow, **fields)
            return changed

        if self._editing is not None:
            self._editing.apply(label, edit)


class Facts(QWidget):
    """Names and values, one pair in a line."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(SPACE.half, 0, 0, 0)
        self._layout.setHorizontalSpacing(SPACE.two)
        self._layout.setVerticalSpacing(SPACE.half)
        self._facts: dict[str, str] | None = None

    def show_facts(self, facts: dict[str, str]) -> None:
        """Show these."""
        if facts != self._facts:
            self._facts = facts
            clear(self._layout)
            while self._layout.rowCount():
                self._layout.removeRow(0)
            for name, value in facts.items():
                self._layout.addRow(Words(name), Words(value, "text"))


def _wishes(workflow: Workflow) -> dict[str, str]:
    if workflow.run is None:
        return {}
    values = workflow.run.model_dump(mode="json", exclude_none=True)
    return {name.replace("_", " ").capitalize(): _plain(value) for name, value in values.items()}


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _figures(workflow: Workflow, problems: int) -> dict[str, str]:
    modes = workflow.modes()
    facts = {
        "Nodes": len(workflow.nodes),
        "Muted or bypassed": len(modes),
        "Frames": len(workflow.frames),
        "Subgraphs": len(workflow.subgraphs),
        "Problems": problems,
    }
    return {name: str(number) for name, number in facts.items() if number or name in ("Nodes", "Problems")}
