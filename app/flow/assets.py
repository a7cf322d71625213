"""A picture that edits may use: decoded like any upload, stored as our own PNG, named by its bytes."""

from dataclasses import dataclass
from pathlib import Path

from app.flow.identified import limits
from app.flow.pixels import PixelsLost
from app.flow.services import Services
from app.store import assets
from model.errors import ImageRejected


@dataclass(frozen=True, slots=True)
class Uploaded:
    sha256: str
    width: int
    height: int
    created: bool


def upload(services: Services, tenant_id: str, picture: Path) -> Uploaded:
    """Raises ImageRejected, ImageTooLarge."""
    target = picture.with_suffix(".png")
    try:
        made = services.pixels.call("to_png", upload=str(picture), limits=limits(services.settings), target=str(target))
    except PixelsLost as error:
        raise ImageRejected("The picture could not be decoded within the time and memory it is given.") from error
    with services.engine.begin() as connection:
        asset, created = assets.put(connection, tenant_id, made["width"], made["height"], target.read_bytes())
    return Uploaded(asset.sha256, asset.width, asset.height, created)
