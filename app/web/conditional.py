"""ETag, If-None-Match, Range: answers that are not sent twice (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

IMMUTABLE = "public, max-age=31536000, immutable"
SANDBOX = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
CHUNK = 256 * 1024
_AT_ONCE = 4 * 2**20
"""Bytes that are read whole: each chunk of a stream costs a change of threads."""

_RANGE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


def quoted(tag: str) -> str:
    """An ETag as the header has it."""
    return f'"{tag}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether If-None-Match names this (quoted) ETag, by weak comparison."""
    return matches(request.headers.get("if-none-match"), etag)


def matches(given: str | None, etag: str) -> bool:
    """Whether an If-None-Match names this (quoted) ETag; ``None``: there is no such header."""
    if given is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def not_modified(headers: Mapping[str, str]) -> Response:
    """304, with the headers that a 200 would have had."""
    return Response(status_code=304, headers=dict(headers))


def send_file(request: Request, path: Path, media_type: str, headers: Mapping[str, str]) -> Response:
    """A file, whole or the one range that was asked for; ``headers`` has its ETag.

    The file is opened here, so that it may be evicted from the cache while it is being sent.

    Raises:
        FileNotFoundError: evicted already.
        HTTPException: 416, the range lies outside.
    """
    file = path.open("rb")
    try:
        size = file.seek(0, 2)
        wanted = wanted_range(request, size, headers["ETag"])
        start, end = wanted or (0, size)
        file.seek(start)
    except BaseException:
        file.close()
        raise
    sent = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if wanted is not None:
        sent["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if end - start <= _AT_ONCE:
        with file:
            return Response(file.read(end - start), 206 if wanted else 200, sent, media_type)
    return StreamingResponse(_chunks(file, end - start), 206 if wanted else 200, sent, media_type)


def wanted_range(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """``(start, end)``, end exclusive; ``None`` is the whole: a list of ranges, another unit, nonsense, a stale
    If-Range and any range in a POST are ignored, as the RFC allows."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or request.method != "GET" or request.headers.get("if-range", etag) != etag:
        return None
    first, last = found.groups()
    if (not first and not last) or (first and last and int(last) < int(first)):
        return None
    if first:
        start, end = int(first), min(size, int(last) + 1) if last else size
    else:
        start, end = max(0, size - int(last)), size
    if start >= end:
        raise HTTPException(416, f"There are {size} bytes.", {"Content-Range": f"bytes */{size}"})
    return start, end


def _chunks(file: IO[bytes], length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
