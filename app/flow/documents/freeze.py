"""What a document looks like becomes a decomposition of its own, to begin anew with.

Its id comes from the scene and the names in it, so the same scene is frozen once, whichever document it is in.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from app.flow.documents.change import Change, Replayed, find_for
from app.flow.documents.picture import files_of, plan
from app.flow.identified import limits
from app.flow.keyed import first_answer, keep_answer
from app.flow.made_layers import Describe, MadeLayers, stored
from app.flow.pixels import PixelsLost
from app.flow.services import Services
from app.store import layers
from app.store.documents import Document
from app.store.layers import Decomposition
from model.content_hash import digest_of, frozen_id
from model.edits import scene_key
from model.edits.scene_json import scene_from_json
from model.errors import ImageRejected

MODEL, REVISION = "freeze", "2"
"""What stands in a manifest for the model that made the layers; another revision, another id."""


def freeze(services: Services, change: Change, describe: Describe) -> MadeLayers | Replayed:
    """The decomposition of a document's newest revision; the document stays as it is.

    Raises:
        NotFound: there is no such document.
        RevisionConflict: it has changed since.
        ImageRejected: it could not be made within the time and memory it is given.
        NotExact: the layers do not recompose to the picture: a defect of ours, nothing was stored.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken where the layers are written
        answer = first_answer(connection, change)
        if answer is not None:
            return Replayed(answer)
        document = find_for(services, connection, change)
        known = layers.get(connection, document.tenant_id, _id_of(document))
    with TemporaryDirectory(dir=services.scratch) as folder:
        made = None if known else _made(services, document, Path(folder))
        with services.engine.begin() as connection:
            answer = first_answer(connection, change)
            if answer is not None:
                return Replayed(answer)
            found = MadeLayers(known, False) if known else _stored(connection, document, made or {})
            keep_answer(connection, change, lambda: describe(found))
            return found


def _scene_of(document: Document) -> str:
    """Names all that the layers to be come from: the stored layers, what is drawn of them, what each is called."""
    scene = scene_from_json(document.scene)
    stored = [dict(layer) for layer in document.layers]
    return digest_of([REVISION, scene_key(scene), stored, [scene.layers[index].name for index in scene.live]])


def _id_of(document: Document) -> str:
    return frozen_id(_scene_of(document))


def _made(services: Services, document: Document, folder: Path) -> dict[str, Any]:
    planned = plan(services, document, {"format": "png"})
    for last_try in (False, True):
        try:
            files = files_of(services, document, planned)
            found: dict[str, Any] = services.pixels.call(
                "freeze_scene",
                scene=dict(document.scene),
                told=[dict(layer) for layer in document.layers],
                **files,
                limits=limits(services.settings),
                folder=str(folder),
            )
            return found
        except FileNotFoundError:  # evicted from the disk cache between finding and opening it
            if last_try:
                raise
        except PixelsLost as error:
            raise ImageRejected("The layers could not be made within the time and memory they are given.") from error
    raise AssertionError


def _stored(connection: Connection, document: Document, made: dict[str, Any]) -> MadeLayers:
    origin = {
        "document_id": document.id,
        "revision": document.revision.n,
        "decomposition_id": document.decomposition_id,
    }
    new = Decomposition(
        id=_id_of(document),
        tenant_id=document.tenant_id,
        image_id=made["image_id"],
        width=made["width"],
        height=made["height"],
        source_sha256="",  # the picture's own row says it
        model_name=MODEL,
        model_revision=REVISION,
        parameters={"scene": _scene_of(document)},
        layers=made["layers"],
        notes={"frozen": origin},
    )
    return stored(connection, new, made["files"], made["source"])
