"""From a graph to an arrangement: which models a run uses, for pictures of which size, on which machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from nodeflow.errors import NodeflowError, UsageError
from nodeflow.execution.call import Outputs
from nodeflow.graph import BoundNode
from nodeflow.graph.source import Constant, Source, Wire
from nodeflow.hardware import Arrangement, HardwareProfile, Request, Wishes
from nodeflow.models import is_exported
from nodeflow.node.annotations import Measure, PictureFile
from nodeflow.node.spec import FileFinder
from nodeflow.pictures import picture_size
from nodeflow.values import ModelPart, ModelRecipe


def arrange(
    nodes: Sequence[BoundNode],
    known: Mapping[str, Outputs],
    files: FileFinder | None,
    profile: HardwareProfile,
    wishes: Wishes,
) -> Arrangement:
    """Decide where the models of a run compute.

    Args:
        nodes: What may run.
        known: Results of light nodes.
        files: Finds pictures, whose size counts.
        profile: The machine.
        wishes: What the user insists on.

    Raises:
        UsageError: If the wishes name a device that is not there, or want what no device can do.
    """
    used = dict.fromkeys(model for bound in nodes for model, _ in used_parts(bound, known))
    models = [model for model in used if not is_exported(model.path)]
    if len(models) < len(used):
        _onnx_facts(wishes)
    request = replace(_request(nodes, known, files), overlap=_branches(nodes) > 1)
    arrangement = Arrangement(profile, wishes, request, models)
    for model in models:
        try:
            arrangement.placement(model)
        except UsageError:
            raise
        except NodeflowError:
            continue  # a damaged checkpoint is reported by the node that needs it
    return arrangement


def used_parts(bound: BoundNode, known: Mapping[str, Outputs]) -> Iterator[tuple[ModelRecipe, ModelPart]]:
    """The models that a node uses, as far as they are known before it runs, and which part of each."""
    for spec in bound.node.spec.inputs:
        value = _value(bound.inputs.get(spec.name), known)
        if spec.uses is not None and isinstance(value, ModelRecipe):
            yield value, spec.uses.part


def arithmetic(arrangement: Arrangement, bound: BoundNode, known: Mapping[str, Outputs]) -> Mapping[str, str]:
    """How the model parts that a node uses compute: what of the arrangement enters its key."""
    facts: dict[str, str] = {}
    for model, part in used_parts(bound, known):
        exported = is_exported(model.path)
        facts |= _onnx_facts(arrangement.wishes) if exported else arrangement.arithmetic(model, part)
    # A model that is only known during the run: all that can be said now.
    return facts or {"quality": str(arrangement.request.quality)}


def check_exported(bound: BoundNode, known: Mapping[str, Outputs], files: FileFinder | None) -> None:
    """Raise NodeFailed, naming node and input, if a node asks an exported model for what it cannot do."""
    parts = [part for model, part in used_parts(bound, known) if is_exported(model.path)]
    for part in parts:
        from nodeflow.backends.onnx import limits  # here, as few models are exported

        for spec in bound.node.spec.inputs:
            source = bound.inputs.get(spec.name)
            value = _value(source, known)
            try:
                limits.check(spec.read(value, files) if isinstance(source, Constant) else value, part)
            except ValueError:
                continue  # of no use to any model, as its node says
            except NodeflowError as error:
                error.node, error.input = bound.name, spec.name
                raise


def _onnx_facts(wishes: Wishes) -> dict[str, str]:
    """What of ONNX Runtime enters keys; without it, what would compute is not known.

    Raises:
        UsageError: If it does not have the device that is wished for.
    """
    from nodeflow.backends.onnx.providers import available, choose

    try:
        return {"backend": "onnx", "device": choose(available(), wishes.device).provider.device}
    except ImportError:
        return {"backend": "onnx"}


def _request(nodes: Sequence[BoundNode], known: Mapping[str, Outputs], files: FileFinder | None) -> Request:
    """Size and number of the largest pictures that the graph speaks of; else SDXL's own size."""
    largest: dict[Measure, int] = {}
    for bound in nodes:
        for measure, value in _measures(bound, known, files):
            largest[measure] = max(value, largest.get(measure, 1))
    usual = Request()
    return Request(
        largest.get(Measure.WIDTH, usual.width),
        largest.get(Measure.HEIGHT, usual.height),
        largest.get(Measure.COUNT, usual.batch),
    )


def _measures(
    bound: BoundNode, known: Mapping[str, Outputs], files: FileFinder | None
) -> Iterator[tuple[Measure, int]]:
    for spec in bound.node.spec.inputs:
        source = bound.inputs.get(spec.name)
        value = spec.default if source is None else _value(source, known)
        if spec.measure is not None and isinstance(value, int):
            yield spec.measure, value
        elif isinstance(spec.widget, PictureFile) and isinstance(source, Constant) and files is not None:
            with suppress(NodeflowError, ValueError):  # the node that reads it says what is wrong
                found = spec.read(source.value, files)
                if isinstance(found, Path):
                    width, height = picture_size(found)
                    yield Measure.WIDTH, width
                    yield Measure.HEIGHT, height


def _branches(nodes: Sequence[BoundNode]) -> int:
    """How many pictures are sampled and decoded apart from each other, at most."""
    parts = [{i.uses.part for i in bound.node.spec.inputs if i.uses} for bound in nodes]
    return min(parts.count({ModelPart.UNET}), parts.count({ModelPart.VAE}))


def _value(source: Source | None, known: Mapping[str, Outputs]) -> Any:
    match source:
        case Constant(value):
            return value
        case Wire(node, output) if node in known:
            return known[node].get(output)
    return None
