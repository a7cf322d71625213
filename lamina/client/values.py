"""What may stand for a picture among a template's values."""

import os
from typing import Any

from lamina.client.pictures import Drawn, Picture


def picture_in(value: Any) -> Picture | None:
    """The value, where it is a picture to be uploaded: a path that is no text, bytes, an open file, Pillow's."""
    if isinstance(value, os.PathLike | bytes | bytearray | memoryview | Drawn) or hasattr(value, "read"):
        picture: Picture = value
        return picture
    return None
