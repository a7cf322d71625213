import io

import numpy as np
import pytest
from edit_scenes import noise
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
    asked += [{"background": "white"}, {"format": "jpeg"}, {"format": "jpeg", "background": "white"}]
    assert len({Output.of(each).key for each in asked}) == len(asked)
    assert Output.of({"format": "jpg", "background": "#fff"}).key == Output.of(asked[-1]).key


@pytest.mark.parametrize(
    ("wanted", "pointer", "words"),
    [
        ([], "/output", "An object is needed"),
        ({"format": "gif"}, "/output/format", "not one of png, webp, jpeg, jpg"),
        ({"width": 0}, "/output/width", "not within 1 and 16384"),
        ({"width": 1.5}, "/output/width", "A whole number"),
        ({"width": 20_000}, "/output/width", "not within"),
        ({"width": float("nan")}, "/output/width", "not within"),
        ({"width": "50%"}, "/output/width", "A number is needed"),
        ({"quality": 101}, "/output/quality", "not within 1 and 100"),
        ({"background": "paper"}, "/output/background", "not a CSS colour"),
        ({"height": 5}, "/output/height", "no parameter 'height' here; known are background, format, quality, width"),
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
