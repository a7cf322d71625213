"""One layer of a stack, split further: its parts take its place, and no other layer changes by a bit.

cutout    the layer on its own, cropped to its box; who does not read alpha is shown it on a ground that it stands out
          from
refine    the parts recompose to the cutout, alpha included, and stand on what is seen below them (``model.refine``)
placed    the parts in the layer's place, with names of their own

Why nothing else has to move: of a cutout's pixels each that is not opaque belongs to one part alone, and under each
that is opaque one part is opaque itself. So the parts, laid one after another over any ground at all, show what the
layer shows over it, to the bit; rounding never meets the ground.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.compositing import over
from model.decomposers.base import Decomposer, OnProgress, Parameters
from model.layers import Layer, Pixels, Stack, moved
from model.premultiply import is_opaque
from model.refine import parted
from model.refine.tidy import named
from model.standout import ground_for

_MARGIN = 0.05
"""Of the side of a square as large as the layer: enough for a model to see that it ends there."""
_LEAST_MARGIN = 8
_ALL = 0.98
"""The share of a layer from which on the part that lies lowest is what is left of it: rims may be others'."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A layer as a picture of its own.

    Attributes:
        pixels: ``(h, w, 4)`` uint8, straight alpha, RGB 0 where alpha is 0; with a transparent margin around the
            layer, unless it is an opaque rectangle.
        x, y: of its corner on the layer's canvas, in pixels; may lie outside.
    """

    pixels: Pixels
    x: int
    y: int

    def shown_to(self, decomposer: Decomposer) -> Pixels:
        """For this decomposer, ``(h, w, 4)``: as it is for one that ``reads_alpha``."""
        return self.pixels if getattr(decomposer, "reads_alpha", False) else self.shown()

    def shown(self) -> Pixels:
        """For a decomposer: ``(h, w, 4)``, opaque. Models see colours only, and lay what is transparent on a ground of
        their own, be it white; white letters would be lost on that."""
        if is_opaque(self.pixels):
            return self.pixels
        canvas = np.empty_like(self.pixels)
        canvas[:] = (*ground_for(self.pixels), 255)
        over(canvas, self.pixels, (slice(None), slice(None)))
        return canvas


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """``stack``: the whole picture's; its layers from the index of what was split on, ``child_count`` of them, are the
    parts. One part is the layer itself: it did not come apart."""

    stack: Stack
    child_count: int


def cutout(layer: Layer) -> Cutout:
    """What a decomposer is given of a layer, so that a small thing on a large canvas is seen at its own size."""
    if is_opaque(layer.pixels):
        return Cutout(layer.pixels, layer.x, layer.y)
    margin = max(_LEAST_MARGIN, round(_MARGIN * math.sqrt(layer.width * layer.height)))
    pixels = np.pad(layer.pixels, ((margin, margin), (margin, margin), (0, 0)))
    pixels[pixels[:, :, 3] == 0] = 0
    return Cutout(pixels, layer.x - margin, layer.y - margin)


def split(whole: Stack, index: int, raw: Stack, parameters: Parameters, on_progress: OnProgress) -> Nested:
    """The stack with one layer replaced by its parts; its composite is what it was, bit for bit.

    Args:
        whole: of the picture's size, layers trimmed, names unique. Not written to.
        index: of the layer to split.
        raw: what a decomposer made of what it was shown of ``cutout(whole.layers[index])``; of any size.
        parameters: ``max_layers`` is the most parts there will be, ``min_alpha_area_ratio`` is of the cutout.
        on_progress: as for ``refine``; may raise.

    Returns:
        The notes are those of ``raw`` and ``separated``, whether there is more than one part. Where there is not, the
        layers are those of ``whole``. Depths are even steps over the new stack.
    """
    layer = whole.layers[index]
    cut = cutout(layer)
    ground, parts = parted(raw, cut.pixels, parameters, on_progress, on_nothing=False)
    if ground is None and _underlies(parts[0], cut.pixels):
        ground = parts.pop(0)
    parts = [moved(part, cut.x, cut.y) for part in parts]
    if ground is not None:
        parts = [_rest_of(layer, moved(ground, cut.x, cut.y), parts), *parts]
    if len(parts) < 2:
        parts = [layer]
    notes = {**raw.notes, "separated": len(parts) > 1}
    return Nested(Stack(whole.width, whole.height, _placed(whole.layers, index, parts), notes), len(parts))


def _underlies(part: Layer, pixels: Pixels) -> bool:
    """Whether it goes on under all there is."""
    covered = np.count_nonzero(part.pixels[:, :, 3][pixels[part.box][:, :, 3] > 0])
    return bool(covered >= _ALL * np.count_nonzero(pixels[:, :, 3]))


def _rest_of(layer: Layer, rest: Layer, parts: Sequence[Layer]) -> Layer:
    """What is left of a layer once its parts are taken off is still that layer, and whoever names it means this."""
    text, lines = (None, ()) if any(part.text for part in parts) else (layer.text, layer.lines)
    return replace(rest, name=layer.name, kind=layer.kind, text=text, lines=lines)


def _placed(layers: Sequence[Layer], index: int, parts: Sequence[Layer]) -> tuple[Layer, ...]:
    others = [*layers[:index], *layers[index + 1 :]]
    # The others come first, so that it is the parts' names that give way.
    found = named([*others, *_unnumbered(parts)])
    above = found[index : len(others)]
    stack = [*found[:index], *found[len(others) :], *above]
    stack[0] = replace(stack[0], kind="background", text=None, lines=())
    return tuple(replace(layer, depth=place / max(1, len(stack) - 1)) for place, layer in enumerate(stack))


def _unnumbered(parts: Sequence[Layer]) -> list[Layer]:
    """Parts called ``leaf`` and ``leaf 2`` are both called ``leaf`` again, to be counted over the whole stack."""
    names = {part.name for part in parts}
    plain = [part.name.rpartition(" ") for part in parts]
    return [
        replace(part, name=stem) if number.isdecimal() and stem in names else part
        for part, (stem, _, number) in zip(parts, plain, strict=True)
    ]
