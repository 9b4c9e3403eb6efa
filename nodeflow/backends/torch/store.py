"""The one place where weights live. Loads each part once, however many recipes and threads ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nodeflow.backends.torch.component import BUILDING, Component
from nodeflow.backends.torch.device import Device
from nodeflow.backends.torch.loading import load
from nodeflow.backends.torch.source import Part, Source
from nodeflow.backends.torch.stamp import stamp


class ModelStore:
    """Loads parts on first use and lends them out. Safe to use from several threads.

    A part is known by the folder or file that holds it, so checkpoints that share it on disk share it in
    memory. One that changed on disk is loaded anew.

    Args:
        device: Where parts are loaded to.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._components: dict[tuple[Path, Part], Component] = {}

    @contextmanager
    def lease(self, source: Source, *parts: Part) -> Iterator[Mapping[Part, Component]]:
        """Lend parts of a checkpoint for one call, locked against every other thread.

        Args:
            source: The checkpoint.
            parts: What the call needs; all of it is taken at once, always in the same order.
        """
        ordered = [part for part in Part if part in parts]
        components = {part: self._component(source, part) for part in ordered}
        with ExitStack() as stack:
            for component in components.values():
                stack.enter_context(component.lock)
            yield components

    def close(self) -> None:
        """Forget everything; parts still lent live until their call ends."""
        with BUILDING:
            self._components.clear()

    def _component(self, source: Source, part: Part) -> Component:
        key = source.place(part), part
        current = stamp(key[0])
        held = self._components.get(key)  # without the lock, so that nobody waits for another's loading
        if held is not None and held.stamp == current:
            return held
        with BUILDING:
            held = self._components.get(key)
            if held is None or held.stamp != current:
                self._components.pop(key, None)  # lets go of the old before the new needs memory
                for loaded, module in load(source, part, self._device).items():
                    place = source.place(loaded)
                    self._components[place, loaded] = Component(module, stamp(place))
            return self._components[key]
