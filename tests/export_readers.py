"""Exported files, opened by readers that are not ours."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

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


def read_ora(file: bytes) -> Opened:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        assert (archive.infolist()[0].filename, archive.read("mimetype")) == ("mimetype", b"image/openraster")
        image = ElementTree.fromstring(archive.read("stack.xml"))
        (root,) = image
        picture = rgba(archive.read("mergedimage.png"))
        return Opened(int(image.attrib["w"]), int(image.attrib["h"]), picture, _ora_stack(root, archive))


def _ora_stack(stack: ElementTree.Element, archive: zipfile.ZipFile) -> tuple[Read, ...]:
    """A layer in whose picture there is nothing has none."""
    found = []
    for element in reversed(stack):
        said = element.attrib
        layer = rgba(archive.read(said["src"])) if element.tag == "layer" else None
        shown = layer is not None and bool(layer[:, :, 3].any())
        found.append(
            Read(
                said["name"],
                float(said["opacity"]),
                _ORA_MODES.get(said["composite-op"], "normal"),
                said["visibility"] == "visible",
                layer if shown else None,
                int(said.get("x", 0)),
                int(said.get("y", 0)),
                _ora_stack(element, archive) if element.tag == "stack" else None,
            )
        )
    return tuple(found)


_ORA_MODES = {
    f"svg:{mode}": mode
    for mode in (
        "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light", "soft-light",
        "difference", "color", "luminosity", "hue", "saturation",
    )
}  # fmt: skip
"""As the specification lists them, of those that we know."""


def read_psd(file: bytes) -> Opened:
    """The layers by psd-tools, the merged picture by Pillow."""
    from psd_tools import PSDImage

    document = PSDImage.open(io.BytesIO(file))
    return Opened(document.width, document.height, rgba(file), _psd_layers(document))


def _psd_layers(group: Any) -> tuple[Read, ...]:
    found = []
    for layer in group:
        shown = None if layer.is_group() else layer.topil(apply_icc=False)
        mode = layer.blend_mode.name.lower().replace("_", "-")
        pixels = None if shown is None else np.array(shown)
        assert pixels is None or pixels.shape[2] == 4
        found.append(
            Read(
                layer.name,
                layer.opacity / 255,
                "normal" if mode == "pass-through" else mode,
                layer.visible,
                pixels,
                layer.left,
                layer.top,
                _psd_layers(layer) if layer.is_group() else None,
            )
        )
    return tuple(found)


def read_svg(file: bytes) -> Opened:
    """It has no picture of its own: a browser draws it (``tests/e2e/test_browser_exports.py``)."""
    svg = ElementTree.fromstring(file)
    assert svg.tag == f"{_SVG}svg"
    width, height = int(svg.attrib["width"]), int(svg.attrib["height"])
    assert svg.attrib["viewBox"] == f"0 0 {width} {height}"
    return Opened(width, height, np.zeros((height, width, 4), np.uint8), _svg_items(svg))


def _svg_items(group: ElementTree.Element) -> tuple[Read, ...]:
    """A group that is no layer of Inkscape's is a layer without pixels."""
    found = []
    for element in group:
        if element.tag == f"{_SVG}desc":
            continue
        said = element.attrib
        data = said.get("href", "").removeprefix("data:image/png;base64,")
        is_group = said.get(f"{_INKSCAPE}groupmode") == "layer"
        found.append(
            Read(
                said["aria-label"],
                float(said.get("opacity", 1)),
                said.get("style", "mix-blend-mode:normal").removeprefix("mix-blend-mode:"),
                said.get("display") != "none",
                rgba(base64.b64decode(data, validate=True)) if data else None,
                int(said.get("x", 0)),
                int(said.get("y", 0)),
                _svg_items(element) if is_group else None,
            )
        )
    return tuple(found)


_SVG, _INKSCAPE = "{http://www.w3.org/2000/svg}", "{http://www.inkscape.org/namespaces/inkscape}"


def read_tiff(file: bytes) -> Opened:
    """A page in which there is nothing is a layer without pixels."""
    with Image.open(io.BytesIO(file)) as document:
        pages = []
        for number in range(document.n_frames):
            document.seek(number)
            document.load()
            name = document.tag_v2[285].encode("latin-1").decode()  # as Pillow reads all text
            pages.append((name, np.array(document.convert("RGBA"))))
    (first, picture), *layers = pages
    assert first == "Composite"
    items = tuple(Read(name, pixels=pixels if pixels[:, :, 3].any() else None) for name, pixels in layers)
    return Opened(picture.shape[1], picture.shape[0], picture, items)


def read_pptx(file: bytes) -> Opened:
    """The first slide by python-pptx; it has no picture of its own. A layer in whose picture there is nothing has
    none; how many EMU a pixel has follows from the canvas's size, which the file tells in words."""
    from pptx import Presentation

    deck = Presentation(io.BytesIO(file))
    said = re.fullmatch(r"A canvas of (\d+) × (\d+) pixels", deck.core_properties.comments)
    assert said is not None
    assert deck.slide_width is not None
    width, height = int(said[1]), int(said[2])
    items = _pptx_shapes(deck.slides[0].shapes, deck.slide_width / width)
    return Opened(width, height, np.zeros((height, width, 4), np.uint8), items)


def _pptx_shapes(shapes: Any, unit: float) -> tuple[Read, ...]:
    """Each lies within a hundredth of a pixel of where it is taken to be."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    found = []
    for shape in shapes:
        is_group = shape.shape_type == MSO_SHAPE_TYPE.GROUP
        pixels = None if is_group else rgba(shape.image.blob)
        faded = [] if is_group else shape._element.xpath(".//a:alphaModFix")
        shown = pixels is not None and bool(pixels[:, :, 3].any())
        place = [edge / unit for edge in (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)]
        if pixels is not None:
            assert max(abs(edge - round(edge)) for edge in place) < 0.01
            assert (round(place[2]) - round(place[0]), round(place[3]) - round(place[1])) == pixels.shape[1::-1]
        found.append(
            Read(
                shape.name,
                int(faded[0].get("amt")) / 100_000 if faded else 1.0,
                "normal",
                shape._element.xpath("./*/p:cNvPr")[0].get("hidden") != "1",
                pixels if shown else None,
                round(place[0]) if shown else 0,
                round(place[1]) if shown else 0,
                _pptx_shapes(shape.shapes, unit) if is_group else None,
            )
        )
    return tuple(found)


READERS: Mapping[str, Callable[[bytes], Opened]] = {
    "zip": read_zip,
    "ora": read_ora,
    "psd": read_psd,
    "svg": read_svg,
    "tiff": read_tiff,
    "pptx": read_pptx,
}
"""By the suffix of the file."""
