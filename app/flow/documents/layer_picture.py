"""The picture of one layer of a document, by itself, as edits left it: made once for all states and documents in which
it looks so."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.flow.documents.picture import files_of
from app.flow.errors import NotFound
from app.flow.identified import limits
from app.flow.pictures import layer_file, made, pixels_blob
from app.flow.pixels import PixelsLost
from app.flow.render import stack_of
from app.flow.render_plan import Plan
from app.flow.scene_files import lines_of
from app.flow.services import Services
from app.store import layers
from app.store.documents import Document
from model.content_hash import digest_of
from model.edits.alone import Alone, alone
from model.edits.drawn import brought, taken
from model.edits.scene import Scene
from model.edits.scene_json import scene_from_json
from model.errors import ImageRejected


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """What is asked for.

    Attributes:
        index: of the layer in the document.
        trim: all of it, wherever it lies, in place of what is on the canvas.
        width: the picture's at most; ``None`` for its own.
        format: ``png`` or ``webp``.
        one: what it shows, and where.
    """

    index: int
    trim: bool
    width: int | None
    format: str
    one: Alone


def layer_picture(
    document: Document, index: int, *, trim: bool, width: int | None, format_: str
) -> tuple[LayerPicture, Plan]:
    """What a picture comes to.

    Raises:
        NotFound: the document has no such layer.
    """
    scene = scene_from_json(document.scene)
    if not 0 <= index < len(scene.layers):
        raise NotFound(f"The document has {len(scene.layers)} layers, 0 to {len(scene.layers) - 1}.")
    one = alone(scene, index, trim=trim)
    most = None if width is None or width >= one.size[0] else width
    return LayerPicture(index, trim, most, format_, one), _planned(document, scene, one, most, format_)


def _planned(document: Document, scene: Scene, one: Alone, width: int | None, format_: str) -> Plan:
    """Its key says nothing of layers that it does not show, nor of what the layer is called."""
    indices = taken(one.states)
    lines = lines_of(document.layers, indices)
    said = [
        [index, pixels_blob(document.layers[index]), document.layers[index]["bbox"], lines.get(str(index))]
        for index in indices
    ]
    key = digest_of(["layer picture 1", one.key, said, scene.stored_width, width, format_])
    assets = {picture.image: picture.pointer for picture in brought(one.states)}
    return Plan(key, f"image/{format_}", stack_of(document.layers), indices, assets, {})


def layer_picture_file(
    services: Services, document: Document, wanted: LayerPicture, planned: Plan
) -> tuple[Path, bool]:
    """The file, made where it is not on disk; and whether it was there. A layer that is as it was stored is that of the
    decomposition.

    Raises:
        InvalidEdit: its words cannot be set here.
        ImageRejected: it could not be made within the time and memory it is given.
        FileNotFoundError: a layer was evicted from the disk cache meanwhile; ask again.
    """
    tenant = document.tenant_id
    own = _stored_as(services, document, wanted)
    if own is not None:
        return layer_file(
            services, tenant, document.layers[own], trim=wanted.trim, width=wanted.width, format_=wanted.format
        )

    def make(target: Path) -> None:
        try:
            services.pixels.call(
                "render_layer",
                scene=dict(document.scene),
                index=wanted.index,
                trim=wanted.trim,
                width=wanted.width,
                format=wanted.format,
                limits=limits(services.settings),
                **files_of(services, document, planned),
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The picture could not be made within the time and memory it is given.") from error

    return made(services, ["document layer", tenant, planned.key], make)


def _stored_as(services: Services, document: Document, wanted: LayerPicture) -> int | None:
    """The index of the stored layer whose picture this is to the bit, if there is one."""
    found = wanted.one.stored_at()
    if found is None:
        return None
    index, x, y = found
    box: Any = document.layers[index]["bbox"]
    if wanted.trim:
        return index if (x, y, *wanted.one.size) == (0, 0, *box[2:]) else None
    if [x, y] != list(box[:2]):
        return None
    with services.engine.connect() as connection:
        stored = layers.get(connection, document.tenant_id, document.decomposition_id)
    return index if stored is not None and (stored.width, stored.height) == wanted.one.size else None
