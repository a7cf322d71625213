"""OpenRaster 0.0.5 (https://www.openraster.org), as Krita, GIMP, MyPaint and ``model.export.ora`` write it."""

import math
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from model.blend import MODES
from model.errors import ImageRejected
from model.export.outline import Item, Outline
from model.image import decode, size_of
from model.imports.archive import Archive
from model.imports.imported import Imported, ImportLimits, Losses, Tally, named, tell_of_isolated
from model.imports.xml_elements import elements
from model.layers import Layer, Pixels

MIME = b"image/openraster"
_XML_BYTES = 2**22
_MODES = {"svg:src-over": "normal", **{f"svg:{mode}": mode for mode in MODES}}


def read(archive: Archive, limits: ImportLimits) -> Imported:
    """Raises ImageRejected, ImageTooLarge."""
    reader = _Reader(archive, limits)
    image = elements(archive.read("stack.xml", _XML_BYTES), "stack.xml")
    stacks = image.findall("stack")
    if image.tag != "image" or len(stacks) != 1:
        raise ImageRejected("stack.xml has no image with one stack in it.")
    width, height = _whole(image.attrib, "w", "image"), _whole(image.attrib, "h", "image")
    reader.tally.canvas(width, height)
    items = reader.items(stacks[0], 0)
    tell_of_isolated(items, reader.isolated, reader.losses)
    return Imported("ora", Outline(width, height, items), reader.load, reader.merged, reader.losses)


class _Reader:
    def __init__(self, archive: Archive, limits: ImportLimits) -> None:
        self._archive, self._limits = archive, limits.picture
        self._elements: dict[int, Element] = {}
        self.tally = Tally(limits)
        self.losses = Losses()
        self.isolated: set[int] = set()

    def items(self, stack: Element, depth: int) -> tuple[Item, ...]:
        """The file lists from the top down."""
        found = []
        for element in reversed(stack):
            if element.tag in ("layer", "stack"):
                found.append(self._item(element, depth))
            else:
                self.losses.add("Of OpenRaster, layers and stacks are taken, and nothing else: {} is not.", element.tag)
        return tuple(found)

    def _item(self, element: Element, depth: int) -> Item:
        index, said = self.tally.one_more(depth), element.attrib
        name = named(said.get("name", ""), self.losses)
        blend = _MODES.get(said.get("composite-op", "svg:src-over"))
        if blend is None:
            mode = said["composite-op"][:40]
            self.losses.add(f"There is no blend mode {mode} here, so that normal is used: {{}}.", name)
        opacity = _opacity(said, name)
        visible = said.get("visibility", "visible") != "hidden"
        members = None
        if element.tag == "stack":
            members = self.items(element, depth + 1)
            if said.get("isolation") == "isolate":
                self.isolated.add(index)
        else:
            self._elements[index] = element
        return Item(index, name, opacity, blend or "normal", visible, members=members)

    def load(self, item: Item) -> Layer | None:
        said = self._elements[item.index].attrib
        src = said.get("src", "")
        if src.lower().endswith(".svg"):
            self.losses.add("Drawings in SVG are not taken, and are empty: {}.", item.name)
            return None
        x, y = _whole(said, "x", item.name, 0), _whole(said, "y", item.name, 0)
        file = self._archive.read(src, self._limits.max_bytes)
        self.tally.layer(item.name, *size_of(file, self._limits), x, y)
        return Layer(decode(file, self._limits, keep_colours=True), x, y, item.name)

    def merged(self) -> Pixels | None:
        name = "mergedimage.png"
        if name not in self._archive:
            return None
        return decode(self._archive.read(name, self._limits.max_bytes), self._limits, keep_colours=True)


def _opacity(said: Mapping[str, str], name: str) -> float:
    try:
        value = float(said.get("opacity", "1"))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise ImageRejected(f"The opacity of “{name}” in stack.xml is no number from 0 to 1.")
    return value


def _whole(said: Mapping[str, str], key: str, name: str, default: int | None = None) -> int:
    """Some programs write whole numbers with a point."""
    try:
        value = float(said[key]) if default is None or key in said else float(default)
        if not abs(value) < 2**31:
            raise ValueError(value)
    except (KeyError, ValueError) as error:
        raise ImageRejected(f"The {key} of “{name}” in stack.xml is no number.") from error
    return round(value)
