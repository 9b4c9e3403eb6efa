"""`nodeflow doctor`: what this machine can do, where SDXL's parts would run on it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nodeflow.cli.output import print_json, say
from nodeflow.errors import ExitCode
from nodeflow.folders import Folders
from nodeflow.hardware import (
    KNOWN_SDXL,
    Arrangement,
    ComponentSize,
    HardwareProfile,
    Mode,
    Placed,
    Placement,
    Request,
    Wishes,
    component_sizes,
    detect,
    place,
    read_profile,
)
from nodeflow.models import Catalogue, ModelKind
from nodeflow.settings import read_settings

_GIB = 2**30
_STAYS = {
    Mode.FULL: "stays loaded",
    Mode.MODEL_OFFLOAD: "waits in RAM",
    Mode.RELOAD: "read for its turn",
    Mode.GROUP_OFFLOAD: "layer by layer from RAM, ahead",
    Mode.SEQUENTIAL: "layer by layer from RAM",
    Mode.DISK: "layer by layer from disk",
}


def run_doctor(
    profile: Path | None,
    checkpoint: str,
    as_json: bool,
    *,
    refiner: str = "",
    wishes: Wishes | None = None,
    size: tuple[int, int, int] = (1024, 1024, 1),
) -> ExitCode:
    """Explain how a machine would run SDXL.

    Args:
        profile: A file with another machine's profile, as `--json` prints it; None: this machine.
        checkpoint: Name or path of a checkpoint; empty: SDXL base, which need not be there.
        as_json: Print one JSON object instead of text.
        refiner: Name or path of a refiner to use as well; empty: none.
        wishes: What the command line wants; for this machine, the settings are asked too.
        size: Width and height of the pictures in pixels, and how many are made at once.

    Returns:
        `OUT_OF_MEMORY` if it would not fit.

    Raises:
        UsageError: If the device or the profile is unknown.
        MissingFile: If the profile or the checkpoint can't be read.
    """
    asked = wishes or Wishes()
    if profile is None:
        asked = asked.over(read_settings(Folders.from_environment()).wishes())
    machine = read_profile(profile) if profile else detect()
    sizes = _sizes(checkpoint, ModelKind.CHECKPOINT) if checkpoint else KNOWN_SDXL
    sizes += _sizes(refiner, ModelKind.REFINER) if refiner else ()
    request = Arrangement(machine, asked, Request(*size)).request
    placement = place(machine, sizes, request)
    name = " with ".join(filter(None, (checkpoint or "SDXL base", refiner)))
    if as_json:
        print_json(_json(machine, name, request, placement))
    else:
        for line in _lines(machine, name, request, placement):
            say(line)
    return ExitCode.DONE if placement.fits else ExitCode.OUT_OF_MEMORY


def _sizes(name: str, kind: ModelKind) -> tuple[ComponentSize, ...]:
    """The sizes of a checkpoint at a path, or of a name in the models folders."""
    path = Path(name).expanduser()  # the user typed it, so he may read it
    return component_sizes(
        path if path.exists() else Catalogue(Folders.from_environment()).find(name, kind).path
    )


def _json(machine: HardwareProfile, name: str, request: Request, placement: Placement) -> dict[str, Any]:
    return {
        "profile": asdict(machine),
        "checkpoint": name,
        "request": asdict(request),
        "placement": placement.to_json(),
    }


def _lines(machine: HardwareProfile, name: str, request: Request, placement: Placement) -> Iterator[str]:
    """The report, as lines of plain text; sizes in GiB, in which memory is sold."""
    yield f"Devices ({machine.cores} CPU cores)"
    for device in machine.devices:
        fast = f"fast in {', '.join(device.fast)}" if device.fast else "fast in nothing but fp32"
        memory = f"{device.free / _GIB:5.1f} of {device.total / _GIB:5.1f} GiB free"
        yield f"  {device.address:8} {device.name[:34]:34} {memory}  {fast}"
    yield from (f"  {note}" for note in machine.notes)
    yield ""
    pictures = f"{request.batch} picture" + ("s" if request.batch > 1 else "")
    yield f"{name}, {pictures} of {request.width} x {request.height}, quality '{request.quality}'"
    yield from (f"  {_row(placed)}" for placed in placement.components)
    for peak in placement.peaks:
        label = "RAM" if peak.device == "cpu" else peak.device
        yield f"  at most {peak.bytes / _GIB:.1f} of {peak.free / _GIB:.1f} GiB of free {label}"
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
    size = f"{placed.nbytes / _GIB:5.2f} GiB"
    what = f"{owner}{placed.size.part.label}"
    return f"{what:24} {size}  {placed.device.address:8} {dtype:19} {_STAYS[placed.mode]}"
