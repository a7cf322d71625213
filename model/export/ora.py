"""OpenRaster 0.0.5 (https://www.openraster.org), for Krita, GIMP, MyPaint: a ZIP of PNGs and a list of them."""

from typing import BinaryIO
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np

from model.encode import png
from model.export.archive import Archive, archive
from model.export.outline import Item
from model.export.stack import Exported
from model.export.xml_text import xml_number, xml_text
from model.layers import Pixels
from model.resample import resized

_THUMBNAIL = 256
_NOTHING = np.zeros((1, 1, 4), np.uint8)
"""A layer has a picture, even if there is nothing in it."""


def write(stack: Exported, file: BinaryIO) -> None:
    """``stack.xml`` and what it names, and the picture twice: whole and small."""
    with archive(file) as out:
        out.add("mimetype", b"image/openraster")
        said = Element(
            "image", version="0.0.5", w=str(stack.outline.width), h=str(stack.outline.height), xres="72", yres="72"
        )
        _put(out, stack, stack.outline.items, SubElement(said, "stack"))
        out.add("stack.xml", tostring(said, "utf-8", xml_declaration=True), packed=True)
        out.add("mergedimage.png", png(stack.picture))
        out.add("Thumbnails/thumbnail.png", png(_small(stack.picture)))


def _put(out: Archive, stack: Exported, items: tuple[Item, ...], within: Element) -> None:
    """The list goes from the top down."""
    for item in reversed(items):
        said = {
            "name": xml_text(item.name),
            "opacity": xml_number(item.opacity),
            "visibility": "visible" if item.visible else "hidden",
            "composite-op": "svg:src-over" if item.blend == "normal" else f"svg:{item.blend}",
        }
        if item.members is not None:
            isolation = "isolate" if item.is_isolated else "auto"
            _put(out, stack, item.members, SubElement(within, "stack", said, isolation=isolation))
            continue
        layer = stack.load(item)
        src = f"data/layer{item.index}.png"
        out.add(src, png(_NOTHING if layer is None else layer.pixels))
        x, y = (0, 0) if layer is None else (layer.x, layer.y)
        SubElement(within, "layer", said, src=src, x=str(x), y=str(y))
        del layer  # before the next one is loaded


def _small(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = min(1.0, _THUMBNAIL / max(width, height))
    return resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
