"""The states of documents as they are kept: the operations for good, the scene that they folded to in the form of the
version that wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, select, update

from app.store.tables import document_states


@dataclass(frozen=True, slots=True)
class State:
    """``n`` is the revision that made it; ``operations`` are as JSON, ``scene`` is in whatever form."""

    n: int
    operations: Sequence[Mapping[str, Any]]
    scene: Mapping[str, Any]


def line_to(connection: Connection, tenant_id: str, document_id: str, n: int, version: int | None = None) -> list[int]:
    """The numbers of the states that lead to state ``n``, it the last: from the document's first on, or, given a
    version, from the nearest whose scene is of it, if one is."""
    own = document_states.c
    known = false() if version is None else _version().is_not_distinct_from(version)
    found = select(own.n, own.parent, known.label("known"))
    found = found.where(*_of(tenant_id, document_id))
    line = found.where(own.n == n).cte("line", recursive=True)
    line = line.union_all(found.where(own.n == line.c.parent, ~line.c.known))
    return list(connection.scalars(select(line.c.n).order_by(line.c.n)))


def states(connection: Connection, tenant_id: str, document_id: str, ns: Sequence[int]) -> list[State]:
    """Those of these numbers, in their order."""
    columns = document_states.c.n, document_states.c.operations, document_states.c.scene
    query = select(*columns).where(*_of(tenant_id, document_id), document_states.c.n.in_(ns))
    return [State(*row) for row in connection.execute(query.order_by(document_states.c.n))]


def rewrite(connection: Connection, tenant_id: str, document_id: str, n: int, scene: Mapping[str, Any]) -> None:
    """Keep the scene of a state in the form of a later version; one of a later version still stays as it is, so that
    two versions of the service that run side by side do not undo each other's."""
    version = int(scene["version"])
    this = *_of(tenant_id, document_id), document_states.c.n == n
    connection.execute(update(document_states).where(*this, _version() < version).values(scene=dict(scene)))


def _of(tenant_id: str, document_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return document_states.c.tenant_id == tenant_id, document_states.c.document_id == document_id


def _version() -> ColumnElement[int]:
    found: ColumnElement[int] = document_states.c.scene["version"].as_integer()
    return found
