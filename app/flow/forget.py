"""A decomposition is to be deleted."""

from app.flow.errors import DecompositionInUse, NotFound
from app.flow.find import path_of
from app.flow.services import Services
from app.store import documents, layers

NAMED = 3


def forget(services: Services, tenant_id: str, decomposition_id: str) -> None:
    """Its layers are gone at once; blobs that nothing refers to are collected later.

    Raises:
        NotFound: there is none.
        DecompositionInUse: documents are made of it.
    """
    with services.engine.begin() as connection:
        try:
            deleted = layers.delete(connection, tenant_id, decomposition_id)
        except layers.InUse as error:
            ids = documents.made_of(connection, tenant_id, decomposition_id, NAMED + 1)
            named = ", ".join(ids[:NAMED]) + (" and others" if len(ids) > NAMED else "")
            raise DecompositionInUse(f"Documents are made of it: {named}.") from error
    services.decompositions.forget(path_of(decomposition_id))  # before the database's word of it reaches us too
    if not deleted:
        raise NotFound(f"There is no decomposition {decomposition_id}.")
