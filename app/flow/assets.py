"""A picture that edits may use: decoded like any upload, stored as our own PNG, named by its bytes."""

from dataclasses import dataclass
from pathlib import Path

from app.flow.identified import to_png
from app.flow.services import Services
from app.store import assets


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An asset, sizes in pixels; ``created`` is false where it was here already."""

    sha256: str
    width: int
    height: int
    created: bool


def upload(services: Services, tenant_id: str, picture: Path) -> Uploaded:
    """Raises ImageRejected, ImageTooLarge."""
    target = picture.with_suffix(".png")
    made = to_png(services.pixels, services.settings, picture, target)
    with services.engine.begin() as connection:
        asset, created = assets.put(connection, tenant_id, made.width, made.height, target)
    return Uploaded(asset.sha256, asset.width, asset.height, created)
