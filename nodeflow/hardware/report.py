"""What a machine can do and how it would run a model: as lines of plain text, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nodeflow.hardware.arrangement import Arrangement
from nodeflow.hardware.assign import Placed
from nodeflow.hardware.placement import Placement, place
from nodeflow.hardware.profile import HardwareProfile
from nodeflow.hardware.request import Mode, Request
from nodeflow.hardware.sizes import KNOWN_SDXL, ComponentSize
from nodeflow.hardware.wishes import Wishes

_GB = 10**9
_STAYS = {
    Mode.FULL: "stays loaded",
    Mode.MODEL_OFFLOAD: "waits in RAM",
    Mode.RELOAD: "read for its turn",
    Mode.GROUP_OFFLOAD: "layer by layer from RAM, ahead",
    Mode.SEQUENTIAL: "layer by layer from RAM",
    Mode.DISK: "layer by layer from disk",
}


@dataclass(frozen=True)
class Report:
    """How a machine would run a model.

    Attributes:
        machine: The machine.
        name: What the model is called.
        request: What shall be made, and how.
        placement: Where its parts run, and why.
    """

    machine: HardwareProfile
    name: str
    request: Request
    placement: Placement

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "profile": asdict(self.machine),
            "checkpoint": self.name,
            "request": asdict(self.request),
            "placement": self.placement.to_json(),
        }

    def lines(self) -> Iterator[str]:
        """The report, as lines of plain text; sizes in GB, as everywhere."""
        machine, request, placement = self.machine, self.request, self.placement
        yield f"Devices ({machine.cores} CPU cores)"
        for device in machine.devices:
            fast = f"fast in {', '.join(device.fast)}" if device.fast else "fast in nothing but fp32"
            memory = f"{device.free / _GB:5.1f} of {device.total / _GB:5.1f} GB free"
            yield f"  {device.address:8} {device.name[:34]:34} {memory}  {fast}"
        yield from (f"  {note}" for note in machine.notes)
        yield ""
        pictures = f"{request.batch} picture" + ("s" if request.batch > 1 else "")
        yield f"{self.name}, {pictures} of {request.width} x {request.height}, quality '{request.quality}'"
        yield from (f"  {_row(placed)}" for placed in placement.components)
        for peak in placement.peaks:
            label = "RAM" if peak.device == "cpu" else peak.device
            yield f"  at most {peak.bytes / _GB:.1f} of {peak.free / _GB:.1f} GB of free {label}"
        yield ""
        yield placement.reason
        if placement.untried:
            yield "Nobody has run this arrangement yet: the figures are predictions."
        if placement.changes:
            yield ""
            yield "What would change it"
            yield from (f"  {change}" for change in placement.changes)


def _row(placed: Placed) -> str:
    owner = "refiner's " if placed.size.model == "refiner" else ""
    dtype = placed.dtype if placed.weights is placed.dtype else f"{placed.dtype}, kept in {placed.weights}"
    size = f"{placed.nbytes / _GB:5.2f} GB"
    what = f"{owner}{placed.size.part.label}"
    return f"{what:24} {size}  {placed.device.address:8} {dtype:19} {_STAYS[placed.mode]}"


def report(
    machine: HardwareProfile,
    wishes: Wishes,
    request: Request | None = None,
    *,
    sizes: Sequence[ComponentSize] = KNOWN_SDXL,
    name: str = "SDXL base",
) -> Report:
    """Decide how a machine would run a model.

    Args:
        machine: The machine.
        wishes: What the user wants of quality, device and memory.
        request: Size and number of the pictures; None: one of 1024 by 1024 pixels.
        sizes: Of the model's parts; by default SDXL's.
        name: What the model is called.

    Raises:
        UsageError: If the wishes name a device that is not there, or want what no device can do.
    """
    asked = Arrangement(machine, wishes, request).request
    return Report(machine, name, asked, place(machine, sizes, asked))
