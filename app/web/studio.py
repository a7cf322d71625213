"""``/``: the studio, a page that uses nothing but the public API. Its files are built from ``studio/`` into
``static/``, and served from memory: they are few and small."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from app.flow.errors import NotFound
from app.web.conditional import IMMUTABLE, is_known, not_modified, quoted

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parent / "static"
PAGE = "index.html"
# Scripts and styles come from here and stand in files; pictures may be made by the page itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
# Some systems' tables have no WebP, or another name for scripts with which no browser runs them.
_TYPES = {".js": "text/javascript", ".webp": "image/webp"}
_COMPRESSED = {".js", ".css", ".html", ".svg", ".txt", ".json"}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None
    media_type: str
    etag: str


@router.get("/")
def studio(request: Request) -> Response:
    """Asked for anew each time, as it names the newest of the others."""
    return _sent(request, _files()[PAGE], "no-cache")


@router.get("/studio/{name}")
def studio_file(request: Request, name: str) -> Response:
    file = _files().get(name)
    if file is None or name == PAGE:
        raise NotFound(f"The studio has no file {name}.")
    named_by_content = "-" in name
    return _sent(request, file, IMMUTABLE if named_by_content else "public, max-age=3600")


def _sent(request: Request, file: _File, cached: str) -> Response:
    packed = file.packed is not None and "gzip" in request.headers.get("accept-encoding", "")
    etag = quoted(file.etag + ("-gzip" if packed else ""))
    headers = {**HEADERS, "ETag": etag, "Cache-Control": cached}
    if is_known(request, etag):
        return not_modified(headers)
    if file.packed is not None and packed:
        return Response(file.packed, 200, {**headers, "Content-Encoding": "gzip"}, file.media_type)
    return Response(file.body, 200, headers, file.media_type)


@lru_cache(maxsize=1)
def _files() -> dict[str, _File]:
    return {path.name: _read(path) for path in STATIC.iterdir() if path.is_file()}


def _read(path: Path) -> _File:
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else None
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(body, packed, media_type, hashlib.sha256(body).hexdigest()[:32])
