"""What the pixel processes do. Arguments and answers are JSON values; pictures go by path, and our own PNGs only are
read without suspicion."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from app.flow import json_body
from model.compositing import over
from model.content_hash import image_id
from model.encode import Format, decode_own, encode, png, thumbnail
from model.image import Limits, decode
from model.layers import Pixels


def identify(upload: str, limits: dict[str, int]) -> dict[str, Any]:
    """The name and size of a stranger's picture; raises ImageRejected, ImageTooLarge."""
    return _named(decode(Path(upload).read_bytes(), Limits(**limits)))


def to_png(upload: str, limits: dict[str, int], target: str) -> dict[str, Any]:
    """Decode a stranger's picture and write it to ``target`` as our own PNG; raises as ``identify``."""
    pixels = decode(Path(upload).read_bytes(), Limits(**limits))
    data = png(pixels)
    Path(target).write_bytes(data)
    return {**_named(pixels), "sha256": hashlib.sha256(data).hexdigest()}


def split_json(body: str, picture: str) -> dict[str, Any]:
    return json_body.split(Path(body).read_bytes(), Path(picture))


def variant(source: str, target: str, bbox: list[int] | None, width: int | None, format: Format) -> None:
    """A stored layer as another file: only its ``bbox`` (x, y, width, height), at most ``width`` wide, lossless."""
    pixels = decode_own(Path(source).read_bytes())
    if bbox is not None:
        x, y, columns, rows = bbox
        pixels = np.ascontiguousarray(pixels[y : y + rows, x : x + columns])
    if width is not None:
        pixels = thumbnail(pixels, width)
    Path(target).write_bytes(encode(pixels, format))


def composite(layers: list[dict[str, Any]], width: int, height: int, target: str) -> None:
    """Full-canvas layers bottom to top, each ``{path, opacity, blend}``, over each other, as PNG."""
    canvas = np.zeros((height, width, 4), np.uint8)
    for layer in layers:
        pixels = decode_own(Path(layer["path"]).read_bytes())
        over(canvas, pixels, (slice(0, height), slice(0, width)), layer["opacity"], layer["blend"])
    Path(target).write_bytes(png(canvas))


def _named(pixels: Pixels) -> dict[str, Any]:
    height, width, _ = pixels.shape
    return {"image_id": image_id(pixels), "width": width, "height": height}
