"""Rows from JSON: an object with a list of them, or one on each line (NDJSON)."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from app.flow import json_body
from app.flow.batch.row import Row, Unreadable, checked

ROWS = "rows"
_BOM = b"\xef\xbb\xbf"


def from_json(body: bytes, most: int) -> tuple[list[Row], dict[str, Any]]:
    """The rows of ``{"rows": […], …}``, and its other fields.

    Args:
        most: rows that are taken.

    Raises:
        Unreadable.
    """
    try:
        found = json_body.loaded(body.removeprefix(_BOM))
    except ValueError as error:
        raise Unreadable(str(error)) from error
    if not isinstance(found, dict):
        raise Unreadable('It must be a JSON object: {"rows": [{"headline": "Now open"}]}')
    listed = found.pop(ROWS, None)
    if not isinstance(listed, list):
        raise Unreadable("It is required: a list of objects, one for each picture", f"/{ROWS}")
    if len(listed) > most:
        raise too_many(most, f"/{ROWS}")
    return [checked(one) for one in listed], found


def from_ndjson(body: BinaryIO, most: int) -> Iterator[Row]:
    """A row a line; empty lines count for nothing, and a line that is no JSON is a row that cannot be used.

    Raises:
        Unreadable: too many.
    """
    count = 0
    for at, line in enumerate(body, 1):
        text = line.removeprefix(_BOM).strip() if at == 1 else line.strip()
        if not text:
            continue
        count += 1
        if count > most:
            raise too_many(most)
        yield _of_line(text, at)


def _of_line(text: bytes, at: int) -> Row:
    try:
        found = json_body.loaded(text)
    except ValueError as error:
        said = str(error).replace("at line 1, column", "at column")
        return Row(detail=f"{said} (line {at} of the file)")
    return checked(found)


def too_many(most: int, pointer: str = "") -> Unreadable:
    return Unreadable(f"There are more than {most} rows; send them as several batches", pointer)
