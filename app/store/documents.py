"""Documents: states that edits made of a decomposition, and the numbered revisions that point at them.

A state is written once and stays: its operations, what they were applied to, and the scene they folded to. A revision
is written once and stays: which state it shows, and to which earlier revisions undo (``back``) and redo (``forward``)
lead from there. So nothing is ever lost, and no step looks at more than two revisions, however long the history is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, insert, select, tuple_, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from app.store.gone import announce
from app.store.jobs.queries import Before
from app.store.tables import document_assets, document_revisions, document_states, documents, image_layers

Kind: TypeAlias = Literal["create", "edit", "undo", "redo", "restore"]


class Stale(Exception):
    """Somebody else wrote the next revision, or deleted the document."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of a document's history.

    Attributes:
        n: 1 for the first, one more for each.
        state: the revision that made the state that it shows; ``n`` itself where this one did.
        back, forward: the revisions whose state undo and redo lead to; ``None`` where there is nothing.
        operation_count: how many operations were applied by it.
        step: in words, what undo takes back here.
        summary: in words, what happened.
        created_at: the database's, ``None`` before it is saved.
    """

    n: int
    kind: Kind
    state: int
    back: int | None = None
    forward: int | None = None
    operation_count: int = 0
    step: str = ""
    summary: str = ""
    created_at: datetime | None = None

    @property
    def id(self) -> str:
        """Its name in a list's cursor."""
        return str(self.n)


@dataclass(frozen=True, slots=True)
class Document:
    """A document at one of its revisions.

    Attributes:
        newest: the number of its newest revision.
        renames: how often its name was changed.
        revision: the one that this is of.
        operations: those that made its state, as JSON.
        scene: folded, as ``scene_to_json`` gives it.
        layers: of the decomposition, as its manifest has them.
    """

    tenant_id: str
    id: str
    name: str | None
    decomposition_id: str
    newest: int
    created_at: datetime
    renames: int
    revision: Revision
    operations: Sequence[Mapping[str, Any]]
    scene: Mapping[str, Any]
    layers: Sequence[Mapping[str, Any]]


def create(
    connection: Connection, tenant_id: str, decomposition_id: str, name: str | None, scene: Mapping[str, Any]
) -> str:
    """A document with one revision, the unedited scene; returns its id.

    Raises:
        sqlalchemy.exc.IntegrityError: there is no such decomposition.
    """
    id_ = f"doc_{uuid4().hex}"
    this = {"tenant_id": tenant_id, "document_id": id_, "n": 1}
    new = {"tenant_id": tenant_id, "id": id_, "name": name, "decomposition_id": decomposition_id, "revision": 1}
    connection.execute(insert(documents).values(**new))
    connection.execute(insert(document_states).values(**this, operations=[], scene=dict(scene)))
    first = Revision(1, "create", 1, summary="create")
    connection.execute(insert(document_revisions).values(**_row(tenant_id, id_, first)))
    return id_


def get(connection: Connection, tenant_id: str, document_id: str, n: int | None = None) -> Document | None:
    """At its newest revision or at ``n``; ``None`` where this tenant has none of that id, or it no such revision."""
    this = {"of_tenant": tenant_id, "of_document": document_id}
    query, given = (_NEWEST, this) if n is None else (_AT, {**this, "at": n})
    row = connection.execute(query, given).one_or_none()
    return None if row is None else _read(row)


def list_(
    connection: Connection,
    tenant_id: str,
    *,
    limit: int,
    before: Before | None = None,
    decomposition_id: str | None = None,
) -> list[Document]:
    """A tenant's documents at their newest revisions, newest document first; of one decomposition, if it is given."""
    query = _select(documents.c.revision).where(documents.c.tenant_id == tenant_id)
    if decomposition_id is not None:
        query = query.where(documents.c.decomposition_id == decomposition_id)
    if before is not None:
        query = query.where(tuple_(documents.c.created_at, documents.c.id) < tuple_(*before))
    query = query.order_by(documents.c.created_at.desc(), documents.c.id.desc()).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def rename(connection: Connection, document: Document, name: str | None) -> int:
    """Give a document another name, or none; returns how often that has happened. The same name is no other."""
    this = documents.c.tenant_id == document.tenant_id, documents.c.id == document.id
    other = documents.c.name.is_distinct_from(name)
    connection.execute(update(documents).where(*this, other).values(name=name, renames=documents.c.renames + 1))
    renames: int = connection.execute(select(documents.c.renames).where(*this)).scalar_one()
    return renames


def lock(connection: Connection, tenant_id: str, document_id: str) -> None:
    """Keep other writers off until the transaction ends; readers go on. Read the document after this, not before."""
    query = select(documents.c.id).where(documents.c.tenant_id == tenant_id, documents.c.id == document_id)
    connection.execute(query.with_for_update(key_share=True))


def append(
    connection: Connection,
    document: Document,
    revision: Revision,
    made: tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Revision:
    """Write the next revision, and return it as it was saved; ``made`` are the operations and the scene of a state of
    its own.

    Raises:
        Stale: ``document`` is no longer the newest, or it is gone; nothing was written.
    """
    tenant_id, id_ = document.tenant_id, document.id
    this = (documents.c.tenant_id == tenant_id, documents.c.id == id_, documents.c.revision == document.newest)
    if connection.execute(update(documents).where(*this).values(revision=revision.n)).rowcount != 1:
        raise Stale(id_)
    if made is not None:
        operations, scene = made
        state = {"tenant_id": tenant_id, "document_id": id_, "n": revision.n, "parent": document.revision.state}
        kept = [dict(one) for one in operations]
        connection.execute(insert(document_states).values(**state, operations=kept, scene=dict(scene)))
    adding = insert(document_revisions).values(**_row(tenant_id, id_, revision))
    created_at = connection.scalar(adding.returning(document_revisions.c.created_at))
    return replace(revision, created_at=created_at)


def use(connection: Connection, document: Document, assets: Iterable[str]) -> None:
    """The document's states refer to these assets, which stay as long as it does."""
    rows = [{"tenant_id": document.tenant_id, "document_id": document.id, "sha256": sha256} for sha256 in assets]
    if rows:
        connection.execute(insert_or_not(document_assets).on_conflict_do_nothing(), rows)


def revision(connection: Connection, tenant_id: str, document_id: str, n: int) -> Revision | None:
    """``None`` where there is none of that number."""
    query = select(*_LINE).where(*_of(tenant_id, document_id), document_revisions.c.n == n)
    row = connection.execute(query).one_or_none()
    return None if row is None else Revision(*row)


def revisions(
    connection: Connection, tenant_id: str, document_id: str, *, limit: int, before: int | None = None
) -> list[Revision]:
    """A document's history, newest first, from below ``before`` on."""
    query = select(*_LINE).where(*_of(tenant_id, document_id))
    if before is not None:
        query = query.where(document_revisions.c.n < before)
    return [Revision(*row) for row in connection.execute(query.order_by(document_revisions.c.n.desc()).limit(limit))]


def delete(connection: Connection, tenant_id: str, document_id: str) -> bool:
    """Forget a document with all its revisions; says whether it was there."""
    announce(connection, f"/v1/documents/{document_id}")
    gone = delete_rows(documents).where(documents.c.tenant_id == tenant_id, documents.c.id == document_id)
    return connection.execute(gone).rowcount == 1


def made_of(connection: Connection, tenant_id: str, decomposition_id: str, limit: int) -> list[str]:
    """The ids of documents that are made of a decomposition, oldest first."""
    query = select(documents.c.id).where(
        documents.c.tenant_id == tenant_id, documents.c.decomposition_id == decomposition_id
    )
    return list(connection.scalars(query.order_by(documents.c.created_at, documents.c.id).limit(limit)))


_LINE = [column for column in document_revisions.c if column.name not in ("tenant_id", "document_id")]


def _of(tenant_id: str, document_id: str) -> tuple[Any, Any]:
    return document_revisions.c.tenant_id == tenant_id, document_revisions.c.document_id == document_id


def _row(tenant_id: str, document_id: str, revision: Revision) -> dict[str, Any]:
    row = asdict(revision)
    del row["created_at"]
    return {"tenant_id": tenant_id, "document_id": document_id, **row}


def _select(at: ColumnElement[int]) -> Select[Any]:
    """Documents at a revision."""
    revisions, states = document_revisions, document_states
    stack = image_layers
    return (
        select(documents, states.c.operations, states.c.scene, stack.c.layers_json, *_LINE)
        .join_from(
            documents,
            revisions,
            (revisions.c.tenant_id == documents.c.tenant_id)
            & (revisions.c.document_id == documents.c.id)
            & (revisions.c.n == at),
        )
        .join(
            states,
            (states.c.tenant_id == revisions.c.tenant_id)
            & (states.c.document_id == revisions.c.document_id)
            & (states.c.n == revisions.c.state),
        )
        .join(stack, (stack.c.tenant_id == documents.c.tenant_id) & (stack.c.id == documents.c.decomposition_id))
    )


# Built once: it takes as long as the database does.
_THIS = documents.c.tenant_id == bindparam("of_tenant"), documents.c.id == bindparam("of_document")
_NEWEST = _select(documents.c.revision).where(*_THIS)
_AT = _select(bindparam("at", type_=Integer)).where(*_THIS)


def _read(row: Row[Any]) -> Document:
    values: tuple[Any, ...] = tuple(row)
    tenant_id, id_, name, decomposition_id, newest, created_at, renames = values[:7]
    operations, scene, layers = values[7:10]
    shown = Revision(*values[10:])
    of_rows = shown, operations, scene, layers
    return Document(tenant_id, id_, name, decomposition_id, newest, created_at, renames, *of_rows)
