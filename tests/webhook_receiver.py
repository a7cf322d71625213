"""A receiver of webhooks on this machine: it keeps what it is sent, and answers what it is told to."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Sent:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def signed_by(self, secret: str) -> None:
        """Raises ``standardwebhooks.WebhookVerificationError``."""
        Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """``answers`` are given in turn, each ``(status, headers, body)``; after that 204. It hangs while ``free`` is
    clear, and ``came`` is released once for each request."""

    url: str
    sent: list[Sent] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str], bytes]] = field(default_factory=deque)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    free: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.sent.append(Sent(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            receiver.came.release()
            receiver.free.wait()
            status, headers, answer = receiver.answers.popleft() if receiver.answers else (204, {}, b"")
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # the sender has hung up

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
        receiver.free.set()
        threading.Thread(target=server.serve_forever).start()
        try:
            yield receiver
        finally:
            receiver.free.set()
            server.shutdown()
