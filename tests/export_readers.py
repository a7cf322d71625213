"""Exported files, opened by readers that are not ours."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model.layers import Pixels


@dataclass(frozen=True, eq=False)
class Read:
    """A layer or a group as another program finds it, bottom to top; ``pixels`` is ``None`` where it has none."""

    name: str
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    pixels: Pixels | None = None
    x: int = 0
    y: int = 0
    members: "tuple[Read, ...] | None" = None


@dataclass(frozen=True, eq=False)
class Opened:
    """A file. ``picture`` is what it shows to who reads no layers."""

    width: int
    height: int
    picture: Pixels
    items: tuple[Read, ...]


def rgba(file: bytes) -> Pixels:
    """A picture file by Pillow."""
    with Image.open(io.BytesIO(file)) as picture:
        picture.load()
        return np.array(picture.convert("RGBA"))


def read_zip(file: bytes) -> Opened:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        items = _members_of(None, manifest["layers"], archive)
        return Opened(manifest["width"], manifest["height"], rgba(archive.read(manifest["composite"])), items)


def _members_of(parent: int | None, told: list[dict[str, Any]], archive: zipfile.ZipFile) -> tuple[Read, ...]:
    return tuple(
        Read(
            one["name"],
            one["opacity"],
            one["blend"],
            one["visible"],
            rgba(archive.read(one["file"])) if one["file"] else None,
            *(one["bbox"][:2] if one["bbox"] else (0, 0)),
            members=_members_of(one["index"], told, archive) if one["type"] == "group" else None,
        )
        for one in told
        if one["parent"] == parent
    )


READERS: Mapping[str, Callable[[bytes], Opened]] = {
    "zip": read_zip,
}
"""By the suffix of the file."""
