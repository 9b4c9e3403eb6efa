"""The pictures that nodes show: opened large, and copied."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication, QImage

from nodeflow.document.links import sources_in
from nodeflow.document.values import Link
from nodeflow.execution.job import Job
from nodeflow.execution.look import Look
from nodeflow.node.spec import NodeKind
from ui.editing.part import Part
from ui.running.pictures import place_in_sheet, shown_picture

WHOLE = 1 << 14
"""Longest side in pixels up to which a picture is copied as it is."""


class Showing(Part):
    """Does something with what nodes show."""

    def files(self, name: str) -> tuple[Path, ...]:
        """What a node of the graph that is shown has saved."""
        return self._editing.running.states.of(self._editing.node_path(name), inside=True).files

    def has(self, name: str) -> bool:
        """Whether a node shows a picture."""
        return self._shown(name) is not None

    def _shown(self, name: str) -> QImage | None:
        return self._editing.running.states.of(self._editing.node_path(name), inside=True).picture

    def open(self, name: str, place: QPointF) -> None:
        """Show what a node saved, large.

        Args:
            name: The node.
            place: Where on its picture, 0…1 from the upper left: of several, the one that lies there.
        """
        files = self.files(name)
        if not files:
            self._say(self._tr("This picture is not saved; link it to Save Image to keep it"))
        else:
            self._editing.desk.pictureWanted.emit(files[place_in_sheet(len(files), place)])

    def copy(self) -> None:
        """Copy what the selected node shows: the files that it saved, or else the pixels that it got."""
        name = next(filter(self.has, self._chosen), None)
        if name is None:
            self._say(self._tr("The selected node shows no picture"))
        elif files := self.files(name):
            self._editing.desk.copyWanted.emit(files)
        elif (source := self._source(name)) is None:
            self._put(name, None)
        else:
            job = Job(self._workflow)
            self._engine.ask(lambda runner: runner.look(job, source, WHOLE), partial(self._put, name))

    def _source(self, name: str) -> str | None:
        """The output that a node shows: its own, or, since what delivers is not kept, what feeds it."""
        spec = self._editing.spec(name)
        if spec.kind is not NodeKind.SINK:
            outputs = (item.name for item in spec.outputs if item.socket.name == "Image")
            return next((f"{self._editing.node_path(name)}.{output}" for output in outputs), None)
        for item in spec.inputs:
            if item.socket.name == "Image":
                for link in sources_in(self._body.nodes[name].inputs.get(item.name)):
                    source = self._editing.looking.source(link) if isinstance(link, Link) else None
                    return source if isinstance(source, str) else None
        return None

    def _put(self, name: str, told: Look | Exception | None) -> None:
        """Put pixels on the clipboard: those at hand, else those that are shown."""
        pictures = told.pictures if isinstance(told, Look) else ()
        image = shown_picture(pictures[0]) if pictures else self._shown(name)
        if image is not None:
            QGuiApplication.clipboard().setImage(image)
            self._say(self._tr("Copied the picture of “{0}”").format(name))
