"""A stack of layers as a file of another program: what it comes to, what is lost, and the file, made once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.flow.documents.change import find
from app.flow.find import remembered_decomposition
from app.flow.identified import limits
from app.flow.pictures import made, pixels_blob, stored
from app.flow.pixels import PixelsLost
from app.flow.render import scene_kept, stack_of
from app.flow.scene_files import lines_of, scene_files
from app.flow.services import Services
from app.store import images
from app.store.documents import Document
from model.content_hash import digest_of
from model.edits.drawn import brought, taken
from model.edits.scene_json import scene_from_json
from model.errors import ImageRejected
from model.export.options import Options
from model.export.outline import outline_of, walked
from model.export.table import FORMATS, check, warnings

_VERSION = 1
"""Of all that is written; another one makes every file anew."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported.

    Attributes:
        title: what a person calls it; its id where nobody gave it a name.
        scene: as it is kept.
        layers: of the decomposition, as its manifest has them.
        source_sha256: of the picture that it was made of, ``None`` where that has been deleted.
        document: whose it is, ``None`` of a decomposition without edits.
    """

    tenant_id: str
    decomposition_id: str
    title: str
    scene: Mapping[str, Any]
    layers: Sequence[Mapping[str, Any]]
    source_sha256: str | None
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be.

    Attributes:
        key: 64 hex digits that name its bytes.
        warnings: what the format cannot hold, a sentence each.
        layers, assets: the stored layers and the assets that it takes.
        options: what was asked for beside the format.
    """

    format: str
    media_type: str
    key: str
    warnings: tuple[str, ...]
    layers: tuple[int, ...]
    assets: tuple[str, ...]
    options: Options | None = None


def of_decomposition(services: Services, tenant_id: str, decomposition_id: str) -> Subject:
    """Raises ``NotFound``."""
    found = remembered_decomposition(services, tenant_id, decomposition_id)
    source = _source(services, tenant_id, found.image_id)
    return Subject(tenant_id, found.id, found.id, scene_kept(found), found.layers, source)


def of_document(services: Services, tenant_id: str, document_id: str, revision: int | None) -> Subject:
    """At a revision, or at the newest; raises ``NotFound``."""
    with services.engine.begin() as connection:
        document = find(services, connection, tenant_id, document_id, revision)
    image_id = remembered_decomposition(services, tenant_id, document.decomposition_id).image_id
    source = _source(services, tenant_id, image_id)
    title = document.name or document.id
    return Subject(tenant_id, document.decomposition_id, title, document.scene, document.layers, source, document)


def plan(subject: Subject, format_: str, options: Options | None = None) -> Export:
    """What a file comes to.

    Args:
        options: of the class that the format takes; ``None`` for what it gives without being asked.

    Raises:
        NotExportable: the format cannot hold a canvas of this size.
    """
    scene, told = scene_from_json(subject.scene), FORMATS[format_]
    outline = outline_of(scene, subject.layers)
    if options is None and told.options is not None:
        options = told.options()
    check(outline, told, options)
    states = [scene.layers[item.index] for item, _ in walked(outline.items) if not item.is_group]
    indices = taken(states)
    said: list[Any] = [_VERSION, format_, repr(outline), scene.stored_width, subject.source_sha256]
    if options is not None:
        said.append(asdict(options))
    stored_of = [[pixels_blob(subject.layers[index]), subject.layers[index]["kind"]] for index in indices]
    key = digest_of(["export", said, stored_of, lines_of(subject.layers, indices)])
    assets = tuple(sorted({picture.image for picture in brought(states)}))
    return Export(format_, told.media_type, key, tuple(warnings(outline, told, options)), indices, assets, options)


def export_file(services: Services, subject: Subject, planned: Export) -> tuple[Path, bool]:
    """The file, made where it is not on disk; and whether it was there.

    Raises:
        InvalidEdit: words cannot be set here.
        NotExportable: the file would be larger than the format allows.
        ImageRejected: it could not be made within the time and memory it is given.
        FileNotFoundError: a layer was evicted from the disk cache meanwhile; ask again.
    """
    tenant = subject.tenant_id

    def make(target: Path) -> None:
        source = subject.source_sha256 and str(stored(services, tenant, subject.source_sha256))
        files = scene_files(services, tenant, subject.layers, stack_of(subject.layers), planned.layers, planned.assets)
        try:
            services.pixels.call(
                "export_scene",
                scene=dict(subject.scene),
                format=planned.format,
                options=planned.options and asdict(planned.options),
                told=[dict(layer) for layer in subject.layers],
                source=source,
                **files,
                limits=limits(services.settings),
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The file could not be made within the time and memory it is given.") from error

    return made(services, ["export", tenant, planned.key], make)


def kept_file(services: Services, key: str, data: bytes) -> tuple[Path, bool]:
    """What needed no pixels, as a file; and whether it was there. ``key`` names the bytes."""

    def make(target: Path) -> None:
        target.write_bytes(data)

    return made(services, ["export", key], make)


def _source(services: Services, tenant_id: str, image_id: str) -> str | None:
    with services.engine.connect() as connection:
        found = images.get(connection, tenant_id, image_id)
    return None if found is None else found.sha256
