"""What a pixel process does to take the layers out of a file; see ``pixel_tasks.py``."""

import hashlib
from pathlib import Path
from typing import Any

from model import encode
from model.content_hash import image_id
from model.image import Limits
from model.imports.imported import ImportLimits
from model.imports.kept import compared, kept


def import_file(upload: str, media_type: str, limits: dict[str, int], max_layers: int, folder: str) -> dict[str, Any]:
    """Write the layers of a stranger's file, and the picture that they come to, to ``folder``.

    Args:
        media_type: that it was said to be of.

    Returns:
        ``format``; ``image_id``, ``width`` and ``height`` of the picture; ``source``, the file of it; ``layers`` and
        ``groups``, as a decomposition has them; ``files``, the paths of all PNGs by sha256, the source too;
        ``warnings``, sentences; ``difference``, the most that the picture in the file is another, in steps of 255,
        ``None`` where it has none.

    Raises:
        ImageRejected, ImageTooLarge.
    """
    from model.imports.reading import reading  # psd-tools takes its time, and most processes never read such a file

    most = Limits(**limits)
    with reading(Path(upload), media_type, ImportLimits(most, max_layers)) as found:
        stored = kept(found, Path(folder))
        apart = compared(found, stored)
        png = encode.png(stored.picture, least=True)
        source = Path(folder) / "source.png"
        source.write_bytes(png)
        return {
            "format": found.kind,
            "image_id": image_id(stored.picture),
            "width": found.outline.width,
            "height": found.outline.height,
            "source": str(source),
            "layers": list(stored.layers),
            "groups": list(stored.groups),
            "files": {**stored.files, hashlib.sha256(png).hexdigest(): str(source)},
            "warnings": found.losses.sentences(),
            "difference": apart,
        }
