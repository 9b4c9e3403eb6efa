"""The worker process as its owner sees it: started, spoken to, ended, and never left behind."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress

from nodeflow.errors import NodeflowError, WorkerDied, one_line
from nodeflow.worker.channel import Channel, Message

_END = 3.0
"""Seconds that a process gets to end once its pipe is closed."""

_TAIL = 4000
"""Bytes of its last words that are read."""

_MOST = 1 << 16
"""Bytes of its words that are read at once."""

_KILLED = {
    "SIGKILL": "was killed, most likely because the system ran out of memory",
    "SIGBUS": "crashed: a file that it was reading was cut short (SIGBUS)",
    "SIGTERM": "was ended from outside",
}


class WorkerProcess:
    """One worker process. Nothing here waits for it but `end`.

    Args:
        command: Starts it.
        on_message: Called on the reading thread with every message and its payload.
        on_end: Called on that thread once, when the process is over, with what happened.

    Raises:
        NodeflowError: If it cannot be started.
    """

    def __init__(
        self,
        command: list[str],
        on_message: Callable[[Message, bytes], object],
        on_end: Callable[[WorkerDied], object],
    ) -> None:
        self._on_message = on_message
        self._on_end = on_end
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process is over
        self._outbox: queue.SimpleQueue[Callable[[], Message | None] | None] = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                start_new_session=True,  # Ctrl-C in a terminal is its owner's business
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows
            )
        except OSError as error:
            self._words.close()
            raise NodeflowError(f"the worker process does not start: {one_line(error)}") from error
        assert self._process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._channel = Channel(self._process.stdout, self._process.stdin)
        self._threads = [
            threading.Thread(target=work, name=f"nodeflow-worker-{name}", daemon=True)
            for name, work in (("writer", self._write), ("reader", self._read))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def words(self, start: int) -> bytes:
        """What it has written to its error stream, from a position on; nothing on Windows, until it ends."""
        try:
            return os.pread(self._words.fileno(), _MOST, start)
        except (AttributeError, OSError, ValueError):  # not on this system, or it is over
            return b""

    def send(self, make_message: Callable[[], Message | None]) -> None:
        """Send a message soon; it is made on the writing thread. None: there is nothing to send."""
        self._outbox.put(make_message)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def end(self) -> None:
        """End it politely, and at once if it takes too long; nothing of it is left then."""
        self._outbox.put(None)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END)
        self._process.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _write(self) -> None:
        with suppress(OSError, ValueError):  # it is gone, as the reading thread will notice
            while (make_message := self._outbox.get()) is not None:
                message = make_message()
                if message is not None:
                    self._channel.send(message)
        with suppress(OSError, ValueError):
            self._channel.close()

    def _read(self) -> None:
        try:
            while True:
                self._on_message(*self._channel.receive())
        except (EOFError, OSError, ValueError):
            pass  # it is gone, or talks nonsense
        finally:
            self._bury()

    def _bury(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END)
        self._process.kill()  # it closed its pipe, yet it lives
        code = self._process.wait()
        self._outbox.put(None)
        self._threads[0].join()
        died = self._died(code)
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._process.stdout.close()
        self._words.close()
        self._on_end(died)

    def _died(self, code: int) -> WorkerDied:
        """What happened, and as a note what it said last."""
        with suppress(OSError):
            self._words.seek(max(0, self._words.seek(0, os.SEEK_END) - _TAIL))
        words = self._words.read(_TAIL).decode(errors="replace").strip()
        if code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = f"signal {-code}"
            what = _KILLED.get(name, f"crashed ({name})")
        else:
            last = words.splitlines()[-1] if words else ""
            what = f"ended with code {code}" + (f": {one_line(last, 200)}" if last else "")
        advice = "Run again: it starts anew, and what was finished is kept"
        died = WorkerDied(f"the process that runs workflows {what}", advice=advice)
        if words:
            died.add_note(words)
        return died
