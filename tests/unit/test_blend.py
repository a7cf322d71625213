import numpy as np
import pytest
from edit_scenes import bounded, noise
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model import blend
from model.compositing import over


def _mix(mode: str, below: tuple[int, int, int], above: tuple[int, int, int]) -> list[int]:
    backdrop = np.array([[[*below, 255]]], np.uint8)
    source = np.array([[[*above, 77]]], np.uint8)
    mixed = blend.mixed(backdrop, source, mode)
    assert mixed[0, 0, 3] == 77
    return mixed[0, 0, :3].tolist()


# Worked by hand from the formulas of the specification, channel by channel.
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("normal", [204, 51, 0]),
        ("multiply", [82, 31, 0]),
        ("screen", [224, 173, 255]),
        ("overlay", [163, 92, 255]),
        ("darken", [102, 51, 0]),
        ("lighten", [204, 153, 255]),
        ("color-dodge", [255, 191, 255]),
        ("color-burn", [64, 0, 255]),
        ("hard-light", [194, 61, 0]),
        ("soft-light", [139, 116, 255]),
        ("difference", [102, 102, 255]),
        ("exclusion", [143, 143, 255]),
    ],
)
def test_separable_modes_agree_with_the_formulas(mode: str, expected: list[int]) -> None:
    assert _mix(mode, (102, 153, 255), (204, 51, 0)) == pytest.approx(expected, abs=1)


def _luminosity(colour: list[int]) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


@pytest.mark.parametrize("mode", ["hue", "saturation", "color"])
def test_hue_saturation_and_color_keep_the_backdrops_luminosity(mode: str) -> None:
    below = (90, 120, 200)
    assert _luminosity(_mix(mode, below, (210, 60, 40))) == pytest.approx(_luminosity(list(below)), abs=1)


def test_luminosity_takes_the_sources() -> None:
    above = (110, 60, 40)
    assert _luminosity(_mix("luminosity", (90, 120, 200), above)) == pytest.approx(_luminosity(list(above)), abs=1)


def test_a_grey_source_takes_the_saturation_away() -> None:
    red, green, blue = _mix("saturation", (90, 120, 200), (128, 128, 128))
    assert red == green == blue


def test_hue_of_a_red_source_leaves_red_the_largest_channel() -> None:
    red, green, blue = _mix("hue", (20, 120, 200), (255, 0, 0))
    assert red > green == blue


@pytest.mark.parametrize("mode", sorted(blend.MODES))
def test_every_mode_stays_in_range_on_all_corners(mode: str) -> None:
    steps = np.array([0, 0.25, 0.5, 1], np.float32)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    below, above = np.repeat(cube, len(cube), axis=0), np.tile(cube, (len(cube), 1))
    result = blend.MODES[mode](below, above)
    assert np.isfinite(result).all()
    assert result.min() >= -1e-5
    assert result.max() <= 1 + 1e-5


def test_there_are_sixteen_modes() -> None:
    assert len(blend.MODES) == 16


# The specification's formulas once more, in double precision, one pixel at a time and in its own words, so that a slip
# in the fast ones shows.
def _luminosity_1(c):
    return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]


def _clip_colour(c):
    grey, low, high = _luminosity_1(c), min(c), max(c)
    if low < 0:
        c = [grey + (v - grey) * grey / (grey - low) for v in c]
    if high > 1:
        c = [grey + (v - grey) * (1 - grey) / (high - grey) for v in c]
    return c


def _set_luminosity(c, wanted):
    return _clip_colour([v + wanted - _luminosity_1(c) for v in c])


def _set_saturation(c, wanted):
    low, high = min(c), max(c)
    return [0.0] * 3 if high == low else [(v - low) * wanted / (high - low) for v in c]


def _saturation_1(c):
    return max(c) - min(c)


def _hard(b, s):
    return b * 2 * s if s <= 0.5 else b + (2 * s - 1) - b * (2 * s - 1)


def _soft(b, s):
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    root = ((16 * b - 12) * b + 4) * b if b <= 0.25 else b**0.5
    return b + (2 * s - 1) * (root - b)


SEPARABLE = {
    "normal": lambda b, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: _hard(s, b),
    "darken": min,
    "lighten": max,
    "color-dodge": lambda b, s: 0 if b == 0 else 1 if s == 1 else min(1, b / (1 - s)),
    "color-burn": lambda b, s: 1 if b == 1 else 0 if s == 0 else 1 - min(1, (1 - b) / s),
    "hard-light": _hard,
    "soft-light": _soft,
    "difference": lambda b, s: abs(b - s),
    "exclusion": lambda b, s: b + s - 2 * b * s,
}
WHOLE = {
    "hue": lambda b, s: _set_luminosity(_set_saturation(s, _saturation_1(b)), _luminosity_1(b)),
    "saturation": lambda b, s: _set_luminosity(_set_saturation(b, _saturation_1(s)), _luminosity_1(b)),
    "color": lambda b, s: _set_luminosity(s, _luminosity_1(b)),
    "luminosity": lambda b, s: _set_luminosity(b, _luminosity_1(s)),
}


def _formula(mode, below, above):
    """The composite of two pixels of 8 bits, straight, by sections 5 and 10 of the specification: 0-255, unrounded."""
    (*cb, ab), (*cs, as_) = ([value / 255 for value in pixel] for pixel in (below, above))
    pairs = zip(cb, cs, strict=True)
    mixed = WHOLE[mode](cb, cs) if mode in WHOLE else [SEPARABLE[mode](b, s) for b, s in pairs]
    source = [(1 - ab) * s + ab * m for s, m in zip(cs, mixed, strict=True)]
    alpha = as_ + ab * (1 - as_)
    if alpha == 0:
        return [0.0] * 4
    colours = [(as_ * s + (1 - as_) * ab * b) / alpha for s, b in zip(source, cb, strict=True)]
    return [255 * value for value in (*colours, alpha)]


@pytest.mark.parametrize("mode", sorted(blend.MODES))
@pytest.mark.parametrize("backdrop", ["opaque", "any"])
def test_every_mode_composes_as_the_formulas_say_within_one_step(mode: str, backdrop: str) -> None:
    below, above = noise(1, 12, 40, backdrop == "opaque"), noise(2, 12, 40)
    below[0, :6, :3] = above[0, :6, :3] = [(0, 0, 0), (255, 255, 255), (9, 9, 9), (255, 0, 0), (0, 255, 0), (1, 2, 254)]
    shown = below.copy()
    over(shown, above, (slice(0, 12), slice(0, 40)), blend=mode)
    pairs = zip(below.reshape(-1, 4), above.reshape(-1, 4), strict=True)
    expected = np.array([_formula(mode, *pair) for pair in pairs])
    visible = expected[:, 3] > 0
    assert np.abs(shown.reshape(-1, 4) - expected)[visible].max() <= 1


@bounded
@given(st.integers(0, 10**6), st.booleans())
def test_normal_is_pillows_alpha_composite_exactly(seed: int, opaque: bool) -> None:
    below, above = noise(seed, 9, 23, opaque), noise(seed + 1, 9, 23)
    shown = below.copy()
    over(shown, above, (slice(0, 9), slice(0, 23)), blend="normal")
    wanted = np.asarray(Image.alpha_composite(Image.fromarray(below), Image.fromarray(above)))
    assert np.array_equal(shown, wanted)


@pytest.mark.parametrize("mode", blend.MODES)
def test_a_pixel_is_the_same_wherever_in_a_picture_it_lies(mode: str) -> None:
    backdrop, source = noise(1, 61, 47), noise(2, 61, 47)
    backdrop[:, 20:] = np.where(backdrop[:, 20:] > 0, backdrop[:, 20:], 1)
    backdrop[30:, :, 3] = 255
    whole = blend.mixed(backdrop, source, mode)
    for top, left, height, width in [(30, 0, 31, 47), (31, 5, 7, 3), (0, 0, 1, 1), (33, 1, 2, 46), (28, 3, 9, 40)]:
        box = slice(top, top + height), slice(left, left + width)
        assert np.array_equal(blend.mixed(backdrop[box], source[box], mode), whole[box])


@pytest.mark.parametrize("mode", blend.MODES)
def test_over_an_opaque_backdrop_every_pair_of_samples_is_that_of_the_formula(mode: str) -> None:
    every = np.arange(256, dtype=np.uint8)
    backdrop, source = np.full((256, 256, 4), 255, np.uint8), np.full((256, 256, 4), 99, np.uint8)
    backdrop[..., :3], source[..., :3] = every[:, None, None], every[None, :, None]
    below, above = (pixels[..., :3].astype(np.float32) / np.float32(255) for pixels in (backdrop, source))
    wanted = np.rint(np.clip(above + (blend.MODES[mode](below, above) - above), 0, 1) * 255)
    mixed = blend.mixed(backdrop, source, mode)
    assert np.array_equal(mixed[..., :3], wanted)
    assert (mixed[..., 3] == 99).all()
