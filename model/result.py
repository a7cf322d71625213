"""A stack as it is kept: a PNG a layer, checked, and what a manifest says of each; and a layer read back from that."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from model import compositing, encode
from model.alpha import trimmed
from model.decomposers.base import OnProgress
from model.errors import NotExact
from model.layers import Layer, Pixels, Stack, TextLine, TextWord, rows_on_canvas
from model.png_file import bands_of


def exact_pngs(stack: Stack, image: Pixels, on_progress: OnProgress) -> tuple[bytes, ...]:
    """One PNG a layer, full canvas. What is kept is what was checked: the bytes are read back and composited.

    Args:
        stack: of the picture's size.
        image: ``(H, W, 4)`` uint8, straight alpha.
        on_progress: called after each layer, with the stage ``encode``.

    Raises:
        NotExact: they do not recompose to the picture.
    """
    canvas = np.zeros_like(image)
    pngs = []
    for index, layer in enumerate(stack.layers):
        pngs.append(encode.layer_png(layer, stack.width, stack.height))
        if not _comes_back(pngs[-1], layer, canvas):
            raise NotExact(f"The PNG of layer {index} is not the layer.")
        on_progress("encode", index + 1, len(stack.layers))
    if not np.array_equal(canvas, image):
        raise NotExact("The layers do not recompose to the picture.")
    return tuple(pngs)


def _comes_back(png: bytes, layer: Layer, canvas: Pixels) -> bool:
    """Whether the file holds the layer; what it holds is laid over the canvas, a few rows at a time."""
    top, columns = 0, slice(layer.x, layer.x + layer.width)
    for band in bands_of(png):
        rows = slice(top, top + len(band))
        if not np.array_equal(band, rows_on_canvas(layer, rows, canvas.shape[1])):
            return False
        first, last = max(layer.y, rows.start), min(layer.y + layer.height, rows.stop)
        if first < last:
            compositing.over(canvas, band[first - top : last - top, columns], (slice(first, last), columns))
        top = rows.stop
    return True


def entry(stack: Stack, index: int) -> dict[str, object]:
    """What a manifest says of a layer, wherever its pixels are kept; JSON values only."""
    layer = stack.layers[index]
    covered = int(np.count_nonzero(layer.pixels[:, :, 3]))
    return {
        "index": index,
        "name": layer.name,
        "kind": layer.kind,
        "text": layer.text,
        "lines": said_of_lines(layer.lines),
        "bbox": list(layer.bbox),
        "area_ratio": round(covered / (stack.width * stack.height), 6),
        "depth": layer.depth,
    }


def layer_of(said: Mapping[str, Any], pixels: Pixels) -> Layer:
    """A layer as it was before it was kept.

    Args:
        said: its ``entry``; one of an earlier version, which knew of no lines, will do.
        pixels: ``(H, W, 4)`` uint8, straight alpha: of its PNG, full canvas.
    """
    lines = lines_of(said.get("lines", ()))
    whole = Layer(pixels, name=said["name"], kind=said["kind"], text=said["text"], depth=said["depth"], lines=lines)
    return trimmed(whole) or whole


def lines_of(said: Iterable[Mapping[str, Any]]) -> tuple[TextLine, ...]:
    """The lines of a layer, from its ``entry``."""
    return tuple(line_of(line) for line in said)


def said_of_lines(lines: Iterable[TextLine]) -> list[dict[str, object]]:
    """What a manifest says of lines; ``lines_of`` reads it."""
    return [_told(line) for line in lines]


def _told(line: TextLine) -> dict[str, object]:
    return {
        "text": line.text,
        "polygon": [[round(x, 2), round(y, 2)] for x, y in line.polygon],
        "color": line.color,
        "words": [{"text": word.text, "bbox": list(word.bbox)} for word in line.words],
    }


def line_of(said: Mapping[str, Any]) -> TextLine:
    corners = tuple((x, y) for x, y in said["polygon"])
    words = tuple(TextWord(word["text"], tuple(word["bbox"])) for word in said["words"])
    return TextLine(said["text"], corners, words, said["color"])
