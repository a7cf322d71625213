"""Rows that name pictures of this machine: each is uploaded once, and the row names the asset instead."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import click

_SEPARATORS = ",;\t|"
_IN_MEMORY = 2**20


class Pictures:
    """
    Args:
        folder: that names in the rows are looked for in, and below.
        columns: of pictures.
        upload: gives the sha256 of a picture.
    """

    def __init__(self, folder: Path, columns: Collection[str], upload: Callable[[Path], str]) -> None:
        self._folder, self._columns, self._upload = folder.resolve(), frozenset(columns), upload
        self._known: dict[Path, str] = {}

    def in_place_of(self, column: str, value: Any) -> Any:
        """The asset, where the value names a file; an address, an asset and nothing at all stay as they are."""
        if column not in self._columns or not isinstance(value, str) or not value.strip():
            return value
        path = (self._folder / value.strip()).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return value
        if path not in self._known:
            self._known[path] = self._upload(path)
        return self._known[path]


@contextmanager
def with_assets(rows: IO[bytes], suffix: str, pictures: Pictures) -> Iterator[IO[bytes]]:
    """The same rows as a file of the same kind, UTF-8, never all of them in memory but JSON.

    Raises:
        click.ClickException: they cannot be read.
    """
    rewrite = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".json": _json}.get(suffix, _ndjson)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        target = cast("IO[bytes]", spool)
        try:
            for piece in rewrite(rows, pictures):
                target.write(piece.encode())
        except (ValueError, csv.Error) as error:
            raise click.ClickException(f"The rows cannot be read: {error}.") from None
        target.seek(0)
        yield target


def _csv(rows: IO[bytes], pictures: Pictures) -> Iterator[str]:
    text = io.TextIOWrapper(rows, encoding=_encoding(rows), newline="")
    first = text.readline()
    if first.lower().startswith("sep="):
        yield first
        separator, first = first[4:5], text.readline()
    else:
        separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(_chained(first, text), delimiter=separator)
    header = next(reader, [])
    yield _line(header, separator)
    columns = [cell.strip() for cell in header]
    for record in reader:
        cells = [pictures.in_place_of(column, cell) for column, cell in zip(columns, record, strict=False)]
        yield _line([*cells, *record[len(columns) :]], separator)
    text.detach()


def _encoding(rows: IO[bytes]) -> str:
    begun = rows.read(3)
    rows.seek(0)
    return "utf-16" if begun[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _chained(first: str, text: io.TextIOWrapper) -> Iterator[str]:
    yield first
    yield from text


def _line(cells: list[str], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _ndjson(rows: IO[bytes], pictures: Pictures) -> Iterator[str]:
    for line in rows:
        if line.strip():
            yield json.dumps(_placed(json.loads(line), pictures), ensure_ascii=False) + "\n"


def _json(rows: IO[bytes], pictures: Pictures) -> Iterator[str]:
    body = json.load(rows)
    given = body.get("rows") if isinstance(body, dict) else None
    if isinstance(given, list):
        body["rows"] = [_placed(row, pictures) for row in given]
    yield json.dumps(body, ensure_ascii=False)


def _placed(row: Any, pictures: Pictures) -> Any:
    return {key: pictures.in_place_of(key, value) for key, value in row.items()} if isinstance(row, dict) else row
