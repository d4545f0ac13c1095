"""A receiver of webhooks, and the part of the portal that takes reports and hands out replays."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class _Server:
    """Answers in threads of its own, on a port of this machine."""

    def __init__(self) -> None:
        outer = self
        self.is_ending = threading.Event()
        self.drips_every = 0.0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(size)
                headers = {k.lower(): v for k, v in self.headers.items()}
                status, more, text = outer.answer(self.path, headers, body)
                try:
                    self._write(status, more, text)
                except OSError:
                    # whoever asked has gone
                    self.close_connection = True

            def _write(self, status: int, more: dict[str, str], text: bytes) -> None:
                while outer.drips_every and not outer.is_ending.is_set():
                    self.wfile.write(b"H")
                    outer.is_ending.wait(outer.drips_every)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        raise NotImplementedError

    @contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            self.is_ending.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()


class Receiver(_Server):
    """Keeps what came; `says` decides on the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[dict[str, str], str]] = []
        self.says: Callable[[], Answer] = lambda: (204, {}, b"")

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.came.append((headers, body.decode()))
        return self.says()


class Portal(_Server):
    """What docs/webhooks.md says of a platform without the SDK.

    The real routes are held against the same program in `operations-backend` (python.test.ts).
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.most_bytes = 10_000_000
        self.breaks: set[str] = set()
        self.failures: list[dict[str, Any]] = []
        self.outcomes: list[tuple[str, dict[str, Any]]] = []
        self.leases: dict[str, float] = {}
        self.refused: set[str] = set()
        self._replays: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self.answered = 0

    def ask(self, command: str, of: dict[str, Any], force: bool = False) -> None:
        """An operator asks for a replay of a failure that was reported."""
        names = ("tenant", "endpoint", "webhookId", "eventType")
        replay = {"commandId": command, **{k: of[k] for k in names}, "force": force}
        with self._lock:
            self._replays[command] = replay

    def expire(self, command: str) -> None:
        """The lease of a command is over."""
        self.leases.pop(command, None)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            self.answered += 1
            if self.is_away:
                return 503, {}, b""
            if headers.get("authorization") != "Bearer a-token":
                return 401, {}, b""
            if len(body) > self.most_bytes:
                return 413, {}, b""
            status, said = self._answer(path, json.loads(body))
            text = json.dumps(said).encode()
            return status, {"content-type": "application/json"}, text

    def _answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        what = path.removeprefix("/api/operations/v1")
        if what in self.breaks:
            return 500, {}
        if what == "/webhook-failures/reports":
            if any(one["webhookId"] in self.refused for one in body["failures"]):
                return 400, {"error": {"message": "failures.0: is wrong"}}
            self.failures += body["failures"]
            return 200, {"recorded": len(body["failures"]), "repeated": 0}
        if what == "/webhook-replays/claims":
            now = time.monotonic()
            free = [
                replay
                for command, replay in self._replays.items()
                if self.leases.get(command, 0.0) < now
            ][: body["limit"]]
            for replay in free:
                self.leases[replay["commandId"]] = now + body["leaseSeconds"]
            return 200, {"replays": free}
        command = what.split("/")[3]
        self.outcomes.append((command, body))
        return 200, {"recorded": self._replays.pop(command, None) is not None}
