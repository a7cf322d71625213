"""Which format a file is of, by its own bytes; whatever it was said to be must agree."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from model.errors import ImageRejected, ImageTooLarge
from model.imports import ora, psd, zip_layers
from model.imports.archive import Archive, opened
from model.imports.imported import TITLES, Imported, ImportLimits, Kind
from model.imports.psd_head import SIGNATURE

_SAID: Mapping[str, tuple[Kind, ...]] = {
    "image/vnd.adobe.photoshop": ("psd",),
    "image/x-photoshop": ("psd",),
    "image/photoshop": ("psd",),
    "image/psd": ("psd",),
    "image/x-psd": ("psd",),
    "application/photoshop": ("psd",),
    "application/x-photoshop": ("psd",),
    "application/psd": ("psd",),
    "image/openraster": ("ora",),
    "application/zip": ("zip", "ora"),
    "application/x-zip-compressed": ("zip", "ora"),
}
_TAKEN = "PSD, OpenRaster and Lamina's own ZIP are taken"


@contextmanager
def reading(path: Path, media_type: str, limits: ImportLimits) -> Iterator[Imported]:
    """A file to take layers from, until the ``with`` ends.

    Args:
        media_type: that it was said to be of; one that is not known here says nothing.

    Raises:
        ImageTooLarge: more than the limits allow.
        ImageRejected: anything else that is wrong with it.
    """
    if path.stat().st_size > limits.picture.max_bytes:
        raise ImageTooLarge(f"The file has more than {limits.picture.max_bytes:,} bytes.")
    with path.open("rb") as file:
        head = file.read(4)
    if head == SIGNATURE:
        _agree("psd", media_type)
        yield psd.read(path, limits)
    elif head[:2] == b"PK":
        with opened(path) as archive:
            kind = _kind(archive)
            _agree(kind, media_type)
            yield (ora.read if kind == "ora" else zip_layers.read)(archive, limits)
    elif not head:
        raise ImageRejected(f"The file is empty; {_TAKEN}.")
    else:
        raise ImageRejected(f"The file is of another format; {_TAKEN}.")


def _kind(archive: Archive) -> Kind:
    if "stack.xml" in archive:
        if "mimetype" not in archive or archive.read("mimetype", 64).strip() != ora.MIME:
            raise ImageRejected("The archive has a stack.xml, and no mimetype that says image/openraster.")
        return "ora"
    if zip_layers.MANIFEST in archive:
        return "zip"
    raise ImageRejected(f"The archive has neither a {zip_layers.MANIFEST} nor a stack.xml; {_TAKEN}.")


def _agree(kind: Kind, media_type: str) -> None:
    if kind not in _SAID.get(media_type, (kind,)):
        raise ImageRejected(f"The file was sent as {media_type}, and is {TITLES[kind]}.")
