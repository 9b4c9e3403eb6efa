"""The inspector's page for the workflow as a whole, shown where no node is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeflow.document.model import Workflow
from nodeflow.document.scope import with_fields
from ui.panels.inspector.facts import exposed, figures, models, wishes
from ui.panels.name_edit import NameEdit
from ui.panels.text_edit import TextEdit
from ui.widgets.fact_table import FactTable
from ui.widgets.parts import Words
from ui.widgets.section import Scroller, Section

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Overview(Scroller):
    """Name, description, figures, models, inputs exposed, wishes for the run, and how to begin.

    Attributes:
        name: The workflow's name.
        description: What it is for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self.name, self.description = NameEdit(self.tr("Workflow name")), TextEdit(self.tr("Description"))
        self.tip = Words()
        for widget in (self.name, self.description, self.tip):
            self.column.addWidget(widget)
        self._figures = self._section(self.tr("What is in it"))
        self._models = self._section(self.tr("Models"))
        self._panel = self._section(self.tr("On the app panel"))
        self._wishes = self._section(self.tr("How it runs"))
        self.name.renamed.connect(lambda text: self._set(self.tr("Rename workflow"), name=text))
        self.description.kept.connect(
            lambda text: self._set(self.tr("Describe workflow"), description=text.strip() or None)
        )

    def _section(self, title: str) -> tuple[Section, FactTable]:
        section, facts = Section(title), FactTable()
        section.body.addWidget(facts)
        self.column.addWidget(section)
        return section, facts

    def show_document(self, editing: Editing) -> None:
        """Show a document."""
        self._editing = editing
        workflow = editing.document.workflow
        self.name.show_name(workflow.name or editing.document.title)
        self.description.show_text(workflow.description or "")
        for (section, facts), found in (
            (self._figures, figures(workflow, len(editing.faults.all))),
            (self._models, models(workflow, editing.desk.specs)),
            (self._panel, exposed(editing)),
            (self._wishes, wishes(workflow)),
        ):
            facts.show_facts(found)
            section.setVisible(bool(found))
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
