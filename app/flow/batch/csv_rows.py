"""Rows from CSV, as spreadsheets write it.

Any of comma, semicolon, tab and bar parts the columns (the header tells which, or Excel's line ``sep=;``); UTF-8 with
or without a mark at its beginning, UTF-16 with one, or what the request's charset says; quoted cells may hold
separators, quotes and line breaks. A column is a variable or ``variable.property``; an empty cell is a value that is
not given.
"""

import codecs
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.flow.batch.json_rows import too_many
from app.flow.batch.row import NAME, Row, Unreadable, checked
from app.flow.json_pointer import escaped
from app.flow.templates.kinds import WAYS
from app.flow.templates.values import values_of_texts
from app.flow.templates.variable import Variables

SEPARATORS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SHOWN = 20
_HEADER = 2**16
"""Characters within which the header ends, where there are several columns."""


def from_csv(body: bytes, most: int, variables: Variables | None, charset: str | None = None) -> Iterator[Row]:
    """A row a record after the header.

    Args:
        most: rows that are taken.
        variables: those of the template; ``None`` takes any column.
        charset: of the request; a mark in the file itself counts for more.

    Raises:
        Unreadable: no text, no header, a column that is no variable, a quote that is not closed, too many rows.
    """
    csv.field_size_limit(sys.maxsize)  # a picture may stand in a cell; the body itself is limited
    text, told = _told_separator(_decoded(body, charset))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=told or _separator(text), strict=True)
    records = _records(reader)
    header = [cell.strip() for cell in next(records, [])]
    columns = _columns(header, variables)
    count = 0
    for record in records:
        if not any(cell.strip() for cell in record):
            continue  # spreadsheets leave empty lines at the end
        count += 1
        if count > most:
            raise too_many(most)
        yield _row(record, columns, reader.line_num, variables)


def _decoded(body: bytes, charset: str | None) -> str:
    encoding, skip = charset or "utf-8", 0
    for mark, name in _MARKS:
        if body.startswith(mark):
            encoding, skip = name, len(mark)
            break
    try:
        return body[skip:].decode(encoding)
    except LookupError:
        raise Unreadable(f"The charset {encoding!r} is not known; UTF-8 always is") from None
    except UnicodeDecodeError as error:
        line = body[: skip + error.start].count(b"\n") + 1
        raise Unreadable(
            f"It is not {encoding.upper()} at line {line}: save it as CSV UTF-8, or name its charset in Content-Type"
        ) from error
    except UnicodeError:  # what is no charset of texts, such as that of host names, says so in its own ways
        raise Unreadable(f"It is not {encoding.upper()}: save it as CSV UTF-8") from None


def _told_separator(text: str) -> tuple[str, str | None]:
    """Excel's own first line, ``sep=;``, says what parts the columns."""
    line, end, rest = text.partition("\n")
    said = line.strip().strip('"')
    if end and len(said) == 5 and said.lower().startswith("sep="):
        return rest, said[4]
    return text, None


def _separator(text: str) -> str:
    """The one that stands most often in the header, quoted cells left out; a comma where there is one column only."""
    counts, quoted = dict.fromkeys(SEPARATORS, 0), False
    for character in text[:_HEADER]:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            if any(counts.values()):
                break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(counts, key=lambda one: counts[one])


def _records(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(f"It is not valid CSV at line {reader.line_num}: {error}") from error


def _columns(header: list[str], variables: Variables | None) -> list[str]:
    """The header, checked; a column without a name is left empty."""
    if not any(header):
        raise Unreadable("The first line must name the columns: variables, or variable.property")
    seen: set[str] = set()
    for cell in filter(None, header):
        variable = _variable(cell, variables)
        if variable in seen:
            raise Unreadable(f"The column {cell!r} gives {variable!r} twice", f"/{escaped(cell)}")
        seen.add(variable)
    return header


def _variable(cell: str, variables: Variables | None) -> str:
    """Which variable a column gives."""
    name, _, property_ = cell.rpartition(".")
    if cell == NAME:
        return "the file's name"  # no variable is called so: one called ``name`` is given as ``name.text``
    if variables is None or cell in variables:
        return cell
    pointer = f"/{escaped(cell)}"
    found = variables.get(name)
    if found is None:
        known = ", ".join([*list(variables)[:_SHOWN], NAME])
        raise Unreadable(f"The column {cell!r} is no variable of the template; columns may be {known}", pointer)
    if property_ != found.kind and not (found.kind == "image" and property_ in WAYS):
        raise Unreadable(f"The column {cell!r} cannot be: the variable {name!r} is of {found.kind!r}", pointer)
    return name


def _row(record: list[str], columns: list[str], line: int, variables: Variables | None) -> Row:
    extra = [cell for cell in record[len(columns) :] if cell.strip()]
    if extra or len(record) < len(columns):
        said = f"It has {len(record)} cells where the header has {len(columns)}"
        return Row(detail=f"{said} (up to line {line} of the file)")
    texts: dict[str, str] = {}
    for cell, column in zip(record, columns, strict=False):
        if not cell.strip():
            continue
        if not column:
            return Row(detail=f"The cell {cell[:40]!r} stands in a column without a name (line {line} of the file)")
        texts[column] = cell
    row = checked(texts)
    return row if variables is None else replace(row, values=values_of_texts(variables, dict(row.values)))
