import numpy as np
import pytest

from model import blend


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
