"""Undo, redo, restore: the next revision of a document shows a state that it had.

Each is one more step forward in the history, never a step back in it: the revision that is undone stays, and so does
the undoing. ``back`` and ``forward`` of the new revision say where undo and redo lead from there.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from app.flow.documents.change import Change, Changed, Describe, Replayed, find, find_for
from app.flow.errors import NotFound, NothingToRedo, NothingToUndo
from app.flow.keyed import first_answer, keep_answer
from app.flow.services import Services
from app.store import documents
from app.store.documents import Document, Revision
from model.edits.dirty import dirty
from model.edits.scene_json import scene_from_json


def undo(services: Services, change: Change, describe: Describe) -> Changed | Replayed:
    """Back to the state before the last edit, redo or restore that is not undone yet.

    Raises:
        NothingToUndo.
        NotFound, RevisionConflict, IdempotencyMismatch, IdempotencyConflict.
    """

    def next_of(connection: Connection, document: Document) -> Revision:
        now = document.revision
        if now.back is None:
            raise NothingToUndo("There is nothing to undo: the document is as it was made.")
        to = _revision(connection, document, now.back)
        return Revision(document.newest + 1, "undo", to.state, to.back, now.n, 0, to.step, f"undo {now.step}")

    return _step(services, change, describe, next_of)


def redo(services: Services, change: Change, describe: Describe) -> Changed | Replayed:
    """Forward to the state that the last undo left.

    Raises:
        NothingToRedo.
        NotFound, RevisionConflict, IdempotencyMismatch, IdempotencyConflict.
    """

    def next_of(connection: Connection, document: Document) -> Revision:
        forward = document.revision.forward
        if forward is None:
            raise NothingToRedo("There is nothing to redo: nothing was undone, or something was changed since.")
        to = _revision(connection, document, forward)
        return Revision(document.newest + 1, "redo", to.state, to.back, to.forward, 0, to.step, f"redo {to.step}")

    return _step(services, change, describe, next_of)


def restore(services: Services, change: Change, n: int, describe: Describe) -> Changed | Replayed:
    """To the state of revision ``n``, whatever came since; undo takes this back.

    Raises:
        NotFound: there is no such document, or it has no such revision.
        RevisionConflict, IdempotencyMismatch, IdempotencyConflict.
    """

    def next_of(connection: Connection, document: Document) -> Revision:
        to, said = _revision(connection, document, n), f"restore revision {n}"
        return Revision(document.newest + 1, "restore", to.state, document.newest, None, 0, said, said)

    return _step(services, change, describe, next_of)


def _step(
    services: Services, change: Change, describe: Describe, next_of: Callable[[Connection, Document], Revision]
) -> Changed | Replayed:
    with services.engine.begin() as connection:
        answer = first_answer(connection, change)
        if answer is not None:
            return Replayed(answer)
        documents.lock(connection, change.tenant_id, change.document_id)
        before = find_for(services, connection, change)
        documents.append(connection, before, next_of(connection, before))
        after = find(services, connection, change.tenant_id, change.document_id)
        box = dirty(scene_from_json(before.scene), scene_from_json(after.scene))
        changed = Changed(after, box)
        keep_answer(connection, change, lambda: describe(changed))
        return changed


def _revision(connection: Connection, document: Document, n: int) -> Revision:
    found = documents.revision(connection, document.tenant_id, document.id, n)
    if found is None:
        raise NotFound(f"The document has no revision {n}; the newest is {document.newest}.")
    return found
