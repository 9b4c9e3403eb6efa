"""Why the selected node runs, ran, or need not run; each cause leads to the input that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeflow.execution.said import Cause
from ui.editing.running.reasons import Story
from ui.sentences import as_sentence
from ui.widgets.parts import Jump, Words, clear
from ui.widgets.section import Section

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class RunSection(Section):
    """Written anew only where what there is to say has changed."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("Why it runs or not"))
        self._told: tuple[str, Story | None] | None = None

    def show_node(self, editing: Editing, name: str) -> None:
        """Show what is known of a node."""
        path = editing.node_path(name)
        story = editing.running.why(path)
        if (path, story) == self._told:
            return
        self._told = path, story
        clear(self.body)
        self.setVisible(story is not None)
        if story is None:
            return
        self.body.addWidget(Words(self.tr("{0}, because:").format(story.title)))
        for cause in story.causes:
            self.body.addWidget(self._shown(editing, path, cause))

    def _shown(self, editing: Editing, path: str, cause: Cause) -> Jump | Words:
        text = as_sentence(cause.text)
        if cause.node == path and cause.input is None:
            return Words(text, "text")  # one looks at it already
        button = Jump(text, lambda: editing.show_problem(cause.node, cause.input))
        button.setToolTip(text)
        return button
