"""What stands for the values of a run that another process holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nodeflow.cache.classes import BUILT_IN, class_table
from nodeflow.cache.codec import decode
from nodeflow.cache.packing import Unreadable
from nodeflow.errors import NodeflowError
from nodeflow.execution.look import Look
from nodeflow.worker.messages import unpack_look

Answer = tuple[Any, bytes]

S = TypeVar("S")
T = TypeVar("T")


def then(asked: Future[S], read: Callable[[S], T]) -> Future[T]:
    """A future of what `read` makes of another's result; fails and is cancelled with it."""
    made: Future[T] = Future()

    def done(answered: Future[S]) -> None:
        if answered.cancelled():
            made.cancel()
        if not made.set_running_or_notify_cancel():
            return
        try:
            made.set_result(read(answered.result()))
        except BaseException as error:  # noqa: BLE001 - it is passed on
            made.set_exception(error)

    asked.add_done_callback(done)
    return made


class Kept:
    """What a worker keeps of one run. When nobody holds it any more, the worker forgets it.

    Args:
        run: The run's number.
        ask: Asks the process that ran it.
    """

    def __init__(self, run: int, ask: Callable[[str, Mapping[str, Any]], Future[Answer]]) -> None:
        self.run = run
        self.ask = ask


@dataclass(frozen=True, eq=False)
class Handle:
    """A value that a worker holds, as long as somebody holds this.

    Attributes:
        name: `node.output`.
        kind: Its type, as sockets name it.
        text: One line that describes it.
    """

    name: str
    kind: str
    text: str
    _kept: Kept = field(repr=False)

    def ask_look(self, side: int = 0) -> Future[Look]:
        """Ask for what can be seen of it; the future fails if its process is gone."""
        content = {"run": self._kept.run, "name": self.name, "side": side}
        return then(self._kept.ask("view", content), lambda answer: unpack_look(*answer))

    def look(self, side: int = 0) -> Look:
        """What can be seen of it; waits for the answer.

        Args:
            side: Longest side of its pictures in pixels; 0: none are made.

        Raises:
            NodeflowError: If its process is gone.
        """
        return self.ask_look(side).result()

    def load(self) -> Any:
        """The value itself; waits for it, and brings NumPy along.

        Raises:
            NodeflowError: If its process is gone, or its type is known only there.
        """
        _, data = self._kept.ask("load", {"run": self._kept.run, "name": self.name}).result()
        try:
            return decode(data, class_table(BUILT_IN))["value"]
        except Unreadable:
            raise NodeflowError(
                f"{self.name} is a {self.kind}, which only its own package can read"
            ) from None
