"""Which picture is it? The name of an upload's pixels, decoded at most once."""

from dataclasses import dataclass
from pathlib import Path

from app.flow.pixels import PixelPool, PixelsLost
from app.flow.remembered import Remembered
from app.settings import Settings
from model.errors import ImageRejected


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
        try:
            found = pool.call("identify", upload=str(upload), limits=limits(settings))
        except PixelsLost as error:
            raise ImageRejected("The picture could not be decoded within the time and memory it is given.") from error
        identified = Identified(**found)
        known.put(sha256, identified)
    return identified
