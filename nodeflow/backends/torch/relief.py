"""When memory runs out: free what is not in use, then work in a lighter way, then say what would help.

A call that ran out is started again from its beginning, so its result is that of an undisturbed one; only
tiles change a picture, and are reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import TypeVar

from nodeflow.backends.protocol import Monitor
from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.errors import OutOfMemory
from nodeflow.hardware import TILE, Mode, Placed
from nodeflow.hardware.ram import ram
from nodeflow.values import ModelPart

Result = TypeVar("Result")

_LABELS = {
    ModelPart.TEXT_ENCODERS: "text encoders",
    ModelPart.UNET: "UNet",
    ModelPart.VAE: "VAE",
}
_DOES = {
    Mode.MODEL_OFFLOAD: "wait in RAM between their turns",
    Mode.RELOAD: "are read from disk for each turn",
    Mode.GROUP_OFFLOAD: "come from RAM layer by layer, which is slower",
    Mode.SEQUENTIAL: "come from RAM layer by layer, which is slow",
    Mode.DISK: "are read from disk layer by layer, which is very slow",
}


@dataclass(frozen=True)
class Way:
    """How a call computes.

    Attributes:
        mode: Where the weights are.
        tile: Side of the VAE's tiles in pixels; None: the picture whole.
    """

    mode: Mode
    tile: int | None = None


@dataclass(frozen=True)
class Call:
    """A call that may run out of memory.

    Attributes:
        part: The part of the model that works.
        placed: Where it runs and how, as arranged.
        tile: Side of the VAE's tiles in pixels, as arranged.
        size: Number, height and width of its pictures, in pixels; zeros for text.
        kind: What is done; decoding takes more than encoding.
        memory: Predicts how many bytes a way takes beside the weights; None: nobody knows.
    """

    part: ModelPart
    placed: Placed
    tile: int | None = None
    size: tuple[int, int, int] = (0, 0, 0)
    kind: str = ""
    memory: Callable[[Way], int] | None = None

    @property
    def pixels(self) -> int:
        """How large the work is; more takes more memory."""
        return prod(self.size)

    def lacks(self, way: Way) -> str:
        """What a way takes and what there is, if that is too little.

        On accelerators one can try. Of RAM, systems promise more than they have, and whoever then takes it is
        ended without a word.
        """
        if self.memory is None or self.placed.device.address != "cpu":
            return ""
        wanted, free = self.memory(way), ram().available
        if wanted <= free:
            return ""
        _, height, width = self.size
        return f"{width} x {height} pixels take about {wanted / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways to compute, from the arranged one to the lightest."""
        arranged = Way(self.placed.mode, self.tile)
        if self.part is ModelPart.VAE:
            helps = self.tile is None and max(self.size) > TILE
            return (arranged, replace(arranged, tile=TILE)) if helps else (arranged,)
        return arranged, *(replace(arranged, mode=mode) for mode in _lighter(self.placed))


class Relief:
    """Runs calls, in a lighter way where one of that size has run out of memory before in this process."""

    def __init__(self) -> None:
        self._known: dict[object, dict[int, int]] = {}

    def run(
        self, call: Call, work: Callable[[Way], Result], free: Callable[[], None], monitor: Monitor
    ) -> Result:
        """Do a call's work, in ever lighter ways if memory runs out.

        Args:
            call: The call.
            work: Does it in one way, from the beginning.
            free: Lets go of everything on its device that is not in use.
            monitor: Told what was done about it.

        Raises:
            OutOfMemory: If the lightest way needs too much still.
        """
        ways = call.ways
        rung = self._rung(call)
        if call.lacks(ways[rung]):
            free()
        while lacking := call.lacks(ways[rung]):
            rung += 1
            if rung == len(ways):
                raise _failed(call, lacking)
        freed = False
        while True:
            if rung:
                _tell_tile(call, ways[rung], monitor)
            try:
                return work(ways[rung])
            except (RuntimeError, MemoryError) as error:
                if not is_memory_error(error):
                    raise
                failure = error.with_traceback(None)  # else it keeps alive what filled the memory
            free()
            if not freed:
                freed = True
                monitor.warn(f"{_device(call)} ran out of memory; what was not in use was let go of")
                continue
            rung += 1
            if rung == len(ways):
                raise _failed(call) from failure
            self._known.setdefault(_key(call), {})[call.pixels] = rung
            if ways[rung].mode is not ways[rung - 1].mode:
                label, does = _LABELS[call.part], _DOES[ways[rung].mode]
                monitor.warn(f"the {label} had too little memory beside it; its weights now {does}")

    def _rung(self, call: Call) -> int:
        known = self._known.get(_key(call), {})
        return max((rung for size, rung in known.items() if size <= call.pixels), default=0)


def _key(call: Call) -> object:
    return call.kind, call.placed.size.identity, call.placed.device.address, call.placed.dtype, call.ways[0]


def _lighter(placed: Placed) -> tuple[Mode, ...]:
    """Modes that need less memory on the device, the fastest first."""
    by_layer = (Mode.GROUP_OFFLOAD,) if placed.device.kind.has_streams else ()
    ladder: tuple[Mode, ...] = (Mode.FULL, Mode.MODEL_OFFLOAD, *by_layer, Mode.SEQUENTIAL)
    if placed.device.unified:  # waiting in RAM would free nothing
        ladder = (Mode.FULL, Mode.RELOAD, Mode.DISK)
    if placed.mode is Mode.DISK:
        return ()
    # Read again for each turn, weights take as much of a device as those that wait in RAM between turns.
    here = ladder.index(placed.mode) if placed.mode in ladder else 1
    return ladder[here + 1 :]


def _tell_tile(call: Call, way: Way, monitor: Monitor) -> None:
    if way.tile != call.tile:
        monitor.deviate(call.part, tile=str(way.tile))
        monitor.warn(
            f"the picture is too large for the memory of {_device(call)}; "
            f"it is {call.kind} in tiles of {way.tile} pixels, which may show a little"
        )


def _device(call: Call) -> str:
    return "the computer" if call.placed.device.address == "cpu" else f"'{call.placed.device.address}'"


def _failed(call: Call, lacking: str = "") -> OutOfMemory:
    smaller = "Make the picture or the batch smaller, " if call.pixels else ""
    other = "" if call.placed.device.address == "cpu" else ", or set NODEFLOW_DEVICE to 'cpu'"
    close = "close other programs that use it" if smaller else "Close other programs that use it"
    message = f"{_device(call)} has too little memory for the {_LABELS[call.part]}, in whichever way it works"
    return OutOfMemory(f"{message}: {lacking}" if lacking else message, advice=f"{smaller}{close}{other}")
