"""A hub of a few files on this machine, as far as huggingface_hub asks one."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves one model; may break off an answer after some bytes.

    Attributes:
        name: The model's id.
        files: Its files.
        breaks_after: How many bytes of a file go out before the connection ends; None: all.
        served: How many bytes of files went out.
    """

    daemon_threads = True

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.name, self.files = name, files
        self.breaks_after: int | None = None
        self.served = 0
        self.ranges: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *_: object) -> None:
        return

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        hub = self.server
        if path.startswith(f"/api/models/{hub.name}/tree/"):
            self._send(
                json.dumps([_entry(name, data) for name, data in hub.files.items()]).encode(), body=body
            )
        elif path.startswith(f"/api/models/{hub.name}"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in hub.files.items()]
            info = {"id": hub.name, "sha": COMMIT, "siblings": siblings, "private": False, "tags": []}
            self._send(json.dumps(info | {"downloads": 0, "likes": 0}).encode(), body=body)
        elif path.startswith(f"/{hub.name}/resolve/"):
            file = path.removeprefix(f"/{hub.name}/resolve/").partition("/")[2]
            self._file(hub.files[file], body=body)
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _send(self, data: bytes, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _file(self, data: bytes, *, body: bool) -> None:
        hub, begin = self.server, 0
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes="):
            begin = int(wanted.removeprefix("bytes=").partition("-")[0])
            hub.ranges.append(wanted)
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        if body:
            sent = data[begin:][: hub.breaks_after]
            hub.served += len(sent)
            self.wfile.write(sent)
            if len(sent) < len(data) - begin:
                self.close_connection = True


def _entry(name: str, data: bytes) -> dict[str, object]:
    return {"type": "file", "oid": hashlib.sha1(data).hexdigest(), "size": len(data), "path": name}  # noqa: S324


@contextmanager
def serving(name: str, files: dict[str, bytes]) -> Iterator[Hub]:
    """A hub with one model, for the time."""
    with Hub(name, files) as hub:
        thread = threading.Thread(target=hub.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
