"""``POST /v1/decompositions/import``: a PSD, an OpenRaster file or our own ZIP becomes a decomposition."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.flow.documents.change import Replayed
from app.flow.errors import FieldError, UnsupportedMediaType
from app.flow.imports import WantedImport, import_file
from app.flow.made_layers import MadeLayers
from app.flow.services import Services
from app.web.answers import IdempotencyKey, key_of
from app.web.context import ServicesOf, Tenant
from app.web.decomposition_schemas import DecompositionOut
from app.web.errors import invalid, responses
from app.web.made_layers import answered, described
from app.web.receive import SMALL, sha256_of
from model.content_hash import digest_of

router = APIRouter(tags=["decompositions"])

ROUTE = "/v1/decompositions/import"
TYPES = ("image/vnd.adobe.photoshop", "image/openraster", "application/zip", "application/octet-stream")
FIELDS = ("file", "image")
"""Of a form; the second is what a picture is called when it is posted to be taken apart."""
_OTHER_NAMES = (
    "image/x-photoshop", "image/photoshop", "image/psd", "image/x-psd", "application/photoshop",
    "application/x-photoshop", "application/psd", "application/x-zip-compressed", "binary/octet-stream",
)  # fmt: skip
_FILE = {"type": "string", "format": "binary", "description": "PSD, OpenRaster or Lamina's own ZIP."}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "title": "ImportForm",
                    "type": "object",
                    "additionalProperties": False,
                    "minProperties": 1,
                    "maxProperties": 1,
                    "properties": {
                        "file": _FILE,
                        "image": {**_FILE, "description": "The same, by the name that a picture has."},
                    },
                }
            },
            **{name: {"schema": _FILE} for name in TYPES},
        },
    }
}


class _File(NamedTuple):
    path: Path
    media_type: str


@router.post(
    ROUTE,
    summary="Import a layered file",
    description="Of a PSD, an OpenRaster file or Lamina's own ZIP, in a form or as the body itself: its layers, hidden "
    "ones too and with what lies beyond the canvas, its groups, names, opacities and blend modes. What it shows is the "
    "source. notes.imported.warnings says what could not be taken. The same file gives the same decomposition.",
    status_code=201,
    response_model=DecompositionOut,
    openapi_extra=_BODY,
    responses={
        200: {"description": "It was here already.", "model": DecompositionOut},
        **responses(
            "invalid-request", "unsupported-image", "image-too-large", "idempotency-mismatch", "idempotency-conflict"
        ),
    },
)
async def import_decomposition(
    request: Request, services: ServicesOf, tenant: Tenant, idempotency_key: IdempotencyKey = None
) -> Response:
    async with _received(request, services) as file:
        found = await run_in_threadpool(_imported, services, tenant, file, key_of(idempotency_key))
    return answered(found)


def _imported(services: Services, tenant: str, file: _File, key: str | None) -> MadeLayers | Replayed:
    asked = digest_of([sha256_of(file.path), file.media_type]) if key else ""
    wanted = WantedImport(tenant, file.path, file.media_type, f"POST {ROUTE}", key, asked)
    return import_file(services, wanted, described)


@asynccontextmanager
async def _received(request: Request, services: Services) -> AsyncIterator[_File]:
    """The file of a request, until the ``with`` ends.

    Raises:
        UnsupportedMediaType: it is neither a form nor such a file.
        InvalidRequest: the form is not as it should be.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    with TemporaryDirectory(dir=services.scratch) as folder:
        path = Path(folder) / "file"
        if media_type == "multipart/form-data":
            yield await _from_form(request, path)
        elif media_type in (*TYPES, *_OTHER_NAMES):
            with path.open("wb") as file:  # into the page cache: a thread for each chunk would cost more
                async for chunk in request.stream():
                    file.write(chunk)
            yield _File(path, media_type)
        else:
            said = media_type or "of no type"
            raise UnsupportedMediaType(f"The body is {said}; send multipart/form-data or one of {', '.join(TYPES)}.")


async def _from_form(request: Request, path: Path) -> _File:
    async with request.form(max_files=1, max_fields=1) as form:
        others = [
            FieldError(f"/{name}", "There is no such field; the file goes into file")
            for name in form
            if name not in FIELDS
        ]
        upload = next((form[name] for name in FIELDS if name in form), None)
        if others:
            raise invalid(others)
        if not isinstance(upload, UploadFile):
            raise invalid([FieldError("/file", "It must be a file" if upload else "It is required")])
        await run_in_threadpool(_copy, upload.file, path)
        return _File(path, (upload.content_type or "").partition(";")[0].strip().lower())


def _copy(source: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        while chunk := source.read(SMALL):
            file.write(chunk)
