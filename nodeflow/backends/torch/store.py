"""The one place where weights live. Loads each part once, however many recipes and threads ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from threading import Lock

import torch

from nodeflow.backends.torch import modes
from nodeflow.backends.torch.component import BUILDING, Component
from nodeflow.backends.torch.loading import load
from nodeflow.backends.torch.memory import release
from nodeflow.backends.torch.need import Key, Need
from nodeflow.backends.torch.room import Room
from nodeflow.backends.torch.share import are_equal, may_be_equal
from nodeflow.backends.torch.stamp import Stamp
from nodeflow.errors import NodeflowError
from nodeflow.hardware import Mode, Part


class ModelStore:
    """Loads parts on first use and lends them out. Safe to use from several threads.

    A part is known by the folder or file that holds it, and by where and in which precision it computes, so
    checkpoints that share it on disk share it in memory; those whose weights are equal do so too. One that
    changed on disk is loaded anew. What is lent is never let go of; the rest is, the least recently used
    first, when something else needs the memory.

    Args:
        cap: The most bytes of weights and work by device address, such as `cuda:0` or `cpu`; None, or an
            address that is left out: what is free.
    """

    def __init__(self, cap: Mapping[str, int] | None = None) -> None:
        self._lock = Lock()  # for the bookkeeping below; never held while something is loaded or moved
        self._entries: dict[Key, tuple[Stamp, Need, Component]] = {}
        self._room = Room(self._components, self._forget, cap or {})
        self._clock = count(1)

    @contextmanager
    def lease(self, needs: Sequence[Need]) -> Iterator[Mapping[Part, Component]]:
        """Lend parts for one call, locked against every other thread and ready to run.

        Args:
            needs: All that the call needs, in the order of `Part`; see `needed`.
        """
        with ExitStack() as stack:
            lent = {need.part: stack.enter_context(self._kept(need)) for need in needs}
            for component in lent.values():
                stack.enter_context(component.lock)
            for need in needs:
                self._bring(need, lent[need.part])
            try:
                yield lent
            except BaseException:
                for component in lent.values():
                    modes.settle(component)
                raise

    def prepare(self, needs: Sequence[Need]) -> None:
        """Load parts that will soon be needed, as long as there is room beside what is at work now."""
        for need in needs:
            if self._held(need, need.stamp()) is None and self._room.suffices_for(need):
                with self._kept(need, once=False):
                    pass

    def make_room(self, needs: Sequence[Need]) -> None:
        """Let go of everything that is not lent and shares a device with `needs`, but not of these."""
        with self._lock:
            kept = {id(self._entries[need.key][2]) for need in needs if need.key in self._entries}
        for address in {need.placed.device.address for need in needs if need.placed}:
            self._room.clear(address, kept)

    def held(self) -> tuple[Need, ...]:
        """What is in memory now."""
        with self._lock:
            return tuple(need for _, need, _ in self._entries.values())

    def close(self) -> None:
        """Forget everything; parts still lent live until their call ends."""
        with BUILDING, self._lock:
            addresses = {component.address for _, _, component in self._entries.values()}
            self._entries.clear()
        for address in filter(None, addresses):
            release(address)

    @contextmanager
    def _kept(self, need: Need, *, once: bool = True) -> Iterator[Component]:
        """Load a part if need be and keep it for the time; `once`: then let go of it, if its mode says so."""
        current = need.stamp()
        component = self._take(need, current)  # without BUILDING: nobody waits for another's loading
        if component is None:
            with BUILDING:
                component = self._take(need, current) or self._load(need, current)
        try:
            yield component
        finally:
            with self._lock:
                component.leases -= 1
                idle = once and not component.leases
            if idle and component.placed is not None and component.placed.mode is Mode.RELOAD:
                self._forget(component)

    def _held(self, need: Need, current: Stamp) -> Component | None:
        """The component that a need means, if it is loaded, unchanged on disk, and can run as needed."""
        found, _, component = self._entries.get(need.key, (None, None, None))
        if component is None or found != current:
            return None
        if component.placed is None or need.placed is None:
            return component
        return component if modes.compatible(component.placed.mode, need.placed.mode) else None

    def _take(self, need: Need, current: Stamp) -> Component | None:
        with self._lock:
            component = self._held(need, current)
            if component is not None:
                component.leases += 1
                component.used = next(self._clock)
            return component

    def _load(self, need: Need, current: Stamp) -> Component:
        with self._lock:
            self._entries.pop(need.key, None)  # lets go of the old before the new needs memory
        component = self._equal(need)
        if component is None:
            self._room.make_for(need)
            with torch.inference_mode(False):  # a preview may have it loaded in the middle of sampling
                told: list[str] = []
                module = load(need.source, need.part, need.placed, need.baked, told.append)
                component = Component(module, need.placed, told=tuple(told))
                modes.engage(component)
            component.leases = 1
        component.used = next(self._clock)
        with self._lock:
            self._entries[need.key] = current, need, component
        return component

    def _equal(self, need: Need) -> Component | None:
        """A component with the same weights out of another place, kept from now on."""
        with self._lock:
            entries = [entry for entry in self._entries.values() if may_be_equal(entry[1], need)]
            for _, _, component in entries:
                component.leases += 1
        chosen = None
        for current, other, component in entries:
            if chosen is None and _same(current, other, need, component):
                chosen = component
            else:
                with self._lock:
                    component.leases -= 1
        return chosen

    def _bring(self, need: Need, component: Component) -> None:
        """Have a component's weights where it computes; its lock is held."""
        component.working = need.working
        if need.placed is None:
            return
        component.placed = need.placed  # how it waits may have changed
        if need.placed.mode not in modes.BY_LAYER and not component.on_device:
            self._room.park(need.placed.device.address)
            self._room.make_for(need, loaded=True)
            modes.move(component, component.device)

    def _components(self) -> list[Component]:
        with self._lock:
            return list({id(component): component for _, _, component in self._entries.values()}.values())

    def _forget(self, component: Component) -> bool:
        """Let go of a component, unless somebody has asked for it in the meantime."""
        with self._lock:
            if component.leases:
                return False
            self._entries = {key: entry for key, entry in self._entries.items() if entry[2] is not component}
            return True


def _same(current: Stamp, other: Need, need: Need, component: Component) -> bool:
    if component.placed is None or need.placed is None:
        return False
    if not modes.compatible(component.placed.mode, need.placed.mode):
        return False
    try:
        return other.stamp() == current and are_equal(other, need)
    except (NodeflowError, OSError):
        return False  # what is wrong is said when it is loaded
