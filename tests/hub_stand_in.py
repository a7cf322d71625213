"""A model hub on a port of this machine that has one folder, spoken to by the hub's real client."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "1234567890abcdef1234567890abcdef12345678"


class HubStandIn:
    """``requests`` lists what was asked for, as ``GET path``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.requests: list[str] = []
        self.url = ""

    def files(self) -> dict[str, bytes]:
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in self.folder.rglob("*.*")}


@contextmanager
def hub(folder: Path, name: str) -> Iterator[HubStandIn]:
    """Serve the folder as the model ``owner/name``, whose branch ``main`` is at ``COMMIT``."""
    stand_in = HubStandIn(folder, name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(stand_in: HubStandIn) -> type[BaseHTTPRequestHandler]:
    about = f"/api/models/{stand_in.name}"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            stand_in.requests.append(f"{self.command} {path}")
            files = stand_in.files()
            if path in (f"{about}/revision/main", f"{about}/revision/{COMMIT}"):
                return self._json({"id": stand_in.name, "sha": COMMIT, "siblings": [], "tags": []})
            if path.startswith(f"{about}/tree/{COMMIT}"):
                return self._json(
                    [
                        {"type": "file", "path": name, "size": len(data), "oid": _hash(data)}
                        for name, data in sorted(files.items())
                    ]
                )
            resolved = path.removeprefix(f"/{stand_in.name}/resolve/{COMMIT}/")
            if resolved in files:
                return self._answer(200, files[resolved], {"ETag": f'"{_hash(files[resolved])}"'})
            error = "RepoNotFound" if not path.startswith(about) else "RevisionNotFound"
            return self._answer(404, b"{}", {"X-Error-Code": error})

        def _json(self, value: object) -> None:
            self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in {**headers, "X-Repo-Commit": COMMIT, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Tests look at ``requests``."""

    return Handler


def _hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
