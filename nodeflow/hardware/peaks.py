"""Adds up what an arrangement of components takes of each device's memory at the worst moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from nodeflow.hardware.assign import Placed
from nodeflow.hardware.estimate import Work, activation_bytes
from nodeflow.hardware.profile import DeviceKind
from nodeflow.hardware.request import Mode, Request
from nodeflow.hardware.sizes import Part

PROCESS_BYTES = 500_000_000
"""A process that has imported torch and diffusers: 450 MB resident on Linux (benchmarks/memory.py)."""

DEVICE_BYTES = 300_000_000
"""Libraries' workspaces on an accelerator: untried."""

_WAITS_IN_RAM = (Mode.MODEL_OFFLOAD, Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL)
_LAYERS_HELD = {Mode.GROUP_OFFLOAD: 2, Mode.SEQUENTIAL: 1, Mode.DISK: 2}
"""Layers on the device at a time: the one that computes, and the next if it is fetched meanwhile."""

_WORK = {Part.UNET: Work.DENOISE, Part.VAE: Work.DECODE}


def peaks(
    placed: Iterable[Placed],
    request: Request,
    *,
    tile: int | None,
    sliced_attention: bool,
    overlap: bool = False,
) -> Mapping[str, int]:
    """Peak memory by device address, in bytes; `cpu` is RAM, and includes accelerators that share it.

    A device holds what stays loaded, and on top of that the stage that needs most.

    Args:
        placed: The arrangement.
        request: Size and number of pictures.
        tile: Side of the VAE's tiles, in pixels; None: whole.
        sliced_attention: Whether the UNet takes one attention head at a time.
        overlap: Whether a picture is decoded while the next one is sampled.
    """
    # What models share is in memory once.
    components = list({(part.size.identity, part.device): part for part in placed}.values())
    total = _resident(components)
    stages: defaultdict[tuple[object, Work], list[Placed]] = defaultdict(list)
    for part in components:
        stages[part.size.model, _WORK.get(part.size.part, Work.ENCODE_TEXT)].append(part)
    by_work: defaultdict[Work, Counter[str]] = defaultdict(Counter)
    for (_, work), parts in stages.items():  # the larger of two models, by device
        by_work[work] |= _at_work(parts, work, request, tile, sliced_attention)
    if overlap:
        by_work[Work.DENOISE] += by_work.pop(Work.DECODE, Counter())
    worst: Counter[str] = Counter()
    for added in by_work.values():
        worst |= added
    worst |= _passing_through(components)
    total += worst
    for device in {part.device for part in components if part.device.unified}:
        if device.kind is not DeviceKind.CPU:
            total["cpu"] += total[device.address]
    return dict(total)


def _resident(components: Iterable[Placed]) -> Counter[str]:
    """What stays in memory all the time."""
    total = Counter({"cpu": PROCESS_BYTES})
    for address in {part.device.address for part in components} - {"cpu"}:
        total[address] = DEVICE_BYTES
    for part in components:
        if part.mode is Mode.FULL:
            total[part.device.address] += part.nbytes
        elif part.mode in _WAITS_IN_RAM:
            total["cpu"] += part.nbytes
    return total


def _at_work(
    parts: Iterable[Placed], work: Work, request: Request, tile: int | None, sliced: bool
) -> Counter[str]:
    """What a stage adds on each device."""
    added: Counter[str] = Counter()
    for part in parts:
        activations = activation_bytes(
            work,
            request,
            part.dtype,
            tile=tile,
            fused_attention=part.device.kind.has_fused_attention,
            sliced_attention=sliced,
            breadth=part.size.breadth,
        )
        added[part.device.address] += _working_weights(part) + activations
    return added


def _working_weights(part: Placed) -> int:
    """Weights on the device for the time of a component's work, beyond those that stay."""
    layer = part.size.largest * part.dtype.size
    widened = layer if part.weights is not part.dtype else 0
    if part.mode is Mode.FULL:
        return widened
    if part.mode in _LAYERS_HELD:
        return layer * _LAYERS_HELD[part.mode]
    return part.nbytes + widened


def _passing_through(components: Iterable[Placed]) -> Counter[str]:
    """RAM that the largest component takes on its way from disk to a card."""
    cards = (part for part in components if not part.device.unified and part.mode in (Mode.FULL, Mode.RELOAD))
    return Counter({"cpu": max(chain((part.nbytes for part in cards), (0,)))})
