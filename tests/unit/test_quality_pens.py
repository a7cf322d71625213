"""Three renderers, one geometry: what one draws, the others draw to within an edge."""

import numpy as np
import pytest

from bench.quality import figures
from bench.quality.pens import OpenCvPen, Pen, PillowPen
from bench.quality.svg_pen import SvgPen

SIZE = (160, 120)
PENS = (PillowPen(SIZE), OpenCvPen(SIZE), SvgPen(SIZE))


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: type(pen).__name__)
def test_a_box_on_whole_pixels_is_sharp_and_a_hole_is_a_hole(pen: Pen) -> None:
    alpha = pen.fill([figures.box(20, 30, 60, 40), figures.box(40, 40, 20, 20)])
    assert alpha.shape == (120, 160)
    assert alpha.dtype == np.float32
    assert alpha[32:38, 22:78].min() == 1
    assert alpha[45:55, 45:55].max() == 0
    assert alpha[:28].max() == 0
    assert alpha.sum() == pytest.approx(60 * 40 - 20 * 20, rel=0.03)


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: type(pen).__name__)
def test_a_disc_has_its_area_and_its_middle(pen: Pen) -> None:
    alpha = pen.fill([figures.ellipse(70, 50, 30)])
    y, x = np.mgrid[0:120, 0:160] + 0.5
    assert alpha.sum() == pytest.approx(np.pi * 900, rel=0.02)
    assert (x * alpha).sum() / alpha.sum() == pytest.approx(70, abs=0.5)
    assert (y * alpha).sum() / alpha.sum() == pytest.approx(50, abs=0.5)


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: type(pen).__name__)
def test_a_line_is_as_wide_as_it_was_asked_for(pen: Pen) -> None:
    alpha = pen.stroke(np.array([[10.0, 60.0], [150.0, 60.0]]), 4)
    assert alpha[:, 80].sum() == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: type(pen).__name__)
def test_words_lie_around_their_point_within_the_length_given(pen: Pen) -> None:
    for angle, axis in ((0.0, 0), (90.0, 1)):
        alpha = pen.write("Museum", (80, 60), 60, 70, "latin", 1, angle)
        along = np.flatnonzero(alpha.any(axis=axis))
        assert 50 < along[-1] - along[0] < 76
        assert (along[-1] + along[0]) / 2 == pytest.approx(80 if axis == 0 else 60, abs=4)


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: type(pen).__name__)
def test_signs_of_markup_are_letters_like_others(pen: Pen) -> None:
    plain, signs = (pen.write(words, (80, 60), 30, 150) for words in ("a b", "<&>"))
    assert 0 < signs.sum() < 3000
    assert not np.array_equal(plain, signs)
