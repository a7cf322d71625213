"""Layers out of a file as they are kept: a PNG of each on the canvas, one of all of it where it reaches beyond, and
what a manifest says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from model import encode
from model.alpha import trimmed
from model.compositing import over
from model.edits.render import render
from model.edits.scene import scene_of
from model.export.outline import Item, walked
from model.imports.imported import Imported
from model.layers import Layer, Pixels
from model.result import said_of_lines

_NOTHING = np.zeros((1, 1, 4), np.uint8)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be stored.

    Attributes:
        layers: bottom to top, as a manifest has them.
        groups: as ``model.edits.scene.scene_of`` takes them after the layers.
        files: the paths of all PNGs by their sha256.
        picture: what all of it comes to.
    """

    layers: tuple[Mapping[str, Any], ...]
    groups: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]
    picture: Pixels


def kept(found: Imported, folder: Path) -> Kept:
    """Load all layers, one at a time, and write them to a folder. The picture is made of what was written.

    Raises:
        ImageRejected, ImageTooLarge: of a layer.
    """
    outline = found.outline
    writer = _Writer(found, folder)
    order = [item for item, _ in walked(outline.items)]
    leaves = [item for item in order if not item.is_group]
    indices = {item.index: at for at, item in enumerate([*leaves, *(item for item in order if item.is_group)])}
    parents = {item.index: None if parent is None else indices[parent.index] for item, parent in walked(outline.items)}
    layers = tuple(
        {
            **writer.layer(item),
            **_standing(item, parents[item.index]),
            "index": at,
            "depth": at / max(1, len(leaves) - 1),
        }
        for at, item in enumerate(leaves)
    )
    groups = tuple(
        {"name": item.name, "opacity": item.opacity, "blend": item.blend, "position": at}
        | _standing(item, parents[item.index])
        for at, item in enumerate(order)
        if item.is_group
    )
    said = [*layers, *({**group, "group": True} for group in groups)]
    scene = scene_of(outline.width, outline.height, said)
    return Kept(layers, groups, writer.files, render(scene, lambda at: writer.stored(layers[at]), _no_asset))


@dataclass(slots=True)
class _Writer:
    found: Imported
    folder: Path
    files: dict[str, str] = field(default_factory=dict)

    def layer(self, item: Item) -> dict[str, Any]:
        width, height = self.found.outline.width, self.found.outline.height
        loaded = self.found.load(item)
        whole = None if loaded is None else trimmed(loaded)
        here = None if whole is None else _within(whole, width, height)
        told = loaded or Layer(_NOTHING, kind="text" if item.text else "object", text=item.text)
        said = {
            "name": item.name,
            "kind": told.kind,
            "text": told.text,
            "lines": said_of_lines(told.lines),
            "bbox": [0, 0, 0, 0] if whole is None else list(whole.bbox),
            "area_ratio": 0.0
            if here is None
            else round(int(np.count_nonzero(here.pixels[:, :, 3])) / (width * height), 6),
            "opacity": item.opacity,
            "blend": item.blend,
            "sha256": self._written(encode.layer_png(here or Layer(_NOTHING), width, height)),
        }
        if whole is not None and here is not whole:
            said["whole"] = self._written(encode.png(whole.pixels))
        return said

    def stored(self, said: Mapping[str, Any]) -> Layer:
        """As it will be read."""
        pixels = encode.decode_own(Path(self.files[said.get("whole") or said["sha256"]]).read_bytes())
        x, y, width, height = said["bbox"]
        return Layer(pixels if "whole" in said else pixels[y : y + height, x : x + width], x, y)

    def _written(self, png: bytes) -> str:
        sha256 = hashlib.sha256(png).hexdigest()
        path = self.folder / f"{sha256}.png"
        path.write_bytes(png)
        self.files[sha256] = str(path)
        return sha256


def _standing(item: Item, parent: int | None) -> dict[str, Any]:
    """What is left out where it is as usual."""
    return ({} if item.visible else {"visible": False}) | ({} if parent is None else {"parent": parent})


def _within(layer: Layer, width: int, height: int) -> Layer | None:
    """What of it lies on the canvas; itself where all does."""
    left, top = max(0, layer.x), max(0, layer.y)
    right, bottom = min(width, layer.x + layer.width), min(height, layer.y + layer.height)
    if left >= right or top >= bottom:
        return None
    if (left, top, right, bottom) == (layer.x, layer.y, layer.x + layer.width, layer.y + layer.height):
        return layer
    pixels = np.ascontiguousarray(layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x])
    return replace(layer, pixels=pixels, x=left, y=top)


def _no_asset(sha256: str) -> Pixels:
    raise KeyError(sha256)


def compared(found: Imported, stored: Kept) -> int | None:
    """By how many steps of 255 the file's own picture differs from what was kept, where it does most; ``None`` where it
    has none to compare. What differs is told among the losses.

    Raises:
        ImageRejected, ImageTooLarge: of that picture.
    """
    picture = found.picture()
    if picture is None:
        return None
    if picture.shape != stored.picture.shape:
        found.losses.add("The picture of the whole that is in the file is not of the size of the canvas.")
        return None
    apart = _difference(stored.picture, picture, found.on_white)
    if apart:
        found.losses.add(
            f"The picture of the whole that is in the file differs from the layers by up to {apart} of 255."
        )
    return apart


def _difference(one: Pixels, other: Pixels, on_white: bool) -> int:
    """The most that two pictures of one size differ by, as they are seen on white and, unless that is all that one of
    them knows, on black: steps of 255."""
    most = 0
    for ground in (255,) if on_white else (255, 0):
        shown = [_laid(pixels, ground) for pixels in (one, other)]
        most = max(most, int(np.abs(shown[0].astype(np.int16) - shown[1]).max(initial=0)))
    return most


def _laid(pixels: Pixels, ground: int) -> Pixels:
    canvas = np.full_like(pixels, ground)
    canvas[:, :, 3] = 255
    over(canvas, pixels, (slice(None), slice(None)))
    return canvas
