"""One object on what lies behind it, from what the model gives for it."""

import numpy as np
import pytest
from stack_promises import assert_promises_kept

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.pictures.extraction import extracted, object_on_ground
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.layers import Pixels, on_canvas
from model.refine import refine

DISC = (220, 40, 40)


def _picture() -> tuple[Pixels, np.ndarray]:
    """A disc on a run of colour with grain; and where the disc is."""
    y, x = np.mgrid[:480, :640]
    grain = np.random.default_rng(1).normal(0, 4, (480, 640, 1))
    picture = np.full((480, 640, 4), 255, np.uint8)
    picture[:, :, :3] = np.clip(np.stack([x / 4, y / 4, 60 + x / 8], -1) + grain, 0, 255)
    disc = np.hypot(x - 300, y - 200) < 90
    picture[disc, :3] = DISC
    return picture, disc


def _given(frame: Frame, centre: tuple[int, int] = (300, 200), radius: int = 90, solid: int = 253) -> Pixels:
    """As the model gives it: nearly opaque, soft at its rim, noise where it is transparent."""
    width, height = frame.shown.size
    y, x = np.mgrid[:height, :width]
    scale = width / 640
    inside = np.clip((radius * scale - np.hypot(x - centre[0] * scale, y - centre[1] * scale)) / 2 + 0.5, 0, 1)
    pixels = np.random.default_rng(2).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[:, :, 3] = np.maximum(inside * solid, pixels[:, :, 3] // 32)
    pixels[inside > 0, :3] = DISC
    return pixels


def test_the_object_is_named_by_the_prompt_and_its_ground_goes_on_under_it() -> None:
    picture, disc = _picture()
    frame = fitted(picture, 1024)
    extraction = extracted(_given(frame), frame, 7)
    assert extraction.found
    assert extraction.measures()["seed"] == 7
    assert extraction.coverage == pytest.approx(disc.mean(), rel=0.05)
    assert extraction.difference < 1
    parameters = Parameters(prompt="the red\n disc")
    raw = object_on_ground(extraction, frame, "the red\n disc", {"found": True})
    stack = refine(raw, picture, parameters)
    assert_promises_kept(stack, picture, parameters)
    assert [layer.name for layer in stack.layers] == ["background", "the red disc"]
    assert stack.notes["found"] is True
    background, cut_out = (on_canvas(layer, 640, 480) for layer in stack.layers)
    y, x = np.mgrid[:480, :640]
    ground = np.stack([x / 4, y / 4, 60 + x / 8], -1)
    assert np.abs(background[disc, :3] - ground[disc]).mean() < 12
    alphas = cut_out[:, :, 3] / 255
    assert np.minimum(alphas, disc).sum() / np.maximum(alphas, disc).sum() > 0.97


def test_a_blank_object_counts_as_not_found() -> None:
    picture, _ = _picture()
    frame = fitted(picture, 1024)
    blank = _given(frame, radius=-10)
    assert not extracted(blank, frame, 0).found
    assert extracted(_given(frame, radius=20), frame, 0).found


def test_colours_that_are_not_the_pictures_show_in_the_measures() -> None:
    picture, _ = _picture()
    frame = fitted(picture, 1024)
    elsewhere = extracted(_given(frame, centre=(520, 380)), frame, 0)
    assert elsewhere.difference > 50


def test_an_object_that_is_the_whole_picture_leaves_the_picture() -> None:
    picture, _ = _picture()
    frame = fitted(picture, 1024)
    raw = object_on_ground(extracted(_given(frame, radius=2000), frame, 0), frame, "everything", {})
    assert [layer.kind for layer in raw.layers] == ["background"]
    assert_promises_kept(refine(raw, picture, Parameters()), picture, Parameters())


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a red disc " * 30, "a red disc " * 7 + "a…"),
        ("赤い円" * 60, "赤い円" * 26 + "赤…"),
        ("one\n  disc", "one disc"),
    ],
    ids=["at a word", "without words", "on one line"],
)
def test_a_long_prompt_is_cut_to_a_name(prompt: str, name: str) -> None:
    picture, _ = _picture()
    frame = fitted(picture, 1024)
    raw = object_on_ground(extracted(_given(frame), frame, 0), frame, prompt, {})
    assert raw.layers[1].name == name
