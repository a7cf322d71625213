"""One contract for every decomposer: ``model.decomposers.base`` says it in words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest
from stack_promises import assert_promises_kept

from model.decomposers import NAMES, Decomposer, Parameters
from model.errors import Canceled
from model.layers import KINDS, Pixels, Stack
from model.refine import refine

OFFERED = frozenset(NAMES)  # as they are when nobody has registered one of their own yet
PARAMETERS = Parameters(max_layers=4, num_inference_steps=2)


def _poster(width: int = 160, height: int = 120) -> Pixels:
    """A run of colour, a disc and a word; opaque."""
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[:, :, :3] = np.linspace((30, 60, 120), (90, 140, 200), width)[None]
    picture[:, :, :3] = cv2.circle(
        np.ascontiguousarray(picture[:, :, :3]), (width // 3, height // 2), height // 4, (230, 60, 40), -1, cv2.LINE_AA
    )
    drawn = np.ascontiguousarray(picture[:, :, :3])
    cv2.putText(
        drawn, "SALE", (width // 2, height // 3), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2, cv2.LINE_AA
    )
    picture[:, :, :3] = drawn
    return picture


def _cut_out() -> Pixels:
    """A soft-edged disc of the poster on nothing."""
    picture = _poster()
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    inside = 48 - np.hypot(x - 70, y - 60)
    picture[:, :, 3] = np.clip(inside * 64, 0, 255)
    picture[picture[:, :, 3] == 0] = 0
    return picture


def _veil() -> Pixels:
    """Half transparent everywhere."""
    picture = _poster()
    picture[:, :, 3] = 128
    return picture


def _noise(width: int, height: int) -> Pixels:
    picture = np.random.default_rng(3).integers(0, 256, (height, width, 4), dtype=np.uint8)
    picture[:, :, 3] = 255
    return picture


PICTURES: dict[str, Callable[[], Pixels]] = {
    "poster": _poster,
    "one colour": lambda: np.full((48, 64, 4), (200, 30, 30, 255), np.uint8),
    "noise": lambda: _noise(64, 48),
    "cut out": _cut_out,
    "half transparent": _veil,
    "all transparent": lambda: np.zeros((20, 30, 4), np.uint8),
    "1 × 1": lambda: np.full((1, 1, 4), (9, 8, 7, 255), np.uint8),
    "1 × 1 transparent": lambda: np.zeros((1, 1, 4), np.uint8),
    "17 × 3": lambda: _noise(17, 3),
    "1 × 200": lambda: _noise(1, 200),
}


def _silent(stage: str, step: int, steps: int) -> None:
    """Nobody looks on."""


class _Impatient:
    """Cancels at the given call."""

    def __init__(self, last: int) -> None:
        self._last, self._calls = last, 0

    def __call__(self, stage: str, step: int, steps: int) -> None:
        self._calls += 1
        if self._calls == self._last:
            raise Canceled(f"Canceled after {self._last} of the calls.")


def _bytes(stack: Stack) -> list[object]:
    return [
        (stack.width, stack.height, dict(stack.notes)),
        *((layer.pixels.tobytes(), layer.bbox, layer.name, layer.kind, layer.text) for layer in stack.layers),
    ]


@pytest.fixture(scope="module", params=PICTURES)
def picture(request: pytest.FixtureRequest) -> Pixels:
    """Not to be written to: NumPy raises where somebody tries."""
    pixels = PICTURES[request.param]()
    pixels.flags.writeable = False
    return pixels


@pytest.fixture(scope="module")
def proposal(decomposer: Decomposer, picture: Pixels) -> Stack:
    """Made once for all tests, a diffusion model takes seconds for each."""
    return decomposer.decompose(picture, PARAMETERS, _silent)


def test_every_model_of_the_list_is_held_to_this_contract(factories: Mapping[str, object]) -> None:
    assert set(factories) == OFFERED


def test_proposal_is_a_stack_on_an_opaque_background(proposal: Stack) -> None:
    raw = proposal
    assert raw.width >= 1
    assert raw.height >= 1
    background = raw.layers[0]
    assert background.kind == "background"
    assert background.bbox == (0, 0, raw.width, raw.height)
    assert (background.pixels[:, :, 3] == 255).all()
    for layer in raw.layers:
        assert layer.pixels.dtype == np.uint8
        assert layer.pixels.shape == (layer.height, layer.width, 4)
        assert 0 <= layer.x <= layer.x + layer.width <= raw.width
        assert 0 <= layer.y <= layer.y + layer.height <= raw.height
        assert layer.kind in KINDS
        assert layer.pixels[:, :, 3].any()
    json.dumps(dict(raw.notes), allow_nan=False)


def test_refined_proposal_is_the_picture(proposal: Stack, picture: Pixels) -> None:
    assert_promises_kept(refine(proposal, picture, PARAMETERS), picture, PARAMETERS)


def test_as_many_layers_as_the_picture_has_are_no_more_than_anybody_may_ask_for(decomposer: Decomposer) -> None:
    parameters = replace(PARAMETERS, max_layers="auto")
    stack = refine(decomposer.decompose(_poster(), parameters, _silent), _poster(), parameters)
    assert_promises_kept(stack, _poster(), parameters)


def test_same_picture_gives_the_same_bytes_whatever_came_between(decomposer: Decomposer) -> None:
    first = _bytes(decomposer.decompose(_poster(), PARAMETERS, _silent))
    decomposer.decompose(_noise(50, 40), Parameters(max_layers=2, seed=7, num_inference_steps=1), _silent)
    assert _bytes(decomposer.decompose(_poster(), PARAMETERS, _silent)) == first


def test_progress_counts_up_to_the_end_of_each_stage(decomposer: Decomposer) -> None:
    seen: list[tuple[str, int, int]] = []
    decomposer.decompose(_poster(), PARAMETERS, lambda stage, step, steps: seen.append((stage, step, steps)))
    assert seen
    assert all(stage and 0 <= step <= steps and steps >= 1 for stage, step, steps in seen)
    for stage in {stage for stage, _, _ in seen}:
        counted = [step for name, step, _ in seen if name == stage]
        assert counted == sorted(counted)


def test_cancel_passes_through_from_every_stage_and_the_model_stays_usable(decomposer: Decomposer) -> None:
    calls: list[str] = []
    wanted = _bytes(decomposer.decompose(_poster(), PARAMETERS, lambda stage, step, steps: calls.append(stage)))
    for last in sorted({1 + calls.index(stage) for stage in calls} | {len(calls)}):
        with pytest.raises(Canceled, match=f"after {last} of"):
            decomposer.decompose(_poster(), PARAMETERS, _Impatient(last))
    assert _bytes(decomposer.decompose(_poster(), PARAMETERS, _silent)) == wanted


def test_what_lies_under_full_transparency_makes_no_difference_to_the_promise(decomposer: Decomposer) -> None:
    picture = _cut_out()
    stack = refine(decomposer.decompose(picture, PARAMETERS, _silent), picture, PARAMETERS)
    clear = picture[:, :, 3] == 0
    for layer in stack.layers:
        assert not layer.pixels[:, :, 3][clear[layer.box]].any()
