"""A batch's body becomes rows, in a pixel process: it may be large, and it comes from a stranger."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeAlias

from app.flow.batch.csv_rows import from_csv
from app.flow.batch.json_rows import ROWS, from_json, from_ndjson
from app.flow.batch.names import Names
from app.flow.batch.row import Row, Unreadable
from app.flow.templates.variable import variables_of

Kind: TypeAlias = Literal["json", "ndjson", "csv"]
_LISTED = 50


def read_batch(
    body: str, kind: Kind, target: str, most: int, variables: dict[str, dict[str, Any]], charset: str | None
) -> dict[str, Any]:
    """Write the rows of the file ``body`` to ``target``, one JSON object a line: ``n``, ``name``, and ``values``, or
    ``pointer`` and ``detail`` where the row cannot be used.

    Args:
        most: rows that are taken.
        variables: of the template, as it keeps them; the columns of a CSV must be among them.
        charset: of a CSV without a mark of its own.

    Returns:
        ``total`` and ``failed``, counts; ``fields``, what else the body said; or else ``errors``, each ``pointer`` and
        ``detail``, where nothing of it can be used.
    """
    fields: dict[str, Any] = {}
    rows: Iterable[Row]
    try:
        if kind == "json":
            rows, fields = from_json(Path(body).read_bytes(), most)
        elif kind == "csv":
            rows = from_csv(Path(body).read_bytes(), most, variables_of(variables), charset)
        else:
            with Path(body).open("rb") as file:
                return _written(from_ndjson(file, most), target, fields)
        return _written(rows, target, fields)
    except Unreadable as error:
        return {"errors": [{"pointer": error.pointer, "detail": str(error)}]}
    except MemoryError:
        return {"errors": [{"pointer": "", "detail": "It has too many values"}]}


def _written(rows: Iterable[Row], target: str, fields: dict[str, Any]) -> dict[str, Any]:
    names, total, bad = Names(), 0, []
    with Path(target).open("w", encoding="utf-8") as file:
        for n, row in enumerate(rows, 1):
            total = n
            said: dict[str, Any] = {"n": n, "name": names.of(n, row.name)}
            if row.detail is None:
                said["values"] = dict(row.values)
            else:
                said |= {"pointer": row.pointer, "detail": row.detail}
                bad.append({"pointer": f"/{ROWS}/{n - 1}{row.pointer}", "detail": row.detail})
            file.write(json.dumps(said) + "\n")
    if not total:
        return {"errors": [{"pointer": f"/{ROWS}", "detail": "There is no row"}]}
    if len(bad) == total:
        return {"errors": bad[:_LISTED]}
    return {"total": total, "failed": len(bad), "fields": fields}
