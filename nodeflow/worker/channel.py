"""Messages between two processes over pipes: JSON, and bytes that go with it. Nothing is unpickled."""

from __future__ import annotations

import json
import struct
import threading
from typing import IO, Any

_HEAD = struct.Struct("<II")
MAX_JSON = 2**28
"""Larger than any workflow file may be; more can only be damage."""

Message = dict[str, Any]


class Channel:
    """One end of a connection. Any thread may send; one receives.

    Args:
        incoming: Where messages come from.
        outgoing: Where they go; not buffered, or flushed by this class alone.
    """

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, message: Message, payload: bytes = b"") -> None:
        """Send a message; waits while the other side does not read.

        Raises:
            OSError: If the other side is gone.
            ValueError: If it is too large, or this end is closed.
        """
        text = json.dumps(message, separators=(",", ":")).encode()
        if len(text) > MAX_JSON:
            raise ValueError("the message is too large")
        with self._lock:
            self._outgoing.write(_HEAD.pack(len(text), len(payload)) + text)
            self._outgoing.write(payload)
            self._outgoing.flush()

    def receive(self) -> tuple[Message, bytes]:
        """Wait for the next message.

        Raises:
            EOFError: If the other side is gone.
            OSError: If the pipe is broken.
            ValueError: If what comes is no message.
        """
        length, more = _HEAD.unpack(self._read(_HEAD.size))
        if length > MAX_JSON:
            raise ValueError("what came is no message")
        message = json.loads(self._read(length))
        return message, self._read(more)

    def _read(self, size: int) -> bytes:
        data = self._incoming.read(size)
        if data is None or len(data) < size:
            raise EOFError
        return data

    def close(self) -> None:
        """Close the outgoing pipe: the other side takes it as the end."""
        with self._lock:
            self._outgoing.close()
