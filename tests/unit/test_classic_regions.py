"""Regions: what is drawn cleanly, what is drawn with grain, and what is a photograph."""

import cv2
import numpy as np
import pytest

from bench.quality.poster import photo
from model.decomposers.classic.paint import Paint, fit
from model.decomposers.classic.planes import Floats
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.segment import segment
from model.decomposers.classic.tolerance import tolerance

NOTHING = np.zeros((240, 320), bool)


def drawing(grain: float) -> Floats:
    """A blue ground with a red disc and a green box; rims are anti-aliased."""
    picture = np.full((240 * 4, 320 * 4, 3), (20, 90, 200), np.uint8)
    cv2.circle(picture, (400, 480), 240, (210, 40, 30), -1)
    cv2.rectangle(picture, (800, 200), (1100, 700), (30, 160, 60), -1)
    small = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA).astype(np.float32)
    noise = cv2.GaussianBlur(np.random.default_rng(1).normal(0, grain * 3, small.shape), (0, 0), 1.0)
    return np.clip(small + noise, 0, 255).astype(np.float32)


def test_flat_areas_are_regions_of_one_colour_that_cover_the_picture() -> None:
    regions, is_drawing = segment(drawing(0), 0.0, NOTHING)
    assert [region.paint.degree for region in regions] == [0, 0, 0]
    assert not is_drawing
    assert np.sum([region.mask for region in regions], axis=0).tolist() == np.ones((240, 320)).tolist()
    assert np.abs(regions[0].paint.weights[0] - (20, 90, 200)).max() < 1


def test_the_areas_of_a_drawing_with_grain_are_found_although_its_quiet_parts_are_clean() -> None:
    picture = drawing(2.5)
    picture[:, 250:] = 0
    regions, is_drawing = segment(picture, tolerance(picture), NOTHING)
    assert is_drawing
    large = [region for region in regions if region.area > 1000]
    assert len(large) == 4
    assert all(region.paint.degree is not None for region in large)


def test_a_clean_picture_with_one_soft_edge_is_no_drawing_and_its_bar_no_ground() -> None:
    picture = np.full((480, 960, 3), 240, np.float32)
    picture[:, :100] = (245, 195, 80)
    picture[60:160, 120:900] = (250, 245, 232)
    share = np.array([0.3, 0.76, 0.95], np.float32)[:, None]
    picture[:, 100:103] = picture[0, 99] * (1 - share) + picture[0, 103] * share
    regions, is_drawing = segment(picture, 0.0, np.zeros((480, 960), bool))
    assert not is_drawing
    assert len(regions) == 3
    _, rest = ground_and_rest(regions, is_drawing)
    assert len(rest) == 2


def test_a_photograph_stays_whole_beside_a_panel_on_it() -> None:
    colors = np.array([(20, 30, 60), (90, 110, 60), (150, 140, 110), (240, 220, 180)], np.float32)
    picture = photo(np.random.default_rng(7), colors, 320)
    picture[80:200, 60:220] = (200, 30, 60)
    regions, is_drawing = segment(picture, tolerance(picture), np.zeros((320, 320), bool))
    assert not is_drawing
    assert [region.paint.degree for region in regions[:2]] == [None, 0]
    assert regions[0].area + regions[1].area > 0.99 * 320 * 320


def test_the_simplest_paint_that_explains_a_gradient_is_taken_and_outliers_are_let_go() -> None:
    y, x = np.mgrid[0:100, 0:100]
    picture = np.stack([x * 1.5, y * 1.0, 200 - x * 0.5], axis=2).astype(np.float32)
    picture[10:40, 20:60] = 0
    paint = fit(picture, y.ravel(), x.ravel(), 0.0)
    assert paint.degree == 1
    assert np.abs(paint.at(np.array([25]), np.array([30])) - (45, 25, 185)).max() < 1.5


def compressed(picture: Floats, quality: int) -> Floats:
    _, code = cv2.imencode(".jpg", np.rint(picture).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.float32)


def test_compression_does_not_break_shapes_into_ripples() -> None:
    picture = compressed(drawing(0), 85)
    regions, _ = segment(picture, tolerance(picture), NOTHING)
    large = [region for region in regions if region.area > 100]
    clean, _ = segment(drawing(0), 0.0, NOTHING)
    assert len(large) == 3
    for found, expected in zip(large, clean, strict=True):
        assert (found.mask & expected.mask).sum() > 0.97 * (found.mask | expected.mask).sum()


def test_a_panel_on_a_compressed_photograph_keeps_its_edge() -> None:
    colors = np.array([(20, 30, 60), (90, 110, 60), (150, 140, 110), (240, 220, 180)], np.float32)
    picture = photo(np.random.default_rng(7), colors, 320)
    panel = np.zeros((320, 320), bool)
    panel[80:200, 60:220] = True
    picture[panel] = (200, 30, 60)
    picture = compressed(picture, 80)
    regions, _ = segment(picture, tolerance(picture), np.zeros((320, 320), bool))
    assert (regions[1].mask == panel).mean() > 0.99


def test_a_panel_without_grain_is_found_in_the_shade_of_a_photograph_that_is_of_its_colour() -> None:
    colors = np.array([(20, 30, 60), (90, 110, 60), (150, 140, 110), (240, 220, 180)], np.float32)
    shade = np.zeros((320, 320, 1), np.float32)
    shade[90:230, 50:230] = 0.6
    picture = photo(np.random.default_rng(3), colors, 320)
    picture = picture * (1 - cv2.GaussianBlur(shade, (0, 0), 15)[:, :, None])
    panel = np.zeros((320, 320), bool)
    panel[80:200, 60:220] = True
    picture[panel] = np.rint(np.median(picture[panel], axis=0))
    grain = np.random.default_rng(4).normal(0, 2, (320, 320, 1)) * ~panel[:, :, None]
    picture = np.clip(np.rint(picture + grain), 0, 255).astype(np.float32)
    regions, _ = segment(picture, tolerance(picture), np.zeros((320, 320), bool))
    assert [region.paint.degree for region in regions] == [None, 0]
    assert (regions[1].mask == panel).mean() > 0.98


def test_stripes_are_one_background_and_one_other_region() -> None:
    y, x = np.mgrid[0:240, 0:320]
    picture = np.where(((x + y) // 20 % 2 == 0)[:, :, None], (240, 230, 200), (40, 120, 110)).astype(np.float32)
    ground, rest = ground_and_rest(*segment(picture, 0.0, NOTHING))
    assert len(rest) == 1
    assert ground.area + rest[0].area > 0.98 * 240 * 320


@pytest.mark.parametrize("degree", [0, 1, 2, 4])
def test_a_paint_gives_the_same_colours_for_a_box_as_for_each_of_its_places(degree: int) -> None:
    y, x = np.mgrid[:90, :70]
    generator = np.random.default_rng(degree)
    weights = generator.uniform(-20, 20, ((degree + 1) * (degree + 2) // 2, 3))
    weights[0] = 128
    paint = Paint(degree, weights, 88.0, 0.0, 1.0, (3.0, 5.0))
    box = slice(7, 90), slice(11, 70)
    each = np.clip(paint.at(y[box].ravel(), x[box].ravel()), 0, 255).reshape(83, 59, 3)
    assert np.abs(paint.on(box) - each).max() < 1e-4
