"""The rows of a batch on their way out; never all of them in memory."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any, TypeAlias, cast

from lamina.client.pictures import file_of
from lamina.client.request import Request, form_post

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = str | os.PathLike[str] | IO[bytes] | Iterable[Row]
NamedFile: TypeAlias = tuple[str, IO[bytes]]

_IN_MEMORY = 2**20


def is_file(rows: Rows) -> bool:
    """Not objects but what they are written in."""
    return isinstance(rows, str | os.PathLike) or hasattr(rows, "read")


def file_of_rows(rows: Rows) -> AbstractContextManager[NamedFile]:
    """Its suffix says what it is; raises ``OSError``."""
    return file_of(cast("str | os.PathLike[str] | IO[bytes]", rows))


def objects_of(rows: Rows) -> Iterable[Row]:
    """Rows that are no file."""
    return cast("Iterable[Row]", rows)


@contextmanager
def spool() -> Iterator[NamedFile]:
    """An empty file for ``written_row``."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        yield "rows.ndjson", cast("IO[bytes]", file)


def written_row(row: Row) -> bytes:
    """A line of NDJSON."""
    return json.dumps(dict(row), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def batch_request(
    where: str, rows: NamedFile, version: int, format: str, output: Mapping[str, Any], webhook_url: str | None
) -> Request:
    """A form with the rows as its file."""
    asked = {name: value for name, value in output.items() if value is not None}
    fields = {"output": json.dumps({"format": format, **asked}), "version": version, "webhook_url": webhook_url}
    return form_post(where, ("rows", *rows), fields)
