"""A client that costs little: requests as bytes over open connections, so that the server is what is measured."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

Ask: TypeAlias = Callable[["Connection"], Awaitable[None]]


@dataclass
class Connection:
    """One connection that is kept open; it asks one thing at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    asked: int = 0

    async def ask(self, request: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers (lower case) and body."""
        self.asked += 1
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines if line)}
        length = int(headers.get(b"content-length", b"0"))
        body = await self.reader.readexactly(length) if length else b""
        return int(first.split(b" ", 2)[1]), headers, body


@dataclass
class Load:
    """What came of it: ``latencies_ms``, and how long it went on."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds


def get(url: str, path: str, **headers: str) -> bytes:
    """A GET as bytes."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def post(url: str, path: str, body: bytes, **headers: str) -> bytes:
    """A POST of JSON as bytes."""
    more = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", *(f"{k}: {v}" for k, v in more.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def load(url: str, ask: Ask, clients: int, seconds: float) -> Load:
    """``clients`` connections, each asking again as soon as it has its answer."""
    return asyncio.run(_load(url, ask, clients, seconds))


async def _load(url: str, ask: Ask, clients: int, seconds: float) -> Load:
    host, _, port = urlsplit(url).netloc.rpartition(":")
    found = Load()
    connections = [
        Connection(*await asyncio.open_connection(host, int(port), limit=2**24), number) for number in range(clients)
    ]
    began = time.perf_counter()

    async def go_on(connection: Connection) -> None:
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            await ask(connection)
            found.latencies_ms.append((time.perf_counter() - start) * 1000)

    await asyncio.gather(*(go_on(connection) for connection in connections))
    found.seconds = time.perf_counter() - began
    for connection in connections:
        connection.writer.close()
    return found
