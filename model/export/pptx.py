"""PPTX: a slide with a picture for each layer, which can be moved, named and animated.

What slides have not is kept for the eye: a layer of another blend mode carries the colours that it makes with what lies
beneath it, and a group that is composed by itself is one picture. Pictures are written as they come; a layer at a time
is in memory, and a canvas where there are blend modes.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import BinaryIO

import numpy as np

from model.alpha import trimmed
from model.blend import mixed
from model.edits.fields import MAX_PIXELS
from model.encode import png
from model.export.archive import Archive, archive
from model.export.laid import around, lay_one, together
from model.export.options import SLIDES, Slides
from model.export.outline import Item, is_boxed, walked
from model.export.pptx_parts import fixed, relations, slide
from model.export.pptx_shapes import Rect, Shape, clicks, group, picture, text_box
from model.export.pptx_words import worded
from model.export.slide_size import emu_of_pixel, slide_size
from model.export.stack import Exported
from model.layers import Layer, Pixels

_NOTHING = np.zeros((1, 1, 4), np.uint8)
"""A layer has a picture, even if there is nothing in it."""


def write(stack: Exported, file: BinaryIO, options: Slides = SLIDES) -> None:
    """Slides, their pictures, and what a presentation must have.

    Raises:
        NotExportable: a slide cannot be so long and thin.
    """
    outline = stack.outline
    ends = _ends(outline.items) if options.build == "slides" else [len(outline.items)]
    said = f"A canvas of {outline.width} × {outline.height} pixels"
    with archive(file) as out:
        for name, data in fixed(len(ends), slide_size(outline), said):
            out.add(name, data, packed=True)
        drawing = _Drawing(stack, out, options)
        # How many pictures there are by then is what a slide that ends there leads to.
        shapes = [(drawing.shape(item, True), drawing.pictures) for item in outline.items]
        waiting = _waiting(outline.items, shapes) if options.build == "clicks" else ()
        for number, end in enumerate(ends, 1):
            pictures = shapes[end - 1][1] if end else 0
            seen = "".join(shape.xml for shape, _ in shapes[:end] if shape is not None)
            out.add(f"ppt/slides/slide{number}.xml", slide(seen, clicks(waiting)), packed=True)
            targets = [("slideLayout", "../slideLayouts/slideLayout1.xml")]
            targets += [("image", f"../media/image{at}.png") for at in range(1, pictures + 1)]
            out.add(f"ppt/slides/_rels/slide{number}.xml.rels", relations(targets), packed=True)


def _ends(items: Sequence[Item]) -> list[int]:
    """Up to where each slide goes: a visible item more each, and all on the last; hidden ones come along."""
    ends = [at for at, item in enumerate(items, 1) if item.is_step]
    return [*ends[:-1], len(items)]


def _waiting(items: Sequence[Item], shapes: Sequence[tuple[Shape | None, int]]) -> list[int]:
    """The ids of those that appear at a click: all that are visible but the first."""
    visible = [shape.id for item, (shape, _) in zip(items, shapes, strict=True) if item.is_step and shape is not None]
    return visible[1:]


class _Drawing:
    """The shapes of a stack, bottom to top.

    Attributes:
        pictures: how many are written by now.
    """

    def __init__(self, stack: Exported, out: Archive, options: Slides) -> None:
        self._stack, self._out, self._options = stack, out, options
        self._unit = emu_of_pixel(stack.outline)
        self._ids = count(2)  # 1 is the slide's own
        self.pictures = 0
        needed = any(item.blend != "normal" for item, _ in walked(stack.outline.items))
        self._below = np.zeros_like(stack.picture) if needed else None

    def shape(self, item: Item, seen: bool) -> Shape | None:
        """``None`` of a group in which there is nothing; ``seen`` where the groups that it is in are."""
        seen = seen and item.shows
        if item.members is not None and not item.is_isolated:
            id_ = next(self._ids)
            members = [shape for one in item.members if (shape := self.shape(one, seen)) is not None]
            return group(item, id_, members) if members else None
        layer = self._stack.load(item) if item.members is None else self._together(item)
        layer = layer and trimmed(layer)
        found = None if layer is None else self._words(item, layer)
        if found is None:
            found = self._picture(item, layer, seen)
        if layer is not None and seen and self._below is not None:
            lay_one(layer, item, self._below)
        return found

    def _together(self, item: Item) -> Layer | None:
        """Of a group that reaches very far, what lies on the canvas."""
        outline, box = self._stack.outline, around(item)
        is_large = box is not None and box[2] * box[3] > MAX_PIXELS
        return together(self._stack, item, (0, 0, outline.width, outline.height) if is_large else None)

    def _words(self, item: Item, layer: Layer) -> Shape | None:
        """A box, or a group of them where they stand apart."""
        if self._options.text != "boxes" or not is_boxed(item):
            return None
        told = worded(layer, self._stack.outline.width, self._unit)
        if len(told) == 1:
            return text_box(item, next(self._ids), *told[0])
        id_ = next(self._ids)
        boxes = [
            text_box(replace(item, name=words.text, text=words.text, visible=True), next(self._ids), rect, words)
            for rect, words in told
        ]
        return group(item, id_, boxes) if boxes else None

    def _picture(self, item: Item, layer: Layer | None, seen: bool) -> Shape:
        shown = layer or Layer(_NOTHING)
        pixels = self._mixed(item, shown) if seen else shown.pixels
        self.pictures += 1
        self._out.add(f"ppt/media/image{self.pictures}.png", png(pixels))
        return picture(item, next(self._ids), f"rId{1 + self.pictures}", self._rect(shown))

    def _mixed(self, item: Item, layer: Layer) -> Pixels:
        """With the colours that it makes with what lies beneath it, where it is of another mode."""
        if item.blend == "normal" or self._below is None:
            return layer.pixels
        height, width = self._below.shape[:2]
        left, top = max(layer.x, 0), max(layer.y, 0)
        right, bottom = min(layer.x + layer.width, width), min(layer.y + layer.height, height)
        if left >= right or top >= bottom:
            return layer.pixels
        pixels = layer.pixels.copy()
        part = pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
        part[:] = mixed(self._below[top:bottom, left:right], part, item.blend)
        return pixels

    def _rect(self, layer: Layer) -> Rect:
        """Edges that meet go on meeting."""
        left, top = round(layer.x * self._unit), round(layer.y * self._unit)
        right, bottom = round((layer.x + layer.width) * self._unit), round((layer.y + layer.height) * self._unit)
        return Rect(left, top, right - left, bottom - top)
