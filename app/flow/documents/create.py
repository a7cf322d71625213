"""A decomposition becomes a document, to be edited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.flow.documents.change import Replayed, find
from app.flow.errors import NotFound
from app.flow.find import find_decomposition
from app.flow.keyed import first_answer, keep_answer
from app.flow.render import scene_kept
from app.flow.services import Services
from app.store import documents
from app.store.documents import Document


@dataclass(frozen=True, slots=True)
class Wanted:
    """``name`` is for people; ``route``, ``key`` and ``fingerprint`` are of the Idempotency-Key."""

    tenant_id: str
    decomposition_id: str
    name: str | None
    route: str
    key: str | None = None
    fingerprint: str = ""


def create(services: Services, wanted: Wanted, describe: Callable[[Document], dict[str, Any]]) -> Document | Replayed:
    """A document with one revision, on which nothing is edited.

    Raises:
        NotFound: there is no such decomposition.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    tenant_id = wanted.tenant_id
    try:
        with services.engine.begin() as connection:
            answer = first_answer(connection, wanted)
            if answer is not None:
                return Replayed(answer)
            found = find_decomposition(connection, tenant_id, wanted.decomposition_id)
            id_ = documents.create(connection, tenant_id, found.id, wanted.name, scene_kept(found))
            document = find(services, connection, tenant_id, id_)
            keep_answer(connection, wanted, lambda: describe(document))
            return document
    except IntegrityError as error:  # deleted since it was found
        raise NotFound(f"There is no decomposition {wanted.decomposition_id}.") from error
