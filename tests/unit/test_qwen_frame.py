"""Pictures of any shape reach the model at a size that it keeps, and come back."""

import numpy as np
import pytest
from PIL import Image

from model.decomposers.qwen_image_layered.pictures.frame import LONGEST_RATIO, fitted, longest_for, size_for


def _gradient(width: int, height: int) -> np.ndarray:
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[:, :, 0] = np.linspace(0, 255, width).astype(np.uint8)
    pixels[:, :, 1] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    pixels[:, :, 2:] = 255
    return pixels


@pytest.mark.parametrize(
    ("width", "height", "resolution", "size"),
    [
        (500, 500, 640, (640, 640)),
        (1920, 1080, 640, (864, 480)),
        (720, 1280, 640, (480, 864)),
        (1024, 1024, 1024, (1024, 1024)),
        (1920, 1080, 1024, (1376, 768)),
    ],
)
def test_common_shapes_get_the_sizes_of_the_official_app(
    width: int, height: int, resolution: int, size: tuple[int, int]
) -> None:
    assert fitted(_gradient(width, height), resolution).shown.size == size


def test_every_size_is_kept_by_the_pipelines_own_rule_and_near_the_ratio_asked_for() -> None:
    from math import sqrt

    for resolution in (640, 1024):
        for ratio in np.geomspace(1 / LONGEST_RATIO, LONGEST_RATIO, 997):
            width, height = size_for(float(ratio), resolution)
            own = sqrt(resolution * resolution * (width / height))
            assert (round(own / 32) * 32, round(own / (width / height) / 32) * 32) == (width, height)
            assert abs(np.log(width / height / ratio)) < 0.09
            assert 0.9 < width * height / resolution**2 < 1.1


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (500, 500, (640, 640)),
        (1920, 1080, (640, 352)),
        (1080, 1920, (352, 640)),
        (641, 640, (640, 640)),
        (5000, 100, (640, 160)),
        (1, 3000, (160, 640)),
    ],
)
def test_by_the_other_rule_the_longest_side_is_the_resolution_and_sides_are_whole_tokens(
    width: int, height: int, size: tuple[int, int]
) -> None:
    frame = fitted(_gradient(width, height), 640, "longest")
    assert frame.shown.size == size
    assert frame.picture.shape == (frame.height, frame.width, 4)


def test_by_the_other_rule_every_ratio_is_kept_to_half_a_token() -> None:
    for ratio in np.geomspace(1 / LONGEST_RATIO, LONGEST_RATIO, 997):
        width, height = longest_for(float(ratio), 640)
        assert max(width, height) == 640
        assert width % 16 == height % 16 == 0
        assert abs(min(width, height) - 640 * min(ratio, 1 / ratio)) <= 8


@pytest.mark.parametrize(("width", "height"), [(2000, 100), (100, 2000), (16_000, 1), (1, 3000), (401, 100)])
def test_long_pictures_get_a_margin_that_is_cut_off_again(width: int, height: int) -> None:
    frame = fitted(_gradient(width, height), 640)
    shown_width, shown_height = frame.shown.size
    assert max(shown_width / shown_height, shown_height / shown_width) == LONGEST_RATIO
    assert frame.picture.shape == (frame.height, frame.width, 4)
    assert (frame.width == shown_width) != (frame.height == shown_height)
    shown = np.asarray(frame.shown)
    np.testing.assert_array_equal(shown[0, :, :], frame.picture[0] if width > height else shown[0, :, :])
    assert int(frame.picture[:, -1, 0].max()) > 200 or width == 1


def test_what_is_transparent_is_shown_on_white() -> None:
    image = np.zeros((64, 64, 4), np.uint8)
    image[:, 32:] = (10, 20, 30, 255)
    picture = fitted(image, 640).picture
    assert (picture[:, :280] == 255).all()
    assert (picture[:, 360:] == (10, 20, 30, 255)).all()


def test_a_single_pixel_fills_the_frame() -> None:
    frame = fitted(np.array([[[1, 2, 3, 255]]], np.uint8), 640)
    assert frame.shown.mode == "RGBA"
    assert frame.shown.getcolors() == [(640 * 640, (1, 2, 3, 255))]
    assert isinstance(frame.shown, Image.Image)
