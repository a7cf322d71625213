"""What all that write to a document have in common: on which terms, and what came of it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection

from app.flow.documents.refold import SceneLost, readable
from app.flow.errors import NotFound, RevisionConflict
from app.flow.services import Services
from app.store import documents
from app.store.documents import Document

logger = logging.getLogger(__name__)

Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody's wish to write the next revision.

    Attributes:
        route, key, fingerprint: of its Idempotency-Key; see ``app/flow/keyed.py``.
        onto: the revisions it may follow; ``None`` for any.
    """

    tenant_id: str
    document_id: str
    route: str
    key: str | None = None
    fingerprint: str = ""
    onto: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """``document`` is at its new revision; ``dirty`` is the part of the canvas ``(x, y, width, height)`` in which it
    may look other than before, ``None`` where it does not."""

    document: Document
    dirty: Box | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """The first answer under the key."""

    answer: dict[str, Any]


Describe: TypeAlias = Callable[[Changed], dict[str, Any]]
"""The HTTP answer of a change, kept under its Idempotency-Key."""


def find(
    services: Services, connection: Connection, tenant_id: str, document_id: str, n: int | None = None
) -> Document:
    """A document at its newest revision, or at ``n``; raises ``NotFound``.

    The transaction should be committed: a scene that another version kept is written anew.
    """
    found = documents.get(connection, tenant_id, document_id, n)
    if found is not None:
        return readable(services, connection, found)
    newest = None if n is None else documents.get(connection, tenant_id, document_id)
    if newest is None:
        raise NotFound(f"There is no document {document_id}.")
    raise NotFound(f"The document has no revision {n}; the newest is {newest.newest}.")


def legible(services: Services, connection: Connection, found: Iterable[Document]) -> list[Document]:
    """Those of a list that can be read: one that is broken does not take the others away. Of the transaction see
    ``find``."""
    read = []
    for document in found:
        try:
            read.append(readable(services, connection, document))
        except SceneLost:
            logger.exception("a document is left out of a list", extra={"document_id": document.id})
    return read


def find_for(services: Services, connection: Connection, change: Change) -> Document:
    """The document at the revision that is about to be followed.

    Raises:
        NotFound: there is none.
        RevisionConflict: it is at none of the revisions that it may follow.
    """
    document = find(services, connection, change.tenant_id, change.document_id)
    if change.onto is not None and document.newest not in change.onto:
        raise RevisionConflict(
            f"The document is at revision {document.newest}, and If-Match names another.", document.newest
        )
    return document
