"""A file of another program becomes a decomposition: its layers and groups are what it and its documents begin with.

Its id comes from all that was taken of the file, so the same file is one decomposition, however often it is sent.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from app.flow.documents.change import Replayed
from app.flow.identified import limits
from app.flow.keyed import first_answer, keep_answer
from app.flow.made_layers import Describe, MadeLayers, stored
from app.flow.pixels import PixelsLost
from app.flow.services import Services
from app.store import layers
from app.store.layers import Decomposition
from model.content_hash import imported_id
from model.errors import ImageRejected, ImageTooLarge, OutOfMemory

MODEL, REVISION = "import", "1"
"""What stands in a manifest for the model that made the layers; another revision, another id."""


@dataclass(frozen=True, slots=True)
class WantedImport:
    """``upload`` is the file as it came, said to be of ``media_type``; ``route``, ``key`` and ``fingerprint`` are of
    the Idempotency-Key."""

    tenant_id: str
    upload: Path
    media_type: str
    route: str
    key: str | None = None
    fingerprint: str = ""


def import_file(services: Services, wanted: WantedImport, describe: Describe) -> MadeLayers | Replayed:
    """The decomposition that a file becomes.

    Raises:
        ImageRejected: no file that we take, broken, or made to do harm.
        ImageTooLarge: it holds more than the limits allow.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken where the layers are written
        answer = first_answer(connection, wanted)
        if answer is not None:
            return Replayed(answer)
    with TemporaryDirectory(dir=services.scratch) as folder:
        new = _read(services, wanted, Path(folder))
        with services.engine.begin() as connection:
            answer = first_answer(connection, wanted)
            if answer is not None:
                return Replayed(answer)
            found = _stored(connection, *new)
            keep_answer(connection, wanted, lambda: describe(found))
            return found


def _read(services: Services, wanted: WantedImport, folder: Path) -> tuple[Decomposition, dict[str, Any]]:
    """The decomposition to be, and the files that it is made of."""
    try:
        made: dict[str, Any] = services.pixels.call(
            "import_file",
            upload=str(wanted.upload),
            media_type=wanted.media_type,
            limits=limits(services.settings),
            max_layers=services.settings.max_import_layers,
            folder=str(folder),
        )
    except PixelsLost as error:
        raise ImageRejected("The file could not be read within the time and memory it is given.") from error
    except OutOfMemory as error:
        raise ImageTooLarge("The file needs more memory than it is given.") from error
    said = {name: made[name] for name in ("format", "warnings", "difference")}
    content = [REVISION, said, made["image_id"], made["layers"], made["groups"]]
    new = Decomposition(
        id=imported_id(content),
        tenant_id=wanted.tenant_id,
        image_id=made["image_id"],
        width=made["width"],
        height=made["height"],
        source_sha256="",  # the picture's own row says it
        model_name=MODEL,
        model_revision=REVISION,
        parameters={"format": made["format"]},
        layers=made["layers"],
        notes={"imported": said},
        groups=made["groups"],
    )
    return new, made


def _stored(connection: Connection, new: Decomposition, made: dict[str, Any]) -> MadeLayers:
    known = layers.get(connection, new.tenant_id, new.id)
    return MadeLayers(known, False) if known else stored(connection, new, made["files"], made["source"])
