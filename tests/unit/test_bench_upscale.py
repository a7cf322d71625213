"""The constructed case of ``python -m bench upscale``, small enough for seconds; and what measures it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.upscale.measures import Measure, measured, soft_iou, transition_px, views
from bench.upscale.peers import bicubic, guided
from bench.upscale.scene import HARD, drawn
from bench.upscale.spoilt import spoilt
from model.compositing import flattened
from model.decomposers import Parameters
from model.fidelity import max_error
from model.layers import Layer, Pixels, Stack
from model.refine import refine

WIDTH, HEIGHT = 1280, 960


@pytest.fixture(scope="module")
def case() -> tuple[list[Layer], Pixels, Stack]:
    true = drawn(WIDTH, HEIGHT, seed=1)
    return true, flattened(true, WIDTH, HEIGHT), spoilt(true, WIDTH, HEIGHT, seed=1)


def _measured(true: list[Layer], stack: Stack) -> dict[str, Measure]:
    found = {layer.name: layer for layer in stack.layers}
    clear = views(true, WIDTH, HEIGHT)
    return {layer.name: measured(layer, found.get(layer.name), view) for layer, view in zip(true, clear, strict=True)}


def test_layers_of_640_pixels_come_back_true_exact_and_sharp(case: tuple[list[Layer], Pixels, Stack]) -> None:
    true, picture, raw = case
    stack = refine(raw, picture, Parameters(max_layers=16))
    assert max_error(stack, picture) == 0
    refined, plain = (_measured(true, one) for one in (stack, bicubic(raw, picture)))
    names = [layer.name for layer in true[1:]]
    assert np.mean([refined[name].whole for name in names]) >= 0.97
    assert np.mean([refined[name].visible for name in names]) >= 0.97
    for name in names:
        assert refined[name].whole >= 0.95, name
        assert refined[name].visible > plain[name].visible, name
    true_widths = {name: measure.width_px for name, measure in _measured(true, Stack(1, 1, tuple(true))).items()}
    for name in HARD:
        assert refined[name].width_px <= true_widths[name] + 0.5, name
        assert plain[name].width_px >= 2 * true_widths[name], name


def test_a_proposal_is_spoilt_the_way_the_model_is(case: tuple[list[Layer], Pixels, Stack]) -> None:
    _, _, raw = case
    assert (raw.width, raw.height) == (736, 544)
    assert raw.layers[0].pixels[:, :, 3].min() >= 251
    card = next(layer for layer in raw.layers if layer.name == "card").pixels
    assert card[:, :, 3].max() == 254
    blank = cv2.dilate((card[:, :, 3] > 20).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert 15 <= card[blank][:, 3].max() <= 20
    assert card[blank][:, :3].std() > 50
    first, second = (spoilt(drawn(200, 150, seed=1), 200, 150, seed=1) for _ in range(2))
    assert all(np.array_equal(one.pixels, two.pixels) for one, two in zip(first.layers, second.layers, strict=True))


def _alpha(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    return mask.astype(np.float32)


def test_width_of_a_transition_is_that_of_a_known_ramp() -> None:
    columns = np.arange(200, dtype=np.float32)[None, :].repeat(80, axis=0)
    step, clear = _alpha(columns >= 100), np.ones((80, 200), np.float32)
    ramp = np.clip((columns - 95) / 10, 0, 1)
    assert transition_px(step, step, clear) == 0
    assert transition_px(step, ramp, clear) == pytest.approx(8, abs=1.01)
    half = np.where(columns < 100, clear, clear * (np.arange(80)[:, None] < 40)).astype(np.float32)
    assert transition_px(step, ramp, half) == pytest.approx(8, abs=1.6)


def test_soft_iou_is_overlap_over_union() -> None:
    left, right = np.zeros((4, 8), np.float32), np.zeros((4, 8), np.float32)
    left[:, :6], right[:, 2:] = 1, 0.5
    assert soft_iou(left, left) == 1
    assert soft_iou(left, right) == pytest.approx(4 * 4 * 0.5 / (4 * 6 + 4 * 2 * 0.5))
    assert soft_iou(np.zeros_like(left), np.zeros_like(left)) == 1


def test_the_guided_filter_draws_a_blurred_edge_onto_that_of_the_picture() -> None:
    picture = np.full((120, 160, 4), 255, np.uint8)
    picture[:, :70, :3] = 30
    truth = (picture[:, :, 0] == 255).astype(np.float32)
    layer = np.full((120, 160, 4), 255, np.uint8)
    layer[:, :, 3] = np.rint(255 * cv2.GaussianBlur(truth, (0, 0), 4))
    small = cv2.resize(layer, (80, 60), interpolation=cv2.INTER_AREA)
    raw = Stack(80, 60, (Layer(np.full((60, 80, 4), 255, np.uint8), kind="background"), Layer(small, name="half")))
    rises = {}
    for name, way in (("guided", guided), ("bicubic", bicubic)):
        alpha = way(raw, picture).layers[1].pixels[60, :, 3].astype(int)
        rises[name] = alpha[-90] - alpha[-91]
    assert rises["guided"] > 3 * rises["bicubic"]
