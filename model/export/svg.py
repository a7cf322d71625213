"""SVG: each layer an ``<image>`` at its offset, with CSS's blend modes, which are ours (W3C Compositing and Blending).

Figma calls a layer by its ``id``, Inkscape by its label, a screen reader by ``aria-label``: it has all three.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from model.encode import png
from model.export.outline import Item
from model.export.stack import Exported
from model.export.xml_text import xml_number, xml_text

_INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
_LONGEST_ID = 60
_CHUNK = 3 << 16  # bytes of a picture that are turned into base64 at a time; of threes, so that they join


def write(stack: Exported, file: BinaryIO) -> None:
    """A picture a line; nothing is referred to that is not in the file."""
    width, height = stack.outline.width, stack.outline.height
    said = {
        "xmlns": "http://www.w3.org/2000/svg",
        "xmlns:inkscape": _INKSCAPE,
        "width": str(width),
        "height": str(height),
        "viewBox": f"0 0 {width} {height}",
        "style": "isolation:isolate",  # what is below the picture in a page is no backdrop of a blend mode
    }
    file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    _write(file, f"<svg{_attributes(said)}>\n")
    _put(file, stack, stack.outline.items, set())
    _write(file, "</svg>\n")


def _put(file: BinaryIO, stack: Exported, items: Sequence[Item], ids: set[str]) -> None:
    """``ids`` are those that are taken."""
    for item in items:
        said = _said(item, ids)
        if item.members is not None:
            _write(file, f"<g{_attributes({**said, 'inkscape:groupmode': 'layer'})}>\n")
            _put(file, stack, item.members, ids)
            _write(file, "</g>\n")
        else:
            _put_layer(file, stack, item, said)


def _put_layer(file: BinaryIO, stack: Exported, item: Item, said: dict[str, str]) -> None:
    words = f"<desc>{escape(xml_text(item.text))}</desc>" if item.text else ""
    layer = stack.load(item)
    if layer is None:
        _write(file, f"<g{_attributes(said)}>{words}</g>\n")
        return
    box = {"x": layer.x, "y": layer.y, "width": layer.width, "height": layer.height}
    placed = {**said, "role": "img", **{name: str(value) for name, value in box.items()}}
    _write(file, f'<image{_attributes(placed)} href="data:image/png;base64,')
    picture = png(layer.pixels, least=True)
    for at in range(0, len(picture), _CHUNK):
        file.write(b64encode(picture[at : at + _CHUNK]))
    _write(file, f'">{words}</image>\n')


def _said(item: Item, ids: set[str]) -> dict[str, str]:
    name = xml_text(item.name)
    said = {"id": _id(name, ids), "aria-label": name, "inkscape:label": name}
    if item.opacity < 1:
        said["opacity"] = xml_number(item.opacity)
    if item.blend != "normal":
        said["style"] = f"mix-blend-mode:{item.blend}"
    if not item.visible:
        said["display"] = "none"
    return said


def _id(name: str, taken: set[str]) -> str:
    """The name, as far as an id may have its letters; no two are alike."""
    base = re.sub(r"\W+", "_", name).strip("_")[:_LONGEST_ID] or "layer"
    base = base if base[0].isalpha() else f"_{base}"
    found, at = base, 1
    while found in taken:
        at += 1
        found = f"{base}_{at}"
    taken.add(found)
    return found


def _attributes(said: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in said.items())


def _write(file: BinaryIO, text: str) -> None:
    file.write(text.encode())
