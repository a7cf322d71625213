"""Operations become the next revision of a document, all or none.

Who comes first writes: the new revision is written only if it follows the one that was read. It is read, and the
operations are folded onto it, without any lock; where somebody was faster, the document is locked for a second time of
the same, in which nobody can be. Pictures that came with the operations are decoded once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.flow.documents.change import Box, Change, Changed, Describe, Replayed, find_for
from app.flow.documents.looks import with_looks
from app.flow.errors import invalid_field
from app.flow.identified import limits
from app.flow.keyed import first_answer, keep_answer
from app.flow.render import with_sizes
from app.flow.request_body import RequestBody
from app.flow.services import Services
from app.store import assets, documents
from app.store.documents import Document, Revision, Stale


@dataclass(frozen=True, slots=True)
class Folded:
    """Operations on a scene, from ``app/flow/scene_tasks.py``.

    Attributes:
        operations: as they are kept, their pictures being assets.
        redrawn: the indices of the layers that look different; see ``app/flow/documents/looks.py``.
        assets: the pointer to where each asset, by its sha256, is asked for.
        pictures: those that came along, each ``{sha256, width, height, path}``.
    """

    scene: Mapping[str, Any]
    operations: Sequence[Mapping[str, Any]]
    dirty: Box | None
    redrawn: Mapping[str, Sequence[int]]
    summary: str
    assets: Mapping[str, str]
    pictures: Sequence[Mapping[str, Any]]


def edit(services: Services, change: Change, body: RequestBody, folder: Path, describe: Describe) -> Changed | Replayed:
    """Apply the operations of a request; pictures that come along are written to ``folder``.

    Raises:
        InvalidEdit, InvalidRequest: says which operation is wrong; nothing was written.
        ImageRejected: the request could not be read within the time and memory it is given.
        NotFound: there is no such document.
        RevisionConflict: it has changed since.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken where the revision is written
        answer = first_answer(connection, change)
        if answer is not None:
            return Replayed(answer)
        document = find_for(services, connection, change)
    folded = _folded(services, change.tenant_id, document, body, folder, ())
    pictures = folded.pictures
    try:
        with services.engine.begin() as connection:
            return _written(connection, change, document, folded, pictures, describe)
    except Stale:
        again = json.dumps({"operations": list(folded.operations)})
        body = RequestBody.of(again.encode(), folder / "again.json")
    with services.engine.begin() as connection:
        answer = first_answer(connection, change)
        if answer is not None:
            return Replayed(answer)
        documents.lock(connection, change.tenant_id, change.document_id)
        document = find_for(services, connection, change)
        folded = _folded(services, change.tenant_id, document, body, folder, pictures)
        return _written(connection, change, document, folded, pictures, describe)


def _folded(
    services: Services,
    tenant_id: str,
    document: Document,
    body: RequestBody,
    folder: Path,
    pictures: Sequence[Mapping[str, Any]],
) -> Folded:
    """``pictures`` have come with the operations, which know them as assets by now."""
    found, _ = with_sizes(
        services,
        tenant_id,
        "edit_scene",
        {one["sha256"]: (one["width"], one["height"]) for one in pictures},
        scene=dict(document.scene),
        body=dict(body.said),
        folder=str(folder),
        limits=limits(services.settings),
    )
    dirty = found.pop("dirty")
    return Folded(dirty=None if dirty is None else (dirty[0], dirty[1], dirty[2], dirty[3]), **found)


def _written(
    connection: Connection,
    change: Change,
    document: Document,
    folded: Folded,
    pictures: Sequence[Mapping[str, Any]],
    describe: Describe,
) -> Changed | Replayed:
    """All in one transaction, and in one order: the key, the document, the assets."""
    answer = first_answer(connection, change)
    if answer is not None:
        return Replayed(answer)
    n = document.newest + 1
    new = Revision(n, "edit", n, document.newest, None, len(folded.operations), folded.summary, folded.summary)
    scene = with_looks(document, folded.scene, folded.redrawn, n)
    saved = documents.append(connection, document, new, (folded.operations, scene))
    for picture in sorted(pictures, key=lambda one: str(one["sha256"])):
        assets.put(
            connection, change.tenant_id, picture["width"], picture["height"], Path(picture["path"]), inline=True
        )
    held = assets.held(connection, change.tenant_id, folded.assets)
    for sha256, pointer in folded.assets.items():
        if sha256 not in held:
            raise invalid_field(pointer, f"There is no asset {sha256}; upload it to /v1/assets first.")
    documents.use(connection, document, folded.assets)
    shown = replace(document, newest=n, revision=saved, operations=folded.operations, scene=scene)
    changed = Changed(shown, folded.dirty)
    keep_answer(connection, change, lambda: describe(changed))
    return changed
