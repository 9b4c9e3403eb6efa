"""Words for prompts that come from elsewhere, such as a LoRA's trigger words."""

from __future__ import annotations

from collections.abc import Sequence

from nodeflow.document.model import Workflow
from nodeflow.document.values import is_linked
from nodeflow.node.annotations import Multiline
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import Port
from ui.canvas.graph import real_target
from ui.document import edits
from ui.editing.part import Part


class Prompting(Part):
    """Commands on the prompts of nodes."""

    def prompts(self, names: Sequence[str] | None = None) -> list[Port]:
        """The prompt of each node that has one which can be written into.

        Args:
            names: The nodes; None: the selected ones.
        """
        found = []
        for name in self._chosen if names is None else names:
            entries = self._editing.spec(name).inputs if name in self._body.nodes else ()
            entry = next((entry for entry in entries if self._is_prompt(name, entry)), None)
            if entry is not None:
                found.append(Port(name, entry.name))
        return found

    def _is_prompt(self, name: str, entry: InputSpec) -> bool:
        linked = is_linked(self._body.nodes[name].inputs.get(entry.name))
        return not linked and (entry.prompt or isinstance(entry.widget, Multiline))

    def add_words(self, words: Sequence[str], ports: Sequence[Port] | None = None) -> bool:
        """Write words at the end of prompts, except of those that hold them already.

        Args:
            words: Words or phrases.
            ports: The prompts; None: those of the selected nodes.

        Returns:
            Whether there was a prompt.
        """
        places = self.prompts() if ports is None else ports
        if not places:
            self._say(self._tr("Select a node with a prompt first"))
            return False
        scope = self._scope
        texts = {port: with_words(str(self._editing.value(port) or ""), words) for port in places}

        def edit(workflow: Workflow) -> Workflow:
            for port, text in texts.items():
                workflow = edits.set_input(workflow, real_target(port), text, at=scope)
            return workflow

        self._editing.apply(self._tr("Add words to prompt"), edit)
        return True


def with_words(prompt: str, words: Sequence[str]) -> str:
    """A prompt with words at its end; those that it holds already are not said twice."""
    known = {part.strip().lower() for part in prompt.replace("\n", ",").split(",")}
    new = [word for word in words if word.lower() not in known]
    before = prompt.rstrip().rstrip(",")
    return ", ".join(filter(None, (before, *new))) if new else prompt
