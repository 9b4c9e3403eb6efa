"""Chooses the fastest arrangement that fits. What it means in words is `explain`'s business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from nodeflow.errors import UsageError
from nodeflow.hardware.assign import Homes, Placed, assign
from nodeflow.hardware.estimate import TILE
from nodeflow.hardware.ladder import LADDER, Rung, allowed, classes
from nodeflow.hardware.peaks import peaks
from nodeflow.hardware.profile import Device, DeviceKind, HardwareProfile
from nodeflow.hardware.request import Mode, Quality, Request
from nodeflow.hardware.sizes import ComponentSize, Model

USABLE = 0.9
"""The part of free memory that a plan may take; the rest is for fragmentation and for other programs."""


@dataclass(frozen=True)
class Choice:
    """An arrangement and what it takes.

    Attributes:
        rank: Its place among all, the fastest first.
        rung: The way of arranging.
        homes: The devices it uses.
        placed: The components.
        peaks: Memory by device address, in bytes.
        tile: Side of the VAE's tiles in pixels; None: whole.
        sliced_attention: Whether the UNet takes one attention head at a time.
    """

    rank: int
    rung: Rung
    homes: Homes
    placed: tuple[Placed, ...]
    peaks: Mapping[str, int]
    tile: int | None
    sliced_attention: bool

    def shortfalls(self, profile: HardwareProfile) -> dict[str, int]:
        """Bytes that each device lacks, by address; nothing for those that have enough."""
        return _shortfalls(self.peaks, profile)

    def peaks_of_two(self, request: Request) -> Mapping[str, int]:
        """Memory by device while one picture is decoded and the next one sampled."""
        return peaks(
            self.placed, request, tile=self.tile, sliced_attention=self.sliced_attention, overlap=True
        )


def _shortfalls(needed: Mapping[str, int], profile: HardwareProfile) -> dict[str, int]:
    lacks = {
        device.address: needed.get(device.address, 0) - int(device.free * USABLE)
        for device in profile.devices
    }
    return {address: missing for address, missing in lacks.items() if missing > 0}


def has_room_for_two(choice: Choice, profile: HardwareProfile, request: Request) -> bool:
    """Whether one picture can be decoded while the next is sampled; not where parts take turns anyway."""
    stays = choice.rung.unet is Mode.FULL
    return stays and not _shortfalls(choice.peaks_of_two(request), profile)


def choices(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request
) -> Iterator[Choice]:
    """Every arrangement that the request permits on this machine, fastest first, whether it fits or not."""
    devices = tuple(d for d in profile.devices if request.device in (None, d.address))
    if not devices:
        known = ", ".join(device.address for device in profile.devices)
        raise UsageError(f"there is no device '{request.device}' here", advice=f"There are: {known}")
    refined = {size.model for size in components} == set(Model)
    rank = 0
    for group in classes(devices):
        for rung in LADDER:
            usable = [device for device in group if allowed(rung, device, request)]
            for first, second in _homes(usable, rung, refined):
                yield _choice(rank, rung, Homes(first, second, profile.cpu), components, request)
            rank += 1


def _homes(devices: list[Device], rung: Rung, refined: bool) -> Iterator[tuple[Device, Device]]:
    """Which devices to use: two where that helps, base and refiner apart before both on one."""
    alone = [(device, device) for device in devices]
    pairs = list(permutations(devices, 2))
    if refined:
        yield from pairs
    yield from alone
    if not refined and rung.unet is Mode.FULL:
        yield from pairs


def _choice(
    rank: int, rung: Rung, homes: Homes, components: Sequence[ComponentSize], request: Request
) -> Choice:
    tile = TILE if rung.relief and request.quality is not Quality.EXACT else None
    if max(request.width, request.height) <= TILE:
        tile = None  # it would be a single tile
    # Slicing is slow, and pointless where attention is fused.
    fused = all(device.kind.has_fused_attention for device in (homes.first, homes.second))
    sliced = not fused and rung != LADDER[0]
    placed = assign(rung, homes, components, request)
    needed = peaks(placed, request, tile=tile, sliced_attention=sliced)
    return Choice(rank, rung, homes, placed, needed, tile, sliced)


def decide(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request
) -> tuple[Choice, bool]:
    """The fastest arrangement that fits, and True; else the one that lacks least, and False.

    Raises:
        UsageError: If the machine has nothing that could do what is requested, however much memory it had.
    """
    short: list[tuple[int, Choice]] = []
    for choice in choices(profile, components, request):
        lacks = choice.shortfalls(profile)
        if not lacks:
            return choice, True
        short.append((sum(lacks.values()), choice))
    if not short:
        raise UsageError(
            _impossible(profile, request), advice="Leave the choice to nodeflow, or choose another"
        )
    return min(short, key=lambda found: found[0])[1], False


def _impossible(profile: HardwareProfile, request: Request) -> str:
    """What it is that no device can do."""
    wishes = [f"the mode '{request.mode}'"] if request.mode else []
    wishes += [f"the precision '{request.dtype}'"] if request.dtype else []
    wishes += ["8-bit weights"] if request.eight_bit else []
    where = request.device or ", ".join(device.address for device in profile.devices)
    reason = ""
    only_cpu = all(d.kind is DeviceKind.CPU for d in profile.devices if request.device in (None, d.address))
    if only_cpu and request.dtype == "fp16":
        reason = ": a CPU computes fp16 20 to 40 times slower than fp32"
    return f"{' with '.join(wishes)} cannot be had on {where}{reason}"
