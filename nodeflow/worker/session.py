"""The worker's side: a runner, and the channel that it is used through."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import is_dataclass
from typing import Any

from nodeflow.cache.classes import BUILT_IN, class_table
from nodeflow.cache.codec import encode
from nodeflow.cache.packing import NotStorable
from nodeflow.errors import NodeflowError
from nodeflow.execution.call import node_error
from nodeflow.execution.look import look_at
from nodeflow.execution.runner import ThreadRunner
from nodeflow.worker.channel import Channel, Message
from nodeflow.worker.messages import pack_error, pack_forecast, pack_look, unpack_folders, unpack_job
from nodeflow.worker.node_types import pack_node_types
from nodeflow.worker.results import then
from nodeflow.worker.running import Running

GRACE = 1.0
"""Seconds that runs get to end when the other side is gone."""

Packed = tuple[Any, bytes]


class Session:
    """Serves one editor.

    Args:
        channel: Where its messages come from and the answers go.
        make: `module:function` that makes the runner.
    """

    def __init__(self, channel: Channel, make: str) -> None:
        self._channel = channel
        self._make = make
        self._runner: ThreadRunner | None = None
        self._making = threading.Lock()
        self._running = Running(channel, self._get_runner)
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-asking")
        self._values = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-values")

    def serve(self) -> None:
        """Serve until the other side is gone. This thread only listens: whatever may hang is elsewhere."""
        self._asking.submit(self._get_runner)  # what is wrong with it, the first question's answer says
        with suppress(EOFError, OSError, ValueError):
            while True:
                self._take(self._channel.receive()[0])
        self._running.end(GRACE)

    def _take(self, message: Message) -> None:
        match message["do"]:
            case "start":
                self._running.start(message)
            case "cancel":
                self._running.cancel(message["id"])
            case "answer":
                self._running.answer(message["id"], message["node"], message["choice"])
            case "forget":
                self._running.forget(message["run"])
            case "view":
                self._answer(message, self._values.submit(self._view, message))
            case "load":
                self._answer(message, self._values.submit(self._load, message))
            case (
                "doctor" | "follow" | "forecast" | "freeze" | "look" | "node_types" | "warm_up"
            ) as question:
                self._asking.submit(self._ask, message, getattr(self, f"_{question}"))

    def _get_runner(self) -> ThreadRunner:
        with self._making:
            if self._runner is None:
                module, _, names = self._make.partition(":")
                made: Any = importlib.import_module(module)
                for name in names.split("."):
                    made = getattr(made, name)
                self._runner = made()
            return self._runner

    def _forecast(self, message: Message) -> Future[Packed]:
        asked = self._get_runner().forecast(unpack_job(message["job"]))
        return then(asked, lambda told: (pack_forecast(told), b""))

    def _look(self, message: Message) -> Future[Packed]:
        asked = self._get_runner().look(unpack_job(message["job"]), message["output"], message["side"])
        return then(asked, lambda look: pack_look(look) if look is not None else (None, b""))

    def _freeze(self, message: Message) -> Future[Packed]:
        asked = self._get_runner().freeze(unpack_job(message["job"]), message["nodes"])
        return then(asked, lambda keys: (dict(keys), b""))

    def _node_types(self, message: Message) -> Future[Packed]:
        asked = self._get_runner().node_types(anew=message["anew"])
        return then(asked, lambda types: (pack_node_types(types), b""))

    def _follow(self, message: Message) -> Future[Packed]:
        followed = self._get_runner().follow(unpack_folders(message["folders"]))
        return then(followed, lambda _: (None, b""))

    def _doctor(self, message: Message) -> Future[Packed]:  # noqa: ARG002 - called as the others are
        return then(self._get_runner().doctor(), lambda told: (told, b""))

    def _warm_up(self, message: Message) -> Future[Packed]:  # noqa: ARG002 - called as the others are
        return then(self._get_runner().warm_up(), lambda _: (None, b""))

    def _view(self, message: Message) -> Packed:
        return pack_look(look_at(self._running.value(message["run"], message["name"]), message["side"]))

    def _load(self, message: Message) -> Packed:
        value = self._running.value(message["run"], message["name"])
        registry = self._get_runner().registry
        types = {spec.socket.type for node in registry for spec in node.spec.outputs}
        try:
            return None, encode({"value": value}, class_table((*BUILT_IN, *filter(is_dataclass, types))))
        except NotStorable as error:
            raise NodeflowError(f"{message['name']} cannot leave its process: {error}") from None

    def _ask(self, message: Message, question: Callable[[Message], Future[Packed]]) -> None:
        try:
            asked = question(message)
        except BaseException as error:  # noqa: BLE001 - whatever it is, somebody waits for the answer
            asked = Future()
            asked.set_exception(error)
        self._answer(message, asked)

    def _answer(self, message: Message, asked: Future[Packed]) -> None:
        def done(answered: Future[Packed]) -> None:
            if answered.cancelled():
                return  # whoever asked has asked for something newer
            error = answered.exception()
            with suppress(OSError, ValueError):  # the other side is gone, as the listening thread will notice
                if error is not None:
                    self._channel.send({"of": message["id"], "error": pack_error(node_error(error, ""))})
                else:
                    plain, payload = answered.result()
                    self._channel.send({"of": message["id"], "answer": plain}, payload)

        asked.add_done_callback(done)
