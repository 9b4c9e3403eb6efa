"""Finds room in a device's memory: by what is free, by a cap, and by letting go of what is not in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch

from nodeflow.backends.torch import memory, modes
from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.need import Need
from nodeflow.hardware import Mode, Placed

_LAYERS = {Mode.GROUP_OFFLOAD: 2, Mode.SEQUENTIAL: 1, Mode.DISK: 2}
"""Layers on a device at a time; the estimates of `nodeflow.hardware` count likewise."""


class Room:
    """Keeps weights within memory.

    Args:
        components: Lists what the store holds.
        forget: Lets go of a component that nobody uses; False if somebody does.
        cap: The most bytes by device address.
    """

    def __init__(
        self,
        components: Callable[[], Iterable[Component]],
        forget: Callable[[Component], bool],
        cap: Mapping[str, int],
    ) -> None:
        self._components = components
        self._forget = forget
        self._cap = cap

    def make_for(self, need: Need, *, loaded: bool = False) -> None:
        """Let go of what was not used for longest until a component's weights and work fit in.

        If they never do, nothing is left to let go of; then it is tried all the same.

        Args:
            need: The component.
            loaded: Whether it waits in RAM already.
        """
        for address, amount in _amounts(need, loaded=loaded).items():
            if self._free(address) < amount:
                memory.release(address)  # perhaps what was let go of before only waits to be collected
            while self._free(address) < amount and self._let_go_of_oldest(address):
                pass

    def suffices_for(self, need: Need) -> bool:
        """Whether a component would fit in beside everything held, and beside all work that goes on."""
        at_work = [component for component in self._components() if component.leases]
        for address, amount in _amounts(need, loaded=False).items():
            working = sum(
                component.working for component in at_work if component.device == torch.device(address)
            )
            if self._free(address) < amount + working:
                return False
        return True

    def clear(self, address: str, kept: Iterable[int] = ()) -> None:
        """Let go of everything on a device that is not in use, but not of what is `kept`, by identity."""
        spared = set(kept)
        self.park(address)
        while self._let_go_of_oldest(address, spared):
            pass
        memory.release(address)

    def park(self, address: str) -> None:
        """Move what takes turns on a device back to RAM."""
        for component in self._unused(address):
            placed = component.placed
            # Whoever waits for it has asked for it, so it stays; only an idle one can be locked at once.
            if (
                placed is None
                or placed.mode is not Mode.MODEL_OFFLOAD
                or not component.lock.acquire(blocking=False)
            ):
                continue
            try:
                if component.on_device and address != "cpu":
                    modes.move(component, torch.device("cpu"))
            finally:
                component.lock.release()

    def _unused(self, address: str) -> list[Component]:
        return [c for c in self._components() if c.address == address and not c.leases]

    def _let_go_of_oldest(self, address: str, spared: Iterable[int] = ()) -> bool:
        unused = [component for component in self._unused(address) if id(component) not in spared]
        gone = any(self._forget(component) for component in sorted(unused, key=lambda found: found.used))
        del unused  # the last to refer to it
        if gone:
            memory.release(address)
        return gone

    def _free(self, address: str) -> int:
        free = memory.free_bytes(address)
        if address not in self._cap:
            return free
        held = sum(component.nbytes for component in self._components() if component.address == address)
        return min(free, self._cap[address] - held)


def _amounts(need: Need, *, loaded: bool) -> dict[str, int]:
    """Bytes that a component takes by device address."""
    placed = need.placed
    if placed is None:
        return {}
    address = placed.device.address
    if placed.mode is Mode.MODEL_OFFLOAD and not loaded:
        return {"cpu": placed.nbytes}  # the device has to have room when its turn comes
    if placed.mode not in modes.BY_LAYER:
        return {address: placed.nbytes + need.working}
    amounts = {"cpu": 0 if placed.mode is Mode.DISK else placed.nbytes}
    amounts[address] = amounts.get(address, 0) + _layers(placed) + need.working
    return amounts


def _layers(placed: Placed) -> int:
    return placed.size.largest * placed.dtype.size * _LAYERS[placed.mode]
