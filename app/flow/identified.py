"""Which picture is it? The name of an upload's pixels, decoded at most once; and how to know it again when it was
compressed or scaled."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.flow.pixels import PixelPool, PixelsLost
from app.flow.remembered import Remembered
from app.settings import Settings
from model.errors import ImageRejected, ImageTooLarge, OutOfMemory
from model.sketch import Sketch


@dataclass(frozen=True, slots=True)
class Identified:
    """``image_id`` names the decoded pixels; width and height are theirs, after the orientation was applied."""

    image_id: str
    width: int
    height: int


def limits(settings: Settings) -> dict[str, int]:
    """The arguments of ``model.image.Limits``."""
    return {
        "max_bytes": settings.max_upload_bytes,
        "max_pixels": settings.max_pixels,
        "max_side": settings.max_side,
    }


def identify(
    pool: PixelPool, known: Remembered[Identified], settings: Settings, upload: Path, sha256: str
) -> Identified:
    """The name of an upload's pixels; ``known`` has the last uploads by the sha256 of their bytes, as the same bytes
    under the same limits are the same pixels.

    Raises:
        ImageRejected: not a picture we take, or its decoder did not survive it.
        ImageTooLarge: more than the limits allow.
    """
    identified = known.get(sha256)
    if identified is None:
        identified = Identified(**_decoded(pool, "identify", upload=str(upload), limits=limits(settings)))
        known.put(sha256, identified)
    return identified


def sketched(
    pool: PixelPool, known: Remembered[Identified], settings: Settings, upload: Path, sha256: str
) -> tuple[Identified, Sketch]:
    """The same, and the sketch; decodes always. Raises as ``identify``."""
    found = _decoded(pool, "identify", upload=str(upload), limits=limits(settings), sketched=True)
    identified, sketch = _sketched(found)
    known.put(sha256, identified)
    return identified, sketch


def to_png(pool: PixelPool, settings: Settings, upload: Path, target: Path) -> Identified:
    """Write an upload's pixels as our own PNG; raises as ``identify``."""
    return Identified(**_decoded(pool, "to_png", upload=str(upload), limits=limits(settings), target=str(target)))


def to_png_sketched(pool: PixelPool, settings: Settings, upload: Path, target: Path) -> Sketch:
    """The same, for the sketch."""
    where = {"upload": str(upload), "target": str(target)}
    return _sketched(_decoded(pool, "to_png", **where, limits=limits(settings), sketched=True))[1]


def _sketched(found: dict[str, Any]) -> tuple[Identified, Sketch]:
    sketch = Sketch(found.pop("hash"), base64.b64decode(found.pop("grid")))
    return Identified(**found), sketch


def _decoded(pool: PixelPool, task: str, **arguments: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = pool.call(task, **arguments)
    except PixelsLost as error:
        raise ImageRejected("The picture could not be decoded within the time and memory it is given.") from error
    except OutOfMemory as error:
        raise ImageTooLarge("The picture needs more memory than it is given.") from error
    return found
