"""A decomposition is to be deleted."""

from sqlalchemy import Connection

from app.flow.errors import DecompositionInUse, NotFound
from app.flow.find import path_of
from app.flow.services import Services
from app.store import documents, layers, templates

NAMED = 3


def forget(services: Services, tenant_id: str, decomposition_id: str) -> None:
    """Its layers are gone at once; blobs that nothing refers to are collected later.

    Raises:
        NotFound: there is none.
        DecompositionInUse: documents or templates are made of it.
    """
    with services.engine.begin() as connection:
        try:
            deleted = layers.delete(connection, tenant_id, decomposition_id)
        except layers.InUse as error:
            raise DecompositionInUse(_told(connection, tenant_id, decomposition_id)) from error
    services.decompositions.forget(path_of(decomposition_id))  # before the database's word of it reaches us too
    if not deleted:
        raise NotFound(f"There is no decomposition {decomposition_id}.")


def _told(connection: Connection, tenant_id: str, decomposition_id: str) -> str:
    sentences = []
    for kind, made_of in (("Documents", documents.made_of), ("Templates", templates.made_of)):
        found = made_of(connection, tenant_id, decomposition_id, NAMED + 1)
        named = ", ".join(found[:NAMED]) + (" and others" if len(found) > NAMED else "")
        sentences += [f"{kind} are made of it: {named}."] if found else []
    return " ".join(sentences) or "Something is made of it."
