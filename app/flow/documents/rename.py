"""A document gets another name, which is no revision: names are for people, and undo does not change them."""

from dataclasses import replace

from app.flow.documents.change import Change, find_for
from app.flow.services import Services
from app.store import documents
from app.store.documents import Document


def rename(services: Services, change: Change, name: str | None) -> Document:
    """The document under its new name, or under none.

    Raises:
        NotFound: there is no such document.
        RevisionConflict: it has changed since.
    """
    with services.engine.begin() as connection:
        documents.lock(connection, change.tenant_id, change.document_id)
        document = find_for(services, connection, change)
        renames = documents.rename(connection, document, name)
    return replace(document, name=name, renames=renames)
