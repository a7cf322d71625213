"""Stacks to edit, operations to draw at random, and the short ways to fold and render them in tests."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from model.blend import MODES
from model.edits import Scene, fold, parse, scene_of_stack
from model.edits.fields import ANCHORS
from model.edits.render import render
from model.layers import Layer, Pixels, Stack

WIDTH, HEIGHT = 48, 36
NAMES = ("background", "badge", "headline", "glow", "logo")
bounded = settings(derandomize=True, max_examples=25, deadline=None, database=None)
"""The same examples each time, some dozens, and no clock."""

Body = dict[str, Any]


def noise(seed: int, height: int, width: int, opaque: bool = False) -> Pixels:
    """Random pixels, a third of them transparent and a third opaque unless all are."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
    kinds = rng.integers(0, 3, (height, width))
    pixels[kinds == 0, 3] = 0
    pixels[(kinds == 1) | opaque, 3] = 255
    return pixels


def stack(seed: int = 0) -> Stack:
    """An opaque background and four layers of several sizes, all of noise."""
    boxes = [(0, 0, WIDTH, HEIGHT), (3, 4, 11, 9), (10, 20, 30, 7), (25, 2, 20, 20), (40, 29, 8, 7)]
    layers = tuple(
        Layer(noise(seed * 10 + at, h, w, opaque=at == 0), x, y, NAMES[at]) for at, (x, y, w, h) in enumerate(boxes)
    )
    return Stack(WIDTH, HEIGHT, layers)


def edited(*operations: Body, scene: Scene | None = None) -> Scene:
    return fold(parse(list(operations)), scene_of_stack(stack()) if scene is None else scene)


def picture(scene: Scene, of: Stack | None = None, assets: dict[str, Pixels] | None = None) -> Pixels:
    layers = (of or stack()).layers
    return render(scene, layers.__getitem__, (assets or {}).__getitem__)


def alone(
    pixels: Pixels, *operations: Body, size: tuple[int, int] | None = None, at: tuple[int, int] = (0, 0)
) -> Pixels:
    """One layer at a place of a canvas of a size (its own), edited and rendered over nothing."""
    width, height = size or (pixels.shape[1], pixels.shape[0])
    one = Stack(width, height, (Layer(pixels, *at, "it"),))
    return picture(edited(*operations, scene=scene_of_stack(one)), one)


def draws(kinds: Sequence[str], layer: st.SearchStrategy[object] | None = None) -> st.SearchStrategy[Body]:
    """One valid operation of some of the kinds, on one of the layers of ``stack``."""
    which = st.sampled_from([*range(len(NAMES)), *NAMES]) if layer is None else layer
    return st.sampled_from(kinds).flatmap(
        lambda op: st.builds(lambda chosen, rest: {"op": op, "layer": chosen, **rest}, which, _PARAMETERS[op]())
    )


def everything() -> st.SearchStrategy[Body]:
    """Any operation that is always taken, on the layers of ``stack``; none deletes or locks."""
    of_canvas = st.fixed_dictionaries(
        {"op": st.just("canvas"), "width": st.sampled_from([30, "120%"]), "x": st.integers(-5, 5)}
    )
    return st.one_of(draws([*PLACING, *LOOKING, *STACKING, "crop", "text"]), of_canvas)


def _anchors() -> st.SearchStrategy[object]:
    return st.sampled_from([*ANCHORS, [0.25, 0.75]])


def _numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.one_of(st.integers(int(low), int(high)), st.floats(low, high).map(lambda value: round(value, 3)))


def _points() -> st.SearchStrategy[Body]:
    lengths = st.one_of(_numbers(-60, 60), _numbers(-90, 90).map(lambda value: f"{value}%"))
    return st.fixed_dictionaries({"x": lengths, "y": lengths})


def _moves() -> st.SearchStrategy[Body]:
    return st.one_of(
        st.fixed_dictionaries({"by": _points()}), st.fixed_dictionaries({"to": _points(), "anchor": _anchors()})
    )


def _scales() -> st.SearchStrategy[Body]:
    factors = st.sampled_from([0.25, 0.5, 0.8, 1, 1.25, 2, {"x": 0.5}, {"x": 2, "y": 0.5}])
    boxes = st.fixed_dictionaries({"width": st.integers(1, 80), "height": st.sampled_from(["20%", "75%", 9])})
    return st.one_of(
        st.fixed_dictionaries({"by": factors, "anchor": _anchors()}),
        st.fixed_dictionaries({"to": boxes, "fit": st.sampled_from(["contain", "cover", "fill"])}),
    )


def _rotations() -> st.SearchStrategy[Body]:
    degrees = st.one_of(st.sampled_from([90, 180, 270, -90, 0]), _numbers(-400, 400))
    return st.one_of(
        st.fixed_dictionaries({"by": degrees, "anchor": _anchors()}), st.fixed_dictionaries({"to": degrees})
    )


def _colours() -> st.SearchStrategy[Body]:
    color, strength = (
        st.sampled_from(["red", "#0a7", "hsl(270 50% 40%)", "white", "black"]),
        st.sampled_from([0, 0.5, 1]),
    )
    matrix = st.lists(st.sampled_from([-0.5, 0, 0.3, 1]), min_size=20, max_size=20)
    ways: list[Body] = [
        {"mode": st.sampled_from(["hue", "tint"]), "color": color},
        {"mode": st.just("replace"), "color": color, "from": color, "tolerance": st.sampled_from([0, 0.3, 1])},
        {"mode": st.just("duotone"), "colors": st.lists(color, min_size=2, max_size=2)},
        {"mode": st.just("matrix"), "matrix": matrix},
    ]
    return st.one_of(*(st.fixed_dictionaries({**way, "strength": strength}) for way in ways))


def _adjustments() -> st.SearchStrategy[Body]:
    factors = st.sampled_from([0, 0.5, 1, "150%"])
    some: Body = {"contrast": factors, "saturation": factors, "hue": st.sampled_from([0, 90, -30])}
    more: Body = {"blur": st.sampled_from([0, 0.4, 2, 9]), "reset": st.just(True)}
    return st.fixed_dictionaries({"brightness": factors}, optional={**some, **more})


def _boxes() -> st.SearchStrategy[Body]:
    sides = {"x": st.integers(-9, 40), "width": st.integers(1, 60), "height": st.sampled_from(["30%", 25])}
    return st.fixed_dictionaries({"box": st.fixed_dictionaries(sides)})


def _texts() -> st.SearchStrategy[Body]:
    looks: Body = {"color": st.sampled_from(["red", "#0a78"]), "align": st.sampled_from(["left", "center"])}
    return st.fixed_dictionaries({"value": st.sampled_from(["A", "to b"])}, optional={**looks, "size": st.just(9)})


_PARAMETERS: dict[str, Callable[[], st.SearchStrategy[Body]]] = {
    "move": _moves,
    "scale": _scales,
    "rotate": _rotations,
    "flip": lambda: st.fixed_dictionaries({"axis": st.sampled_from(["horizontal", "vertical"])}),
    "opacity": lambda: st.fixed_dictionaries({"to": st.sampled_from([0, 0.3, 1])}),
    "blend": lambda: st.fixed_dictionaries({"mode": st.sampled_from(list(MODES))}),
    "recolor": _colours,
    "adjust": _adjustments,
    "text": _texts,
    "reorder": lambda: st.sampled_from([{"to": "top"}, {"to": "bottom"}, {"to": "forward"}, {"to": "backward"}]),
    "crop": lambda: st.one_of(_boxes(), st.just({"reset": True})),
    **dict.fromkeys(("show", "hide", "group", "duplicate"), lambda: st.just({})),
}
PLACING = ("move", "scale", "rotate", "flip")
LOOKING = ("opacity", "blend", "recolor", "adjust", "show", "hide")
STACKING = ("reorder", "group", "duplicate")
