"""A real browser shows our layers as we compose them.

It keeps them as 8 bits of colour × alpha, where we keep 8 bits of colour, so where alpha is low it knows colours less
well; all that lies between it and us is measured here, and that it is this. Differences are in steps of 255, and of
colour × alpha where what is shown is not opaque.
"""

import base64
from collections.abc import Mapping
from io import BytesIO
from itertools import product

import numpy as np
import pytest
from edit_scenes import HEIGHT, WIDTH, edited, picture
from edit_scenes import stack as stack_to_edit
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from model import encode
from model.blend import MODES
from model.compositing import over
from model.layers import Pixels
from tests.browser import WatchedPage
from tests.browser_canvas import BrowserCanvas, Drawn

Exact = NDArray[np.float64]
"""``(h, w, 4)``: colour × alpha and alpha, 0..255."""
Grounds = Mapping[tuple[str, str], tuple[list[Drawn], Pixels]]

STEEP = ("color-dodge", "color-burn", "hue", "saturation")
"""The modes that divide by a colour, or by how much it differs from grey: a step there can become many."""
COARSE = ("difference", "exclusion")
"""The modes that Chromium's arithmetic of 8 bits rounds more than once."""
SIDE = 256


def _random(rng: np.random.Generator, side: int = SIDE, opaque: bool = False) -> Pixels:
    """Any colours under any alphas."""
    pixels = rng.integers(0, 256, (side, side, 4), dtype=np.uint8)
    pixels[..., 3] |= 255 * opaque
    return pixels


def _pair(mode: str, seed: int, ground: str) -> list[Drawn]:
    """Two layers in whose reds every sample meets every other."""
    rng = np.random.default_rng(seed)
    below, above = _random(rng, opaque=ground != "none"), _random(rng, opaque=ground == "both opaque")
    every = np.arange(SIDE, dtype=np.uint8)
    below[..., 0], above[..., 0] = every[:, None], every
    return [Drawn(below), Drawn(above, mode)]


@pytest.fixture(scope="module")
def shown(canvas: BrowserCanvas) -> Grounds:
    """By how opaque two layers are, and the upper one's mode: the layers, and what the browser shows."""
    pairs = {
        (ground, mode): _pair(mode, seed, ground)
        for ground in ("both opaque", "opaque", "none")
        for seed, mode in enumerate(MODES)
    }
    return {at: (pairs[at], pixels) for at, pixels in zip(pairs, canvas.drawn([*pairs.values()]), strict=True)}


def _ours(stack: list[Drawn]) -> Pixels:
    height, width = stack[0].pixels.shape[:2]
    pixels = np.zeros((height, width, 4), np.uint8)
    for layer in stack:
        over(pixels, layer.pixels, (slice(0, height), slice(0, width)), layer.opacity, layer.blend)
    return pixels


def _by_formula(stack: list[Drawn], eight_bits: bool = False) -> Exact:
    """The specification's sections 5 and 10 without any rounding, or rounded as often as a canvas must that keeps
    eight bits of colour × alpha: when a layer comes onto it and when a layer was drawn."""
    kept = np.rint if eight_bits else np.array
    colours = alpha = np.zeros(1)
    for layer in stack:
        above = layer.pixels[..., 3:] / 255
        source = _ratio(kept(layer.pixels[..., :3] * above) / 255, above)
        above = above * layer.opacity
        backdrop = _ratio(colours, alpha)
        pair = np.broadcast_arrays(backdrop, source)
        mixed = (1 - alpha) * source + alpha * MODES[layer.blend](*pair)
        colours = kept(255 * (above * mixed + (1 - above) * colours)) / 255
        alpha = kept(255 * (above + alpha * (1 - above))) / 255
    return np.dstack([colours, alpha]) * 255


def _ratio(colours: Exact, alpha: Exact) -> Exact:
    return np.divide(colours, alpha, out=np.zeros_like(colours), where=np.broadcast_to(alpha, colours.shape) > 0)


def _times_alpha(pixels: Pixels) -> Exact:
    return np.dstack([pixels[..., :3] * (pixels[..., 3:] / 255), pixels[..., 3]])


def _apart(shown: Pixels | Exact, wanted: Pixels | Exact) -> Exact:
    """How far apart, in steps of colour × alpha, which over an opaque ground are steps of colour."""
    one, other = (_times_alpha(pixels) if pixels.dtype == np.uint8 else pixels for pixels in (shown, wanted))
    return np.abs(one - other)


@pytest.mark.parametrize("mode", MODES)
def test_an_opaque_layer_on_an_opaque_one_is_ours_to_a_step(shown: Grounds, mode: str) -> None:
    stack, pixels = shown["both opaque", mode]
    furthest = _apart(pixels, _ours(stack)).max()
    assert furthest <= {"normal": 0, "exclusion": 2}.get(mode, 1)
    assert _apart(_ours(stack), _by_formula(stack)).max() <= 0.501


@pytest.mark.parametrize("mode", MODES)
def test_a_partly_transparent_layer_on_an_opaque_one_is_ours_to_three_steps(shown: Grounds, mode: str) -> None:
    stack, pixels = shown["opaque", mode]
    apart = _apart(pixels, _ours(stack))
    if mode in STEEP:
        assert (apart > 3).mean() < 0.005
    else:
        assert apart.max() <= (1 if mode == "normal" else 3)
    assert apart[..., 3].max() == 0
    assert _apart(_ours(stack), _by_formula(stack)).max() <= 1


@pytest.mark.parametrize("mode", MODES)
def test_two_partly_transparent_layers_are_ours_to_four_steps(shown: Grounds, mode: str) -> None:
    stack, pixels = shown["none", mode]
    apart = _apart(pixels, _ours(stack))
    if mode in STEEP:
        assert (apart > 4).mean() < 0.005
    else:
        assert apart.max() <= 4
    assert apart[..., 3].max() <= 1
    assert _apart(_ours(stack), _by_formula(stack)).max() <= 1.5  # a step of colour and half of one of alpha


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", ["both opaque", "opaque", "none"])
def test_what_lies_between_is_that_the_browser_keeps_colour_times_alpha(shown: Grounds, ground: str, mode: str) -> None:
    """No mode is another one there than here, steep ones included."""
    stack, pixels = shown[ground, mode]
    read_back = 0.5 if ground == "none" else 0.0  # it divides by alpha and rounds once more when it is asked
    assert _apart(pixels, _by_formula(stack, eight_bits=True)).max() <= (2 if mode in COARSE else 1) + read_back


@pytest.mark.parametrize("opacity", [0.3, 0.5, 0.77])
def test_opacity_is_a_canvass_global_alpha(canvas: BrowserCanvas, opacity: float) -> None:
    rng = np.random.default_rng(5)
    stacks = [
        [Drawn(_random(rng, 64, ground)), Drawn(_random(rng, 64, layer), mode, opacity)]
        for mode in MODES
        for ground, layer in ((True, True), (True, False), (False, False))
        if mode not in STEEP
    ]
    for stack, pixels in zip(stacks, canvas.drawn(stacks), strict=True):
        assert _apart(pixels, _ours(stack)).max() <= 4


@pytest.mark.parametrize("opaque", [True, False], ids=["on an opaque ground", "on none"])
def test_random_stacks_look_like_ours(canvas: BrowserCanvas, opaque: bool) -> None:
    rng = np.random.default_rng(6)
    stacks = []
    for _ in range(40):
        modes, opacities = rng.choice([*MODES], 4), rng.choice([1, 1, 0.8, 0.5], 4)
        upper = [
            Drawn(_random(rng, 64), str(mode), float(opacity)) for mode, opacity in zip(modes, opacities, strict=True)
        ]
        stacks.append([Drawn(_random(rng, 64, opaque)), *upper])
    for stack, pixels in zip(stacks, canvas.drawn(stacks), strict=True):
        apart = _apart(pixels, _ours(stack))
        assert apart.mean() < 1.5
        assert (apart > 8).mean() < 0.01


@pytest.mark.parametrize("opaque", [True, False], ids=["on an opaque ground", "on none"])
def test_stacks_of_normal_layers_are_ours_to_a_step_a_layer(canvas: BrowserCanvas, opaque: bool) -> None:
    rng = np.random.default_rng(7)
    stacks = [[Drawn(_random(rng, 64, opaque)), *(Drawn(_random(rng, 64)) for _ in range(4))] for _ in range(20)]
    for stack, pixels in zip(stacks, canvas.drawn(stacks), strict=True):
        apart = _apart(pixels, _ours(stack))
        assert apart.max() <= 5
        assert apart.mean() < 0.7


def test_a_page_shows_mix_blend_mode_as_its_canvas_does(page: WatchedPage, canvas: BrowserCanvas) -> None:
    """So what is measured on the canvas holds for pictures laid one over the other by style sheets."""
    rng, side = np.random.default_rng(8), 48
    stacks = [
        [Drawn(_random(rng, side, True)), Drawn(_random(rng, side, opaque), mode)]
        for opaque in (True, False)
        for mode in MODES
    ]
    cells = ["".join(_picture(layer.pixels, f"mix-blend-mode: {layer.blend}") for layer in stack) for stack in stacks]
    for stack, cell, pixels in zip(stacks, _cells(page.page, cells, side), canvas.drawn(stacks), strict=True):
        assert np.array_equal(cell, pixels), stack[1].blend


def test_a_group_is_shown_as_a_page_shows_an_element_around_its_layers(page: WatchedPage) -> None:
    """Alone first, whatever its layers' modes, and then as one picture, the W3C's isolated group; but a group that is
    neither blended nor faded is none for either."""
    background, *_ = layers = stack_to_edit().layers
    cells, wanted = [], []
    for opacity, mode, inner in product(
        (0.6, 1.0), ("normal", "multiply", "difference", "luminosity"), ("normal", "screen")
    ):
        operations: list[dict[str, object]] = [
            {"op": "group", "layer": [layer.name for layer in layers[1:]], "name": "Group"},
            {"op": "blend", "layer": "glow", "mode": inner},
            {"op": "opacity", "layer": "Group", "to": opacity},
            {"op": "blend", "layer": "Group", "mode": mode},
        ]
        wanted.append(picture(edited(*operations)))
        members = "".join(
            _picture(
                layer.pixels,
                f"left: {layer.x}px; top: {layer.y}px; mix-blend-mode: {inner if layer.name == 'glow' else 'normal'}",
            )
            for layer in layers[1:]
        )
        group = f'<div style="position: absolute; opacity: {opacity}; mix-blend-mode: {mode}">{members}</div>'
        cells.append(_picture(background.pixels) + group)
    for cell, ours in zip(_cells(page.page, cells, max(WIDTH, HEIGHT)), wanted, strict=True):
        assert _apart(cell[:HEIGHT, :WIDTH], ours).max() <= 3


def _picture(pixels: Pixels, style: str = "") -> str:
    address = f"data:image/png;base64,{base64.b64encode(encode.png(pixels)).decode()}"
    return f'<img style="position: absolute; {style}" src="{address}">'


def _cells(page: Page, cells: list[str], side: int) -> list[Pixels]:
    """A screenshot of a page of such elements, each in a square of its own, blended with nothing else."""
    across = 16
    places = [(at // across * side, at % across * side) for at in range(len(cells))]
    squares = "".join(
        f'<div style="position: absolute; top: {top}px; left: {left}px; isolation: isolate">{cell}</div>'
        for cell, (top, left) in zip(cells, places, strict=True)
    )
    page.set_content(f"<!doctype html><body>{squares}")
    page.evaluate("() => Promise.all([...document.images].map((image) => image.decode()))")
    with Image.open(BytesIO(page.screenshot())) as screenshot:
        whole = np.asarray(screenshot.convert("RGBA"))
    return [whole[top : top + side, left : left + side] for top, left in places]
