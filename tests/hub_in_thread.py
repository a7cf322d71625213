"""A small model hub on this machine, in a thread: as much of its protocol as a download uses, and ways to fail.

Weights are kept apart from small files, as on the real hub: a request for them is sent on to another place by a
redirect, and their ETag is the SHA-256 of their bytes. A program uses it by ``HF_ENDPOINT``.
"""

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from tests.worker_process import PATIENCE_S

COMMIT = "5ba1e0" + "c" * 34
"""The only commit; ``main`` is the branch that points to it."""
_INFO = re.compile(r"/api/models/(?P<name>[^/]+/[^/]+)(?:/revision/(?P<revision>[^/]+))?")
_TREE = re.compile(r"/api/models/(?P<name>[^/]+/[^/]+)/tree/(?P<revision>[^/]+)")
_FILE = re.compile(r"/(?P<name>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
_STORED = re.compile(r"/stored/(?P<sha256>[0-9a-f]{64})")
_RANGE = re.compile(r"bytes=(?P<start>\d+)-")


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is the file's, where it asks for a file's bytes, else the URL's; ``start`` the first byte asked for."""

    method: str
    path: str
    start: int
    token: str | None


@dataclass
class Hub:
    """One repository, and what is wrong with it today.

    Attributes:
        folder: what the repository holds.
        name: ``owner/name``.
        store: where the bytes of weights are; another host, as far as a client can tell.
        closed: every file is answered with this status: ``401`` without and ``403`` with a token of no use.
        breaking: how often the connection ends half way through a file, by path.
        held: files whose second half waits until ``go_on`` is set; ``holding`` says that one does.
        spoiled: files that are sent with other bytes of the same length.
        claimed: sizes that are told instead of the files' own.
        requests: everything that was asked for.
    """

    folder: Path
    name: str
    url: str = ""
    store: str = ""
    closed: Literal[401, 403] | None = None
    breaking: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)
    holding: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    spoiled: set[str] = field(default_factory=set)
    claimed: dict[str, int] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def fetched(self, path: str) -> list[int]:
        """The first byte of each request for the file's bytes."""
        return [request.start for request in self.requests if request.method == "GET" and request.path == path]

    def sizes(self) -> Mapping[str, int]:
        """The bytes of each file, by its path."""
        return {str(file.relative_to(self.folder)): file.stat().st_size for file in _files(self.folder)}


@contextmanager
def hub(folder: Path, name: str = "Qwen/Qwen-Image-Layered") -> Iterator[Hub]:
    """Serve the folder as a repository until the ``with`` ends."""
    served = Hub(folder, name)

    class Handler(_Handler):
        hub = served

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        port = server.server_address[1]
        served.url, served.store = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        threading.Thread(target=server.serve_forever, name="hub").start()
        try:
            yield served
        finally:
            served.go_on.set()
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if stored := _STORED.fullmatch(path):
            self._stored(stored["sha256"])
            return
        found, answer = self._asked(path)
        if found is None:
            self._refuse(404, "EntryNotFound")
        elif found["name"] != self.hub.name:
            self._refuse(401, "RepoNotFound")  # the hub tells a stranger no more than this
        elif found["revision"] not in (None, "main", COMMIT):
            self._refuse(404, "RevisionNotFound")
        else:
            answer(found)

    def _asked(self, path: str) -> tuple[re.Match[str] | None, Callable[[re.Match[str]], None]]:
        for pattern, answer in ((_TREE, self._tree), (_FILE, self._file), (_INFO, self._info)):
            if found := pattern.fullmatch(path):
                return found, answer
        return None, self._info

    def _info(self, _: re.Match[str]) -> None:
        siblings = [{"rfilename": path, "size": size} for path, size in self.hub.sizes().items()]
        self._json({"_id": "1", "id": self.hub.name, "modelId": self.hub.name, "sha": COMMIT, "siblings": siblings})

    def _tree(self, _: re.Match[str]) -> None:
        folders = sorted(path for path in self.hub.folder.rglob("*") if path.is_dir())
        entries: list[dict[str, object]] = [
            {"type": "directory", "oid": "0" * 40, "size": 0, "path": self._name(folder)} for folder in folders
        ]
        for file in _files(self.hub.folder):
            data = file.read_bytes()
            size = self._told_size(file)
            entry = {"type": "file", "oid": _git_hash(data), "size": size, "path": self._name(file)}
            if _is_large(file):
                entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 130}
            entries.append(entry)
        self._json(entries)

    def _file(self, found: re.Match[str]) -> None:
        file = self.hub.folder / found["path"]
        if self.hub.closed is not None:
            self._refuse(self.hub.closed, "GatedRepo")
        elif not file.is_file():
            self._refuse(404, "EntryNotFound")
        elif _is_large(file):
            self._note(self.path)
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            self.send_response(302)
            self.send_header("Location", f"{self.hub.store}/stored/{sha256}")
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("X-Linked-ETag", f'"{sha256}"')
            self.send_header("X-Linked-Size", str(self._told_size(file)))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(file, _git_hash(file.read_bytes()))

    def _stored(self, sha256: str) -> None:
        for file in _files(self.hub.folder):
            if _is_large(file) and hashlib.sha256(file.read_bytes()).hexdigest() == sha256:
                self._send(file, sha256)
                return
        self._refuse(404, "EntryNotFound")

    def _send(self, file: Path, etag: str) -> None:
        """The file, or from a byte on; as far as today's faults let it."""
        name, data = self._name(file), file.read_bytes()
        if name in self.hub.spoiled:
            data = data.translate(bytes(range(255, -1, -1)))
        ranged = _RANGE.match(self.headers.get("Range", ""))
        start = int(ranged["start"]) if ranged else 0
        self._note(name, start)
        self.send_response(206 if ranged else 200)
        if ranged:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        told = self._told_size(file) if self.command == "HEAD" else len(data)
        self.send_header("Content-Length", str(told - start))
        self.end_headers()
        if self.command == "GET":
            self._send_halves(name, data[start:])

    def _send_halves(self, name: str, data: bytes) -> None:
        half = len(data) // 2
        try:
            self.wfile.write(data[:half])
            self.wfile.flush()
            if self.hub.breaking[name] > 0:
                self.hub.breaking[name] -= 1
                self.close_connection = True
                return
            if name in self.hub.held:
                self.hub.holding.set()
                self.hub.go_on.wait(PATIENCE_S)
            self.wfile.write(data[half:])
        except ConnectionError:  # whoever asked has gone
            self.close_connection = True

    def _note(self, path: str, start: int = 0) -> None:
        token = self.headers.get("Authorization")
        self.hub.requests.append(Request(self.command, path, start, token))

    def _json(self, value: object) -> None:
        self._note(self.path)
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self._note(self.path)
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", f"{code}, says the hub.")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _told_size(self, file: Path) -> int:
        return self.hub.claimed.get(self._name(file), file.stat().st_size)

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.hub.folder))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _is_large(file: Path) -> bool:
    return file.suffix in (".safetensors", ".bin")


def _git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
