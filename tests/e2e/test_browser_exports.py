"""What a real browser shows of the SVGs and animations that we export: the picture, within a step."""

import io
from importlib import import_module

import numpy as np
import pytest
from export_stacks import HEIGHT, STACKS, WIDTH, Maker, noise, steps

from model.blend import MODES
from model.export.stack import Exported
from model.export.svg import write
from model.export.table import FORMATS
from model.layers import Pixels
from tests.browser_canvas import BrowserCanvas

ROUNDED = ("color-dodge", "color-burn", "hue", "saturation", "difference", "exclusion")
"""The modes that Chromium rounds otherwise; ``test_browser_blending.py`` measures how."""


def svg(stack: Exported) -> tuple[bytes, str]:
    out = io.BytesIO()
    write(stack, out)
    return out.getvalue(), "image/svg+xml"


def furthest(shown: Pixels, wanted: Pixels) -> float:
    """In steps of 255, colours times alpha."""
    assert shown.shape == wanted.shape
    off = [np.abs(shown[..., 3].astype(int) - wanted[..., 3]).max()]
    off += [np.abs(shown[..., :3] * (shown[..., 3:] / 255) - wanted[..., :3] * (wanted[..., 3:] / 255)).max()]
    return float(max(off))


@pytest.mark.parametrize("name", sorted(set(STACKS) - {"blended"}))
def test_a_browser_shows_the_picture(canvas: BrowserCanvas, name: str) -> None:
    stack = STACKS[name]()
    (shown,) = canvas.opened([svg(stack)])
    # It rounds colour × alpha for each layer that is seen through; in one of these there are twelve over each other.
    assert furthest(shown, stack.picture) <= (3 if name == "awkwardly_named" else 1.5)


def test_a_browser_knows_every_mode(canvas: BrowserCanvas) -> None:
    def one(mode: str) -> Exported:
        make = Maker()
        ground = make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True))
        return make.stack(ground, make.layer("On it", noise(2, WIDTH, HEIGHT, opaque=True), blend=mode))

    stacks = {mode: one(mode) for mode in MODES}
    plain = stacks["normal"].picture
    for mode, shown in zip(stacks, canvas.opened([svg(stack) for stack in stacks.values()]), strict=True):
        off = np.abs(shown[..., :3].astype(int) - stacks[mode].picture[..., :3])
        assert off.mean() < 1, mode
        assert off.max() <= (255 if mode in ROUNDED else 2), mode
        assert mode == "normal" or furthest(shown, plain) > 50


@pytest.mark.parametrize("format_", ["apng", "webp"])
def test_a_browser_plays_an_animation_to_the_picture(canvas: BrowserCanvas, format_: str) -> None:
    stack = STACKS["grouped"]()
    out = io.BytesIO()
    import_module(str(FORMATS[format_].module)).write(stack, out)
    frames = canvas.played(out.getvalue(), FORMATS[format_].media_type)
    for shown, wanted in zip(frames, steps(stack), strict=True):
        assert furthest(shown, wanted) == 0
