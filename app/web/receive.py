"""A request's body on its way in: a form or JSON, the picture in it to a file, never the whole of it in memory."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from app.flow import json_body
from app.flow.errors import FieldError, UnsupportedMediaType
from app.flow.request_body import IN_MEMORY, RequestBody
from app.flow.services import Services
from app.web.errors import invalid

SMALL = 2**20
MAX_FIELDS = 32
MAX_FIELD_BYTES = 64 * 1024
_PLAIN_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Received:
    """``fields`` as they came, unchecked. ``has_picture``: it lies at ``picture``, a path that may be written to
    anyhow."""

    fields: dict[str, Any]
    picture: Path
    has_picture: bool


@asynccontextmanager
async def received(request: Request, services: Services, *, may_be_empty: bool = False) -> AsyncIterator[Received]:
    """Read a body; its files are gone after the ``with``.

    Args:
        may_be_empty: no body at all is one without fields, whatever its type; and with no file to come, it may be the
            plain form that a browser or curl would send.

    Raises:
        UnsupportedMediaType: neither multipart/form-data nor application/json.
        InvalidRequest: the form or the JSON is broken.
    """
    media_type = _media_type(request)
    with TemporaryDirectory(dir=services.scratch) as folder:
        picture = Path(folder) / "picture"
        if may_be_empty and (media_type in ("", _PLAIN_FORM) or request.headers.get("content-length") == "0"):
            yield Received(await _from_plain_form(request, media_type), picture, False)
        elif media_type == "multipart/form-data":
            yield await _from_form(request, picture)
        elif _is_json(media_type):
            yield await _from_json(request, services, picture)
        else:
            raise _unsupported(media_type)


async def unread_json(request: Request, spool: Path) -> RequestBody:
    """A JSON body, unread; a long one is written to the file ``spool`` as it comes.

    Raises:
        UnsupportedMediaType: it is not said to be JSON.
    """
    _check_json(request)
    chunks = request.stream()
    begun = bytearray()
    async for chunk in chunks:
        begun += chunk
        if len(begun) > IN_MEMORY:
            break
    else:
        return RequestBody.of(bytes(begun), spool)
    with spool.open("wb") as file:  # into the page cache: a thread for each chunk would cost more
        file.write(begun)
        async for chunk in chunks:
            file.write(chunk)
    return await run_in_threadpool(RequestBody.in_file, spool)


def _check_json(request: Request) -> None:
    media_type = _media_type(request)
    if not _is_json(media_type):
        raise UnsupportedMediaType(f"The body is {media_type or 'of no type'}; send application/json.")


async def small_json(request: Request) -> dict[str, Any]:
    """The fields of a JSON body that holds no picture.

    Raises:
        UnsupportedMediaType: it is not said to be JSON.
        InvalidRequest: it is no JSON object, or far longer than its fields can be.
    """
    _check_json(request)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FIELD_BYTES:
            raise invalid([FieldError("", "It is too long")])
    try:
        fields = json_body.loaded(bytes(body))
    except ValueError as error:
        raise invalid([FieldError("", str(error))]) from error
    if not isinstance(fields, dict):
        raise invalid([FieldError("", "It must be a JSON object")])
    return fields


def _unsupported(media_type: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        f"The body is {media_type or 'of no type'}; send multipart/form-data or application/json."
    )


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


async def _from_form(request: Request, picture: Path) -> Received:
    async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as form:
        upload = form.get("image")
        if upload is not None and not isinstance(upload, UploadFile):
            raise invalid([FieldError("/image", "It must be a file")])
        if upload is not None:
            await run_in_threadpool(_copy, upload.file, picture)
        return Received(_plain_fields(form), picture, upload is not None)


async def _from_plain_form(request: Request, media_type: str) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FIELD_BYTES:
            raise invalid([FieldError("", "It is too long for a form without a file")])
    if body and media_type != _PLAIN_FORM:
        raise _unsupported(media_type)
    try:
        pairs: list[tuple[str, str | UploadFile]] = [
            *parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        ]
    except ValueError as error:
        raise invalid([FieldError("", "It is not a valid form")]) from error
    if any(name == "image" and value != "" for name, value in pairs):
        raise invalid([FieldError("/image", "It must be a file")])
    return _plain_fields(FormData(pairs))


def _plain_fields(form: FormData) -> dict[str, Any]:
    """A field left empty in a form counts as not sent; one that comes twice is refused, even so."""
    fields: dict[str, Any] = {}
    seen: set[str] = set()
    for name, value in form.multi_items():
        if name in seen:
            raise invalid([FieldError(f"/{name}", "It is given twice")])
        seen.add(name)
        if name == "image":
            continue
        if isinstance(value, UploadFile):
            raise invalid([FieldError(f"/{name}", "There is no such file field; the picture goes into image")])
        if name == json_body.FIELD:
            raise invalid([FieldError(f"/{name}", "In a form the picture goes into the file field image")])
        if value != "":
            fields[name] = value
    return fields


def _copy(source: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        while chunk := source.read(SMALL):
            file.write(chunk)


async def _from_json(request: Request, services: Services, picture: Path) -> Received:
    body = bytearray()
    chunks = request.stream()
    async for chunk in chunks:
        body += chunk
        if len(body) > SMALL:
            found = await _split_large(bytes(body), chunks, services, picture)
            break
    else:
        found = json_body.split(bytes(body), picture)
    if "detail" in found:
        raise invalid([FieldError(found["pointer"], found["detail"])])
    return Received(found["fields"], picture, found["has_picture"])


async def _split_large(begun: bytes, rest: AsyncIterator[bytes], services: Services, picture: Path) -> dict[str, Any]:
    with NamedTemporaryFile(dir=picture.parent) as spool:
        spool.write(begun)
        async for chunk in rest:
            spool.write(chunk)
        spool.flush()
        found: dict[str, Any] = await run_in_threadpool(
            services.pixels.call, "split_json", body=spool.name, picture=str(picture)
        )
        return found


def sha256_of(path: Path) -> str:
    """Of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
