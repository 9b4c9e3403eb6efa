"""What of the machine the nodes of a plan use: device, precision and memory, as far as a plan can tell."""

from __future__ import annotations

from typing import NamedTuple

from nodeflow.errors import NodeflowError
from nodeflow.execution.arranging import used_parts
from nodeflow.execution.plan import Plan
from nodeflow.hardware import Part
from nodeflow.hardware.arrangement import PARTS


class Use(NamedTuple):
    """What a node uses of a device.

    Attributes:
        device: Its address.
        dtype: What the node computes in.
        nbytes: Predicted memory for the weights it uses and the work itself.
    """

    device: str
    dtype: str
    nbytes: int


def uses(plan: Plan) -> dict[str, Use]:
    """What the nodes of a plan use that will be computed with a model."""
    found = ((name, _use(plan, name)) for name in plan.runs)
    return {name: use for name, use in found if use is not None}


def peaks(plan: Plan) -> dict[str, int]:
    """Predicted memory by device at the worst moment of a run, in bytes."""
    found: dict[str, int] = {}
    if plan.arrangement is not None:
        models = dict.fromkeys(
            model for name in plan.runs for model, _ in used_parts(plan.graph.nodes[name], plan.known)
        )
        for model in models:
            try:
                placement = plan.arrangement.placement(model)
            except NodeflowError:
                continue  # a damaged checkpoint is reported by the node that needs it
            for peak in placement.peaks:
                found[peak.device] = max(peak.bytes, found.get(peak.device, 0))
    return found


def _use(plan: Plan, name: str) -> Use | None:
    arrangement = plan.arrangement
    if arrangement is None:
        return None
    for model, model_part in used_parts(plan.graph.nodes[name], plan.known):
        placed = {}
        for part in PARTS[model_part]:
            try:
                placed[part] = arrangement.placed(model, part)
            except (NodeflowError, KeyError):
                continue  # damaged; or a refiner, which lacks the first text encoder
        if placed:
            work = max(arrangement.working_bytes(model, part) for part in placed)
            main = placed.get(Part.TEXT_ENCODER_2) or next(iter(placed.values()))
            nbytes = sum(one.nbytes for one in placed.values()) + work
            return Use(main.device.address, main.dtype.value, nbytes)
    return None
