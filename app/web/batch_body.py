"""The body of a batch on its way in: to a file, whatever its type, and what else it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.flow.batch.read_tasks import Kind
from app.flow.errors import FieldError, UnsupportedMediaType
from app.flow.json_body import loaded
from app.web.errors import invalid

FILE = "rows"
_FLAT = ("format", "width", "background", "quality", "box")
_FIELDS = ("output", "version", "webhook_url", *_FLAT)
_MOST_FIELD_BYTES = 64 * 1024
_KINDS: Mapping[str, Kind] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.ms-excel": "csv",  # what browsers on Windows call a .csv
}
_ENDINGS: Mapping[str, Kind] = {
    ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".tsv": "csv", ".txt": "csv"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchBody:
    """What came: of which ``kind``, in which ``charset`` if that was said, and the ``fields`` beside the rows."""

    kind: Kind
    charset: str | None
    fields: dict[str, Any]


async def received_rows(request: Request, target: Path) -> BatchBody:
    """Write the rows to the file ``target`` as they come.

    Raises:
        UnsupportedMediaType: another type.
        InvalidRequest: the form is broken.
    """
    media_type, charset = _type_of(request.headers.get("content-type", ""))
    query = _fields(dict(request.query_params))
    if media_type == "multipart/form-data":
        return await _from_form(request, target, query)
    kind = "json" if media_type.endswith("+json") else _KINDS.get(media_type)
    if kind is None:
        raise UnsupportedMediaType(
            f"The body is {media_type or 'of no type'}; send application/json, application/x-ndjson, text/csv or "
            "multipart/form-data."
        )
    with target.open("wb") as file:  # into the page cache: a thread for each chunk would cost more
        async for chunk in request.stream():
            file.write(chunk)
    return BatchBody(kind, charset, query)


async def _from_form(request: Request, target: Path, query: dict[str, Any]) -> BatchBody:
    async with request.form(max_files=1, max_fields=len(_FIELDS), max_part_size=_MOST_FIELD_BYTES) as form:
        upload = form.get(FILE)
        if not isinstance(upload, UploadFile):
            raise invalid([FieldError(f"/{FILE}", "It is required, and must be a file: JSON, NDJSON or CSV")])
        plain = {name: value for name, value in form.multi_items() if isinstance(value, str) and value != ""}
        media_type, charset = _type_of(upload.content_type or "")
        # A name tells more: browsers and curl know few of these types.
        kind = _ENDINGS.get(Path(upload.filename or "").suffix.lower()) or _KINDS.get(media_type)
        if kind is None:
            raise invalid([FieldError(f"/{FILE}", "Its name must end in .json, .ndjson or .csv, or its type say it")])
        with target.open("wb") as file:
            await run_in_threadpool(copyfileobj, upload.file, file)
        return BatchBody(kind, charset, {**query, **_fields(plain)})


def _fields(given: Mapping[str, str]) -> dict[str, Any]:
    """The texts of a query or a form as JSON would have them; the parts of the output may stand by themselves."""
    wrong = [FieldError(f"/{name}", "There is no such field") for name in given if name not in _FIELDS]
    if wrong:
        raise invalid(wrong)
    fields: dict[str, Any] = {name: given[name] for name in ("version", "webhook_url") if name in given}
    flat: dict[str, Any] = {name: given[name] for name in _FLAT if name in given}
    flat |= {name: _number(flat[name]) for name in ("width", "quality") if name in flat}
    if "box" in flat:
        flat["box"] = [_number(part.strip()) for part in flat["box"].split(",")]
    if "output" in given:
        try:
            fields["output"] = loaded(given["output"].encode())
        except ValueError:
            raise invalid([FieldError("/output", "It is not valid JSON")]) from None
        if flat:
            raise invalid([FieldError("/output", "It is given twice: whole, and in parts")])
    elif flat:
        fields["output"] = flat
    return fields


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _type_of(header: str) -> tuple[str, str | None]:
    """The media type, and the charset where one is said."""
    media_type, _, parameters = header.partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media_type.strip().lower(), value.strip().strip('"') or None
    return media_type.strip().lower(), None
