"""A constructed case: layers that are known, shrunk and spoilt the way a diffusion model's are, against the truth."""

from typing import NamedTuple

import cv2
import numpy as np
import pytest
from stack_promises import assert_promises_kept

from model.decomposers import Parameters
from model.layers import Layer, Pixels, Stack, on_canvas
from model.refine import refine
from model.refine.mixture import mixture
from model.refine.spread import Planes, spread
from model.refine.upscale import upscaled
from model.refine.window import window

WIDTH, HEIGHT = 1600, 1200
SMALL = (640, 480)


class Shape(NamedTuple):
    name: str
    alpha: Planes
    colour: tuple[int, int, int]


def _drawn(name: str, colour: tuple[int, int, int], draw: object) -> Shape:
    """Anti-aliased: drawn at twice the size, then averaged."""
    mask = np.zeros((2 * HEIGHT, 2 * WIDTH), np.uint8)
    assert callable(draw)
    draw(mask)
    alpha = cv2.resize(mask, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return Shape(name, np.asarray(alpha.astype(np.float32) / 255, np.float32), colour)


def _shapes() -> list[Shape]:
    corners = np.array([[1800, 400], [3000, 560], [2860, 2000], [1700, 1800]], np.int32)
    font = cv2.FONT_HERSHEY_DUPLEX
    return [
        _drawn("disc", (214, 60, 50), lambda mask: cv2.circle(mask, (1000, 1200), 660, 255, -1)),
        _drawn("card", (40, 90, 160), lambda mask: cv2.fillPoly(mask, [corners], 255)),
        _drawn("title", (250, 240, 220), lambda mask: cv2.putText(mask, "LAMINA", (520, 1300), font, 10, 255, 32)),
        _drawn("line", (255, 255, 255), lambda mask: cv2.putText(mask, "exact", (1900, 1240), font, 5, 255, 10)),
    ]


def _ground() -> Planes:
    share = np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :, None]
    run = np.array([240, 235, 225]) * (1 - share) + np.array([200, 215, 235]) * share
    return np.asarray(np.repeat(run, HEIGHT, axis=0), np.float32)


def _picture(shapes: list[Shape]) -> Pixels:
    seen = _ground()
    for shape in shapes:
        alpha = shape.alpha[:, :, None]
        seen = seen * (1 - alpha) + np.array(shape.colour, np.float32) * alpha
    return np.dstack([np.rint(seen).astype(np.uint8), np.full((HEIGHT, WIDTH), 255, np.uint8)])


def _as_by_a_model(shape: Shape, generator: np.random.Generator) -> Layer:
    """Blurred and shrunk; 251-254 where opaque, noise under alpha 0-2 where clear, colours a little off."""
    blurred = cv2.GaussianBlur(shape.alpha * 255, (0, 0), 2.0)
    alpha = np.rint(cv2.resize(blurred, SMALL, interpolation=cv2.INTER_AREA))
    alpha = np.where(alpha > 250, generator.integers(251, 255, alpha.shape), alpha)
    alpha = np.where(alpha < 3, generator.integers(0, 3, alpha.shape), alpha)
    colour = np.clip(np.array(shape.colour) + generator.normal(0, 3, (*alpha.shape, 3)), 0, 255)
    colour = np.where((alpha < 3)[:, :, None], generator.integers(0, 256, colour.shape), colour)
    return Layer(np.dstack([colour, alpha]).astype(np.uint8), name=shape.name)


def _raw(shapes: list[Shape]) -> Stack:
    generator = np.random.default_rng(1)
    ground = cv2.resize(_ground(), SMALL, interpolation=cv2.INTER_AREA)
    solid = generator.integers(251, 255, ground.shape[:2])
    base = Layer(np.dstack([np.rint(ground), solid]).astype(np.uint8), name="ground", kind="background")
    return Stack(*SMALL, (base, *(_as_by_a_model(shape, generator) for shape in shapes)))


def _soft_iou(first: Planes, second: Planes) -> float:
    return float(np.minimum(first, second).sum() / np.maximum(first, second).sum())


@pytest.fixture(scope="module")
def refined() -> tuple[Stack, Stack, Pixels, list[Shape]]:
    shapes = _shapes()
    raw, image = _raw(shapes), _picture(shapes)
    return raw, refine(raw, image, Parameters()), image, shapes


def test_layers_of_a_small_model_come_back_at_the_size_and_with_the_edges_of_the_picture(
    refined: tuple[Stack, Stack, Pixels, list[Shape]],
) -> None:
    raw, stack, image, shapes = refined
    assert_promises_kept(stack, image, Parameters())
    assert [layer.name for layer in stack.layers] == ["ground", *(shape.name for shape in shapes)]
    for index, shape in enumerate(shapes, 1):
        alpha = on_canvas(stack.layers[index], WIDTH, HEIGHT)[:, :, 3].astype(np.float32) / 255
        coarse = raw.layers[index].pixels[:, :, 3].astype(np.float32)
        bicubic = np.clip(cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), 0, 255) / 255
        found = _soft_iou(alpha, shape.alpha)
        assert found >= 0.97, shape.name
        assert 1 - found < (1 - _soft_iou(bicubic, shape.alpha)) / 4, shape.name


def test_colours_of_upscaled_layers_are_the_true_ones_up_to_the_rim(
    refined: tuple[Stack, Stack, Pixels, list[Shape]],
) -> None:
    _, stack, _, shapes = refined
    disc = stack.layers[1]
    rim = (disc.pixels[:, :, 3] > 128) & (disc.pixels[:, :, 3] < 255)
    off = np.abs(disc.pixels[rim][:, :3].astype(int) - shapes[0].colour)
    assert np.percentile(off, 90) <= 8


def test_layers_of_the_pictures_size_are_left_as_they_are() -> None:
    generator = np.random.default_rng(2)
    image = generator.integers(0, 256, (20, 30, 4), dtype=np.uint8)
    layers = [Layer(image.copy()), Layer(image[:5, :5].copy(), 3, 3)]
    assert upscaled(layers, image, image) == layers


@pytest.mark.parametrize("full", [(31, 17), (97, 64), (128, 20), (30, 1000)])
def test_any_ratio_of_sizes_fills_the_canvas(full: tuple[int, int]) -> None:
    generator = np.random.default_rng(3)
    coarse = generator.integers(0, 256, (17, 30, 4), dtype=np.uint8)
    coarse[:, :, 3] = 255
    image = np.asarray(cv2.resize(coarse, full, interpolation=cv2.INTER_LINEAR), np.uint8)
    upper = coarse[4:12, 20:30].copy()
    calls: list[None] = []
    larger = upscaled([Layer(coarse), Layer(upper, 20, 4)], coarse, image, lambda: calls.append(None))
    assert larger[0].bbox == (0, 0, *full)
    assert (larger[0].pixels[:, :, 3] == 255).all()
    x, y, width, height = larger[1].bbox
    assert x + width == full[0]
    assert abs(y - 4 * full[1] / 17) <= 2 * full[1] / 17
    assert abs(y + height - 12 * full[1] / 17) <= 2 * full[1] / 17
    assert len(calls) == 2


def test_a_mixture_is_measured_and_what_is_none_is_not_trusted() -> None:
    colour, ground = np.full((4, 3), 200, np.float32), np.full((4, 3), 40, np.float32)
    colour[3] = 42
    seen = np.array([[80] * 3, [200] * 3, [250, 20, 120], [41] * 3], np.float32)
    share, trust = mixture(seen, colour, ground)
    assert share[:2].tolist() == pytest.approx([0.25, 1.0], abs=1e-4)
    assert (trust[:2] > 0.95).all()
    assert (trust[2:] < 0.1).all()


def test_known_values_stay_and_spread_into_the_unknown() -> None:
    values = np.zeros((40, 60, 3), np.float32)
    weight = np.zeros((40, 60), np.float32)
    values[:, :10], weight[:, :10] = 100, 1
    values[:, 50:], weight[:, 50:] = 200, 1
    filled = spread(values, weight)
    assert np.array_equal(filled[:, :10], values[:, :10])
    assert np.array_equal(filled[:, 50:], values[:, 50:])
    middle = filled[20, 10:50, 0]
    assert (np.diff(middle) >= -1).all()
    assert middle.min() >= 99
    assert middle.max() <= 201


def test_windows_join_without_a_seam() -> None:
    planes = np.random.default_rng(4).random((12, 9, 2)).astype(np.float32)
    whole = window(planes, (90, 70), (0, 0), (70, 90))
    left, right = window(planes, (90, 70), (0, 0), (70, 40)), window(planes, (90, 70), (0, 40), (70, 50))
    assert np.abs(np.hstack([left, right]) - whole).max() < 0.05
    assert np.abs(window(planes, (9, 12), (0, 0), (12, 9)) - planes).max() < 1e-6


def _flat(height: int, width: int, colour: tuple[int, int, int], alpha: int = 255) -> Pixels:
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[:] = (*colour, alpha)
    return pixels


def _edge_at(column: int, above: Layer | None, image: Pixels) -> Pixels:
    """Alphas of a card that a model of 40 × 30 pixels blurred, along a row; the picture is ten times as large."""
    card = _flat(30, 40, (20, 60, 160))
    sharp = (np.arange(400) < column).astype(np.float32).repeat(300).reshape(400, 300).T
    soft = cv2.GaussianBlur(np.ascontiguousarray(sharp), (0, 0), 10.0)
    card[:, :, 3] = np.rint(255 * cv2.resize(soft, (40, 30), interpolation=cv2.INTER_AREA))
    layers = [Layer(_flat(30, 40, (230, 220, 200))), Layer(card), *([] if above is None else [above])]
    coarse = np.asarray(cv2.resize(image, (40, 30), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(on_canvas(upscaled(layers, coarse, image)[1], 400, 300)[150, :, 3])


def test_an_edge_seen_through_a_pane_is_as_sharp_as_one_in_the_open() -> None:
    image = _flat(300, 400, (230, 220, 200))
    image[:, :187] = (20, 60, 160, 255)
    truth = np.repeat([255, 0], [187, 213])
    assert np.abs(_edge_at(187, None, image) - truth).max() <= 8
    pane = Layer(_flat(30, 40, (250, 200, 40), 100))
    through = image.astype(np.float32)
    through[:, :, :3] += 100 / 255 * (np.array([250, 200, 40], np.float32) - through[:, :, :3])
    found = _edge_at(187, pane, np.rint(through).astype(np.uint8))
    assert np.abs(found - truth).max() <= 8


def test_what_a_model_leaves_where_it_means_nothing_is_gone_where_the_picture_shows_nothing() -> None:
    image = _flat(300, 400, (230, 220, 200))
    image[100:200, 100:200] = (20, 60, 160, 255)
    coarse = np.asarray(cv2.resize(image, (40, 30), interpolation=cv2.INTER_AREA), np.uint8)
    square = _flat(30, 40, (20, 60, 160), 0)
    square[10:20, 10:20, 3] = 255
    square[3:9, 25:36, 3] = 20
    found = upscaled([Layer(_flat(30, 40, (230, 220, 200))), Layer(square)], coarse, image)[1]
    assert found.bbox == (100, 100, 100, 100)


def test_a_wide_slope_keeps_the_models_alpha_on_a_restless_ground() -> None:
    generator = np.random.default_rng(6)
    slope = np.linspace(0, 240, 40).repeat(30).reshape(40, 30).T
    shadow = _flat(30, 40, (0, 0, 0))
    shadow[:, :, 3] = np.rint(slope)
    truth = cv2.resize(slope.astype(np.float32), (400, 300), interpolation=cv2.INTER_LINEAR)
    image = _flat(300, 400, (0, 0, 0))
    shade = (1 - truth / 255)[:, :, None]
    image[:, :, :3] = np.rint(np.clip(generator.normal(180, 25, (300, 400, 3)), 0, 255) * shade)
    coarse = np.asarray(cv2.resize(image, (40, 30), interpolation=cv2.INTER_AREA), np.uint8)
    found = on_canvas(upscaled([Layer(_flat(30, 40, (180, 180, 180))), Layer(shadow)], coarse, image)[1], 400, 300)
    assert np.abs(found[20:-20, 80:-20, 3].astype(int) - truth[20:-20, 80:-20]).max() <= 4
