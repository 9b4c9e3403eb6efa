"""The documentation of a node type: what it does, each input and output, and which revision it is."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from nodeflow.node.annotations import ModelFile, Range, Seed
from nodeflow.node.spec import InputSpec, NodeSpec, OutputSpec
from ui.canvas.fields import label_text, value_text
from ui.values.choices import hint
from ui.widgets.parts import Words, clear, titled
from ui.widgets.section import Section


class Documentation(Section):
    """Written when it is unfolded: there is much of it, and few read it."""

    def __init__(self) -> None:
        super().__init__("", opened=False)
        self.title.setText(self.tr("Documentation"))
        self._spec: NodeSpec | None = None
        self._written: NodeSpec | None = None
        self.folded.connect(self._write)

    def show_spec(self, spec: NodeSpec) -> None:
        """Document a node type."""
        self._spec = spec
        self._write()

    def _write(self) -> None:
        if not self.opened or self._spec is None or self._spec == self._written:
            return
        self._written = spec = self._spec
        clear(self.body)
        for text in about(spec):
            self.body.addWidget(Words(text, "text"))
        entries: list[InputSpec | OutputSpec] = [*spec.inputs, *spec.outputs]
        for entry in entries:
            for widget in entry_words(entry):
                self.body.addWidget(widget)
        self.body.addWidget(Words(version_text(spec)))


def about(spec: NodeSpec) -> list[str]:
    """What a node type is for, paragraph by paragraph; how wide the lines of its source are is forgotten."""
    text = f"{spec.summary}\n\n{spec.description}"
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def version_text(spec: NodeSpec) -> str:
    """Which version of a node type it is."""
    return _tr("Version {0}, revision {1}").format(spec.version, spec.revision)


def entry_words(entry: InputSpec | OutputSpec) -> Iterator[Words]:
    """What one input or output is called, is for, and takes or gives; the name comes first."""
    name = Words(label_text(entry.name), "text")
    name.setFont(titled(name.font()))
    name.setContentsMargins(0, 4, 0, 0)
    yield name
    facts = facts_text(entry) if isinstance(entry, InputSpec) else f"Gives {entry.socket.name}."
    for text in (entry.description, facts):
        if text:
            yield Words(text)


def facts_text(entry: InputSpec) -> str:
    """What an input takes, such as "Number, 0 to 100 in steps of 0.5; default 5.0."."""
    words = entry.socket.name + (", several" if entry.many else "")
    if isinstance(entry.widget, Range):
        words += f", {entry.widget.minimum:g} to {entry.widget.maximum:g}"
        words += f" in steps of {entry.widget.step:g}" if entry.widget.step else ""
    elif isinstance(entry.widget, Seed):
        words += ", 0 to 2⁶⁴ - 1"
    elif isinstance(entry.widget, ModelFile):
        words = " or ".join(kind.label for kind in entry.widget.kinds)
    elif entry.socket.choices:
        words += ": " + ", ".join(_choice(entry, choice) for choice in entry.socket.choices)
    if entry.required:
        return words + ", required."
    shown = value_text(entry, entry.default)
    return words + (f"; default {shown}." if shown and entry.socket.literal else ", optional.")


def _choice(entry: InputSpec, choice: str) -> str:
    text, words = choice.replace("_", " "), hint(entry, choice)
    return f"{text} ({words})" if words else text


def _tr(text: str) -> str:
    return QCoreApplication.translate("Documentation", text)
