import io

import numpy as np
import pytest
from edit_scenes import edited, noise
from PIL import Image

from model.edits.output import Output, encoded
from model.errors import InvalidEdit


def _shown(pixels, **wanted):
    picture = Image.open(io.BytesIO(encoded(pixels, Output.of(wanted))))
    return picture.format, np.asarray(picture.convert("RGBA"))


def test_by_default_it_is_a_png_of_the_very_pixels():
    pixels = noise(1, 20, 30)
    assert Output.of(None) == Output.of({}) == Output()
    format_, shown = _shown(pixels)
    assert format_ == "PNG"
    assert np.array_equal(shown, pixels)


@pytest.mark.parametrize(
    ("name", "format_", "media_type"),
    [
        ("png", "PNG", "image/png"),
        ("webp", "WEBP", "image/webp"),
        ("jpeg", "JPEG", "image/jpeg"),
        ("jpg", "JPEG", "image/jpeg"),
        ("avif", "AVIF", "image/avif"),
    ],
)
def test_every_format_is_written(name, format_, media_type):
    assert _shown(noise(2, 8, 9), format=name)[0] == format_
    assert Output.of({"format": name}).media_type == media_type


@pytest.mark.parametrize(("width", "height"), [(15, 10), (60, 40), (1, 1), (31, 21)])
def test_the_height_follows_the_width(width, height):
    assert _shown(noise(3, 20, 30), width=width)[1].shape == (height, width, 4)


def test_a_background_lies_under_the_picture():
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[0] = (200, 100, 0, 51)
    shown = _shown(pixels, background="rgb(0 0 255)")[1]
    assert shown[1, 0].tolist() == [0, 0, 255, 255]
    assert shown[0, 0].tolist() == [40, 20, 204, 255]
    assert _shown(pixels, background="#0000ff80")[1][1, 0].tolist() == [0, 0, 255, 128]


def test_jpeg_is_on_white_unless_told_otherwise():
    empty = np.zeros((16, 16, 4), np.uint8)
    assert _shown(empty, format="jpg")[1].min() >= 253
    black = _shown(empty, format="jpg", background="black")[1]
    assert black[:, :, :3].max() <= 2


def test_quality_makes_a_file_smaller_and_png_takes_no_notice_of_it():
    pixels = noise(4, 60, 60, opaque=True)
    sizes = [len(encoded(pixels, Output.of({"format": "webp", "quality": quality}))) for quality in (10, 90)]
    assert sizes[0] < sizes[1]
    assert Output.of({"format": "png", "quality": 10}).key == Output().key


def test_a_transparent_background_is_none():
    assert Output.of({"background": "transparent"}).key == Output().key


def test_the_key_tells_outputs_apart():
    asked = [{}, {"width": 9}, {"width": 10}, {"format": "webp"}, {"format": "webp", "quality": 50}]
    asked += [{"background": "checkerboard"}, {"format": "avif"}, {"box": [0, 0, 5, 5]}, {"box": [0, 0, 5, "5%"]}]
    asked += [{"background": "white"}, {"format": "jpeg"}, {"format": "jpeg", "background": "white"}]
    assert len({Output.of(each).key for each in asked}) == len(asked)
    assert Output.of({"format": "jpg", "background": "#fff"}).key == Output.of(asked[-1]).key


@pytest.mark.parametrize(
    ("wanted", "pointer", "words"),
    [
        ([], "/output", "An object is needed"),
        ({"format": "gif"}, "/output/format", "not one of png, webp, jpeg, avif, jpg"),
        ({"width": 0}, "/output/width", "not within 1 and 16384"),
        ({"width": 1.5}, "/output/width", "A whole number"),
        ({"width": 20_000}, "/output/width", "not within"),
        ({"width": float("nan")}, "/output/width", "not within"),
        ({"width": "50%"}, "/output/width", "A number is needed"),
        ({"quality": 101}, "/output/quality", "not within 1 and 100"),
        ({"background": 7}, "/output/background", "A CSS colour"),
        ({"box": [1, 2, 3]}, "/output/box", "A list of 4"),
        ({"box": {"x": 1}}, "/output/box", "A list of 4"),
        ({"box": "1,2,3,4"}, "/output/box", "A list of 4"),
        ({"box": [1, None, 3, 4]}, "/output/box/1", "missing"),
        ({"box": [1, "2px", 3, 4]}, "/output/box/1", "neither a number of pixels"),
        ({"box": [1, 2, 0, 4]}, "/output/box/2", "not within"),
        ({"box": [1, 2, 3, "-4%"]}, "/output/box/3", "not within"),
        ({"box": [float("nan"), 2, 3, 4]}, "/output/box/0", "not within"),
        ({"background": "paper"}, "/output/background", "not a CSS colour"),
        (
            {"height": 5},
            "/output/height",
            "no parameter 'height' here; known are background, box, format, quality, width",
        ),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wanted, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        Output.of(wanted)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize("shape", [(200, 2), (30, 30)])
def test_a_result_that_would_be_too_large_is_refused_before_it_is_made(shape):
    with pytest.raises(InvalidEdit, match="The picture would be 1") as caught:
        encoded(np.zeros((*shape, 4), np.uint8), Output(width=16_000))
    assert caught.value.pointer == "/output/width"


def test_sides_that_webp_cannot_hold_are_refused():
    with pytest.raises(InvalidEdit, match="16,383") as caught:
        encoded(np.zeros((1, 16_384, 4), np.uint8), Output("webp"))
    assert caught.value.pointer == "/output/format"


@pytest.mark.parametrize("asked", ["checkerboard", " CheckerBoard "])
@pytest.mark.parametrize("width", [None, 20, 80])
def test_a_checkerboard_has_squares_of_eight_pixels_of_the_result(asked, width):
    shown = _shown(np.zeros((30, 40, 4), np.uint8), background=asked, **({"width": width} if width else {}))[1]
    rows, columns = np.indices(shown.shape[:2]) // 8
    expected = np.where((rows + columns) % 2 == 0, 255, 204)
    assert (shown[:, :, :3] == expected[:, :, None]).all()
    assert (shown[:, :, 3] == 255).all()


def test_a_checkerboard_lies_under_the_picture():
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[:, :8] = (10, 20, 30, 255)
    pixels[8:, 8:] = (0, 0, 0, 51)
    shown = _shown(pixels, background="checkerboard")[1]
    assert (shown[:, :8] == (10, 20, 30, 255)).all()
    assert (shown[:8, 8:] == (204, 204, 204, 255)).all()
    assert (shown[8:, 8:] == (204, 204, 204, 255)).all()  # white, a fifth of it black


@pytest.mark.parametrize("scale", [1, 2])
def test_a_part_lies_on_the_squares_of_the_whole(scale):
    whole = _shown(np.zeros((30, 40, 4), np.uint8), background="checkerboard", width=40 * scale)[1]
    output = Output.of({"background": "checkerboard", "width": 21 * scale})
    part = np.asarray(Image.open(io.BytesIO(encoded(np.zeros((10, 21, 4), np.uint8), output, (5, 11)))).convert("RGBA"))
    assert np.array_equal(part, whole[11 * scale : 21 * scale, 5 * scale : 26 * scale])


SCENE = edited()
WIDTH, HEIGHT = SCENE.width, SCENE.height


@pytest.mark.parametrize(
    ("box", "region"),
    [
        ([3, 4, 10, 9], (3, 4, 10, 9)),
        ([-3, -4, 10, 9], (0, 0, 7, 5)),
        ([WIDTH - 2, HEIGHT - 1, 100, 100], (WIDTH - 2, HEIGHT - 1, 2, 1)),
        (["50%", "0%", "50%", "100%"], (WIDTH // 2, 0, WIDTH - WIDTH // 2, HEIGHT)),
        ([2.5, 1.4, 2, 0.5], (3, 1, 2, 1)),
        (["0%", 0, "100%", 1_000_000], (0, 0, WIDTH, HEIGHT)),
    ],
    ids=str,
)
def test_a_box_is_whole_pixels_of_the_canvas(box, region):
    output = Output.of({"box": box})
    assert output.region(SCENE) == region
    same = Output.of({"box": list(region)}).settled(SCENE)
    assert output.settled(SCENE) == same
    assert output.settled(SCENE).key == same.key
    assert (same == Output()) == (region == (0, 0, WIDTH, HEIGHT))


@pytest.mark.parametrize(
    "box", [[WIDTH, 0, 5, 5], [0, "100%", 5, 5], [-5, 0, 5, 5], [0, -900, 5, 5], [0, 999_999, 5, 1_000_000]], ids=str
)
def test_a_box_that_is_not_on_the_canvas_is_refused(box):
    with pytest.raises(InvalidEdit, match=f"Nothing of the box .* {WIDTH} × {HEIGHT} pixels") as caught:
        Output.of({"box": box}).settled(SCENE)
    assert caught.value.pointer == "/output/box"


def test_without_a_box_all_is_shown():
    assert Output().region(SCENE) == (0, 0, WIDTH, HEIGHT)
    assert Output().settled(SCENE) == Output()
