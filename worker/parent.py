"""The decomposition of which a job splits one layer further."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.store import blobs, layers
from app.store.jobs import Job
from app.store.layers import Decomposition
from model import encode
from model.errors import DecompositionFailed
from model.layers import Layer, Pixels, Stack
from model.result import layer_of


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """Read whole before any work, so that it may be deleted meanwhile; kept as PNGs, which are small, until the parts
    of its layer are made.

    Attributes:
        found: the row.
        layer_index: of the layer to split.
        pngs: of its layers, bottom first, full canvas.
        source_png: of its picture.
    """

    found: Decomposition
    layer_index: int
    pngs: tuple[bytes, ...]
    source_png: bytes

    def layer(self, index: int) -> Layer:
        """One of its layers, as it was before it was stored."""
        return layer_of(self.found.layers[index], encode.decode_own(self.pngs[index]))

    def stack(self) -> Stack:
        """All of them."""
        layers_ = tuple(self.layer(index) for index in range(len(self.pngs)))
        return Stack(self.found.width, self.found.height, layers_)

    def image(self) -> Pixels:
        """Its picture, ``(H, W, 4)`` uint8, straight alpha."""
        return encode.decode_own(self.source_png)


def parent_of(connection: Connection, job: Job) -> Parent | None:
    """``None`` for a job whose picture is not a layer.

    Raises:
        DecompositionFailed: the decomposition was deleted.
    """
    if job.parent_id is None or job.parent_layer is None:
        return None
    found = layers.get(connection, job.tenant_id, job.parent_id)
    hashes = [] if found is None else [*(layer["sha256"] for layer in found.layers), found.source_sha256]
    pngs = [png for sha256 in hashes if (png := blobs.get(connection, job.tenant_id, sha256)) is not None]
    if found is None or len(pngs) < len(hashes):
        raise DecompositionFailed(f"The decomposition {job.parent_id}, of which a layer was to be split, was deleted.")
    return Parent(found, job.parent_layer, tuple(pngs[:-1]), pngs[-1])
