"""Files dropped on the canvas or pasted: each becomes what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QImage

from nodeflow.document.files import SUFFIX, load_workflow
from nodeflow.document.model import SUBGRAPH, Workflow
from nodeflow.document.values import JSONValue
from nodeflow.errors import InvalidWorkflow, MissingFile, NodeflowError, UsageError
from nodeflow.node.spec import NodeSpec
from ui.canvas.actions import Port, Spot
from ui.canvas.graph import real_source, real_target
from ui.canvas.look import spaced
from ui.document import edits
from ui.document.clipboard import holds_nodes
from ui.editing.clipboard import paths_in
from ui.editing.part import Part
from ui.files import (
    MODELS,
    PICTURES,
    UNSAFE,
    Offer,
    embedding_name,
    keep_image,
    model_offer,
    picture_offer,
)
from ui.node_memory import REUSABLE
from ui.theme.metrics import GRID
from ui.widgets.carrying import type_in


class Dropping(Part):
    """Makes nodes of files, opens workflows, and sets the file of a node that something is dropped on."""

    def take(self, data: QMimeData, spot: Spot) -> None:
        """Take what was dropped or pasted."""
        if (type_id := type_in(data)) is not None:
            self.drop_type(type_id, spot)
        elif paths := paths_in(data):
            self.drop_files(paths, spot)
        elif data.hasImage():
            image = data.imageData()
            if isinstance(image, QImage):
                self._guarded(lambda: self._picture(keep_image(image, self._editing.desk.folders), spot))
        elif holds_nodes(data.text()):
            self._editing.clipboard.paste_text(data.text(), spot.position)
        else:
            self._say(self._tr("This is nothing that goes onto the canvas"))

    def drop_files(self, paths: Sequence[Path], spot: Spot) -> None:
        """Make of each file what it is for; several lie one below the other."""
        for index, path in enumerate(paths):
            place = spot.position + QPointF(4, 6) * GRID * index
            here = spot if index == 0 else Spot(place)
            self._guarded(partial(self._file, path, here), path.name)

    def drop_type(self, type_id: str, spot: Spot) -> None:
        """Add a node of a type, in between the ends of a link if it lies on one that it fits into."""
        spec = self._editing.desk.spec(type_id)
        if spec is None:
            self._say(self._tr("There is no node type {0}").format(type_id))
        else:
            self._add(spec, {}, spot)

    def use_picture(self, path: Path, position: QPointF) -> None:
        """Add a node that loads a picture, also if a workflow is in it."""

        def take() -> None:
            self._put(picture_offer(path, self._editing.desk, self._editing.document.path), Spot(position))

        self._guarded(take, path.name)

    def put_picture(self, path: Path, node: str) -> None:
        """Let a node that is there load a picture."""

        def take() -> None:
            offer = picture_offer(path, self._editing.desk, self._editing.document.path)
            self._put(offer, Spot(QPointF(), node=node))

        self._guarded(take, path.name)

    def _guarded(self, take: Callable[[], None], name: str = "") -> None:
        """Do it; say why, and with which file, if it cannot be done."""
        try:
            take()
        except NodeflowError as error:
            text = str(error)
            self._say(text if not name or name in text else f"“{name}”: {text}")

    def _file(self, path: Path, spot: Spot) -> None:
        suffix = path.suffix.lower()
        if not path.exists():
            raise MissingFile(self._tr("“{0}” is not there any more").format(path.name))
        if path.is_file() is path.is_dir():
            raise UsageError(self._tr("“{0}” is no ordinary file").format(path.name))
        if suffix in UNSAFE:
            text = self._tr("“{0}” could run code when it is read: get it as .safetensors instead")
            raise UsageError(text.format(path.name))
        if path.is_dir():
            self._put(model_offer(path, self._editing.desk, self._editing.document.path), spot)
        elif suffix == SUFFIX:
            self._workflow_file(load_workflow(path), path, spot)
        elif suffix in PICTURES:
            self._picture(path, spot)
        elif suffix in MODELS and not self._embedding(path, spot):
            self._put(model_offer(path, self._editing.desk, self._editing.document.path), spot)
        elif suffix == ".bin":
            text = self._tr("“{0}” is taken once it is a .safetensors: nodeflow convert {0} {1}.safetensors")
            raise UsageError(text.format(path.name, path.stem))
        elif suffix not in MODELS:
            raise UsageError(self._tr("“{0}” is nothing that goes onto the canvas").format(path.name))

    def _embedding(self, path: Path, spot: Spot) -> bool:
        """Write a textual inversion into the prompt that it is dropped on; False if it is none of these."""
        prompting = self._editing.prompting
        ports = prompting.prompts([spot.node]) if spot.node is not None else []
        name = embedding_name(path, self._editing.desk) if ports else None
        return name is not None and prompting.add_words([f"embedding:{name}"], ports)

    def _workflow_file(self, workflow: Workflow, path: Path, spot: Spot) -> None:
        """Insert a subgraph that was kept to be used again; open anything else."""
        alone = len(workflow.nodes) == 1 and next(iter(workflow.nodes.values())).type == SUBGRAPH
        if not alone:
            self._editing.workflowWanted.emit((workflow, path))
            return
        scope, desk, place = self._scope, self._editing.desk, spot.position.toTuple()

        def edit(before: Workflow) -> Workflow:
            inserted = edits.insert_subgraph(before, workflow, place, at=scope)
            (name,) = scope.body(inserted).nodes.keys() - scope.body(before).nodes.keys()
            return self._into_link(inserted, name, spot)

        if self._editing.nodes.insert(self._tr("Insert subgraph"), edit) and path.parent == desk.library:
            desk.node_memory.note_use(REUSABLE + path.stem)

    def _picture(self, path: Path, spot: Spot) -> None:
        """Open the workflow that a picture came from, unless it is dropped on a node that takes pictures."""
        from nodeflow.pictures.embedded import embedded_workflow

        offer, fault = partial(picture_offer, path, self._editing.desk, self._editing.document.path), ""
        try:
            found = None if self._takes_picture(spot) else embedded_workflow(path)
        except InvalidWorkflow as error:  # it may be looked at all the same
            found, fault = None, str(error)
        if found is not None:
            self._editing.workflowWanted.emit((found, None))
            return
        self._put(offer(), spot)
        if fault:
            self._say(self._tr("The workflow in “{0}” cannot be read: {1}").format(path.name, fault))

    def _takes_picture(self, spot: Spot) -> bool:
        from nodeflow.node.annotations import PictureFile

        spec = self._editing.spec(spot.node) if spot.node in self._body.nodes else None
        return spec is not None and any(isinstance(item.widget, PictureFile) for item in spec.inputs)

    def _put(self, offer: Offer, spot: Spot) -> None:
        """Set the file of the node it was dropped on, or add a node for it, into a link if there is one."""
        if spot.node in self._body.nodes:
            entry = next((i for i in self._editing.spec(spot.node).inputs if offer.fits(i)), None)
            if entry is not None:
                self._editing.set_values([Port(spot.node, entry.name)], offer.name)
                self._say(offer.text)
                return
        if self._add(offer.spec, {offer.input.name: offer.name}, spot):
            self._say(offer.text)

    def _add(self, spec: NodeSpec, inputs: Mapping[str, JSONValue], spot: Spot) -> bool:
        """Add a node, into a link if there is one, and select it; False if it was refused."""
        scope, place = self._scope, spot.position.toTuple()
        name = edits.name_for(self._workflow, spec.type, at=scope)

        def edit(workflow: Workflow) -> Workflow:
            added = edits.add_node(workflow, spec, place, inputs, name=name, at=scope)
            return self._into_link(added, name, spot)

        done = self._editing.apply(self._tr("Add {0}").format(spaced(spec.type)), edit)
        if done:
            self._editing.desk.node_memory.note_use(spec.type)
            self._editing.scene.select({name})
        return done

    def _into_link(self, workflow: Workflow, name: str, spot: Spot) -> Workflow:
        """Put a node that was added into the link that it lies on, if it fits there."""
        if spot.link is None:
            return workflow
        source, target = real_source(spot.link[0]), real_target(spot.link[1])
        try:
            link = edits.find_link(workflow, source, target, at=self._scope)
            inside = edits.insert_on_link(workflow, self._editing.desk.specs, name, link, at=self._scope)
            return edits.make_room(self._placed(inside), name, self._sizes(), at=self._scope)
        except edits.EditRefused:
            return workflow  # it may lie there all the same
