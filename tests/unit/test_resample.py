import tracemalloc

import numpy as np
import pytest
from edit_scenes import bounded, noise
from hypothesis import given
from hypothesis import strategies as st

from model.affine import rotation, scaling, then, translation
from model.resample import placed, resized


def _on(canvas, shown):
    """What was placed, on the whole canvas of ``(width, height)``."""
    full = np.zeros((canvas[1], canvas[0], 4), np.uint8)
    if shown is not None:
        piece, x, y = shown
        assert piece.dtype == np.uint8
        assert piece.shape[0] > 0
        assert piece.shape[1] > 0
        full[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return full


def _mass(pixels):
    """Alpha and premultiplied colours summed, in pixels of full colour."""
    floats = pixels.astype(np.float64) / 255
    floats[:, :, :3] *= floats[:, :, 3:]
    return floats.sum(axis=(0, 1))


@bounded
@given(st.integers(-50, 50), st.integers(-50, 50))
def test_a_move_copies_whole_pixels_and_cuts_at_the_canvas(x, y):
    pixels, canvas = noise(1, 20, 30), (40, 25)
    expected = np.zeros((125, 140, 4), np.uint8)
    expected[50 + y : 70 + y, 50 + x : 80 + x] = pixels
    shown = placed(pixels, translation(x, y), *canvas)
    assert np.array_equal(_on(canvas, shown), expected[50:75, 50:90])


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (scaling(-1, 1, (15, 10)), lambda p: p[:, ::-1]),
        (scaling(1, -1, (15, 10)), lambda p: p[::-1]),
        (rotation(180, (15, 10)), lambda p: p[::-1, ::-1]),
        (then(rotation(90, (0, 0)), translation(20, 0)), lambda p: np.rot90(p, -1)),
        (then(rotation(-90, (0, 0)), translation(0, 30)), lambda p: np.rot90(p)),
        (then(then(rotation(90, (0, 0)), translation(20, 0)), scaling(-1, 1, (10, 0))), lambda p: p.swapaxes(0, 1)),
    ],
    ids=["flip", "flop", "half turn", "right", "left", "transposed"],
)
def test_flips_and_quarter_turns_are_exact(matrix, expected):
    pixels = noise(2, 20, 30)
    wanted = expected(pixels)
    shown = placed(pixels, matrix, wanted.shape[1], wanted.shape[0])
    assert np.array_equal(_on(wanted.shape[1::-1], shown), wanted)


@pytest.mark.parametrize("by", [0.03, 0.1, 0.3, 0.5, 0.77, 1.5, 3, 7.3])
@pytest.mark.parametrize("degrees", [0, 30, 90, 200])
def test_colour_and_cover_grow_with_the_area(by, degrees):
    pixels = noise(3, 40, 60)
    matrix = then(scaling(by, by, (30, 20)), translation(300 - 30, 300 - 20))
    shown = placed(pixels, then(matrix, rotation(degrees, (300, 300))), 600, 600)
    assert _mass(_on((600, 600), shown)) == pytest.approx(_mass(pixels) * by * by, rel=0.06, abs=0.2)


@pytest.mark.parametrize("matrix", [scaling(2.5, 0.4, (0, 0)), rotation(33, (20, 20)), scaling(0.05, 0.05, (0, 0))])
@pytest.mark.parametrize("hidden", [0, 255])
def test_colours_hidden_under_transparency_never_bleed(matrix, hidden):
    pixels = np.full((40, 40, 4), hidden, np.uint8)
    pixels[:, :, 3] = 0
    pixels[10:30, 10:30] = (90, 140, 200, 255)
    shown = _on((100, 100), placed(pixels, matrix, 100, 100))
    visible = shown[shown[:, :, 3] > 40][:, :3].astype(int)
    assert len(visible) > 0
    assert np.abs(visible - (90, 140, 200)).max() <= 3
    assert not shown[shown[:, :, 3] == 0].any()


@pytest.mark.parametrize("matrix", [scaling(0.6, 1.7, (0, 0)), rotation(45, (20, 20)), scaling(0.03, 3, (9, 9))])
def test_a_flat_colour_stays_that_colour(matrix):
    pixels = np.full((40, 40, 4), (10, 130, 250, 255), np.uint8)
    shown = _on((80, 80), placed(pixels, then(matrix, translation(20.3, 15.8)), 80, 80))
    assert np.abs(shown[shown[:, :, 3] > 128][:, :3].astype(int) - (10, 130, 250)).max() <= 1


def test_a_fraction_of_a_pixel_shows_as_partial_cover():
    pixels = np.full((10, 10, 4), 255, np.uint8)
    shown = _on((30, 10), placed(pixels, (1.5, 0, 2.25, 0, 1, 0), 30, 10))  # from 2.25 to 17.25
    assert shown[5, [1, 2, 3, 16, 17, 18], 3].tolist() == [0, 191, 255, 255, 64, 0]


def test_a_scaled_layer_lies_where_the_map_says():
    pixels = np.zeros((9, 9, 4), np.uint8)
    pixels[4, 4] = 255
    shown = _on((90, 90), placed(pixels, (10, 0, 0, 0, 10, 0), 90, 90))
    alpha = shown[:, :, 3].astype(float)
    rows, columns = np.mgrid[0:90, 0:90] + 0.5
    assert [(alpha * axis).sum() / alpha.sum() for axis in (rows, columns)] == pytest.approx([45, 45], abs=0.05)


@pytest.mark.parametrize("degrees", [1, 44, 45, 135, 271])
def test_a_turned_layer_lies_where_the_map_says(degrees):
    pixels = np.zeros((41, 41, 4), np.uint8)
    pixels[10:13, 30:33] = 255
    matrix = rotation(degrees, (20.5, 20.5))
    alpha = _on((41, 41), placed(pixels, matrix, 41, 41))[:, :, 3].astype(float)
    rows, columns = np.mgrid[0:41, 0:41] + 0.5
    x, y = 31.5, 11.5
    expected = matrix[3] * x + matrix[4] * y + matrix[5], matrix[0] * x + matrix[1] * y + matrix[2]
    assert [(alpha * axis).sum() / alpha.sum() for axis in (rows, columns)] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("opaque", [True, False])
def test_a_picture_worked_on_in_several_bands_has_no_seams(opaque):
    ramp = np.zeros((900, 900, 4), np.uint8)
    ramp[:, :, :3] = np.linspace(0, 255, 900)[:, None, None]
    ramp[:, :, 3] = 255
    ramp[0, 0, 3] = 255 if opaque else 0
    shown, x, y = placed(ramp, then(rotation(3, (450, 450)), scaling(1.2, 1.2, (450, 450))), 900, 900)
    assert (x, y) == (0, 0)
    assert np.abs(np.diff(shown[50:850, 50:850, 0].astype(int), axis=0)).max() <= 1


SCALES = [1e-9, 1e-5, 1e-3, 0.01, 0.3, 1, 30, 1000, 1e5]


@pytest.mark.parametrize("across", SCALES)
@pytest.mark.parametrize("degrees", [0, 90, 20])
def test_any_scale_takes_little_memory(across, degrees):
    pixels = noise(4, 200, 300)
    tracemalloc.start()
    for down in SCALES:
        matrix = then(scaling(across, down, (150, 100)), rotation(degrees, (150, 100)))
        shown = placed(pixels, matrix, 320, 240)
        assert shown is None or (shown[0].shape[0] <= 240 and shown[0].shape[1] <= 320)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * pixels.nbytes


@bounded
@given(st.lists(st.floats(-1e9, 1e9), min_size=6, max_size=6), st.sampled_from([1, 1e-4, 1e-8]))
def test_any_six_numbers_are_placed_or_nothing(numbers, by):
    matrix = [value * by if at % 3 < 2 else value for at, value in enumerate(numbers)]
    _on((20, 20), placed(noise(5, 7, 9), tuple(matrix), 20, 20))


@pytest.mark.parametrize("degrees", [0, 30, 90])
def test_what_is_squeezed_to_a_line_fades_to_nothing(degrees):
    pixels = np.full((50, 50, 4), 255, np.uint8)
    masses = []
    for across in (1, 0.1, 0.02, 0.005, 1e-5):
        matrix = then(scaling(across, 1, (25, 25)), rotation(degrees, (25, 25)))
        masses.append(_mass(_on((50, 50), placed(pixels, matrix, 50, 50)))[3])
    assert masses[1] == pytest.approx(250, rel=0.1)
    assert masses[2] == pytest.approx(50, rel=0.2)
    assert masses[3] < 25
    assert masses[4] == 0


@pytest.mark.parametrize("size", [(30, 20), (7, 5), (1, 1), (61, 43), (29, 40)])
@pytest.mark.parametrize("opaque", [True, False])
def test_a_resized_picture_keeps_its_mean(size, opaque):
    pixels = noise(6, 40, 60, opaque)
    small = resized(pixels, *size)
    assert small.shape == (size[1], size[0], 4)
    mean = _mass(pixels) / 2400
    assert _mass(small) / (size[0] * size[1]) == pytest.approx(mean, abs=0.02)


def test_a_picture_of_its_own_size_is_itself():
    pixels = noise(7, 8, 9)
    assert resized(pixels, 9, 8) is pixels
