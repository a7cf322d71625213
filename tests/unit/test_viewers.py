"""Other readers than ours open what we write: Pillow, OpenCV and libvips; tests/e2e/test_browser_files.py has a
browser do it, and tests/unit/test_png_bands.py is about the kinds of PNG."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pytest
from edit_scenes import noise
from PIL import Image

from model import encode
from model.layers import Layer, Pixels, on_canvas
from tests.may_be_missing import libvips

HEIGHT, WIDTH = 75, 101


def _by_pillow(data: bytes) -> Pixels:
    with Image.open(BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGBA"))


def _by_opencv(data: bytes) -> Pixels:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    return np.asarray(cv2.cvtColor(read, cv2.COLOR_BGR2RGBA if read.shape[2] == 3 else cv2.COLOR_BGRA2RGBA))


def _by_libvips(data: bytes) -> Pixels:
    read = libvips().Image.new_from_buffer(data, "", fail_on="warning")
    assert read.interpretation == "srgb"
    return np.asarray((read if read.bands == 4 else read.bandjoin(255)).numpy())


READERS = {"Pillow": _by_pillow, "OpenCV": _by_opencv, "libvips": _by_libvips}
Reader = Callable[[bytes], Pixels]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


def _smooth(opaque: bool) -> Pixels:
    few = np.random.default_rng(1).integers(0, 256, (6, 9, 4), dtype=np.uint8)
    pixels = np.array(Image.fromarray(few).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    pixels[..., 3] |= 255 * opaque
    return pixels


@pytest.mark.parametrize("opaque", [True, False], ids=["opaque", "with alpha"])
@pytest.mark.parametrize("write", [encode.png, encode.webp], ids=["PNG", "WebP"])
def test_files_without_loss_are_read_to_the_bit(reader: Reader, write: Callable[[Pixels], bytes], opaque: bool) -> None:
    pixels = noise(2, HEIGHT, WIDTH, opaque)
    assert np.array_equal(reader(write(pixels)), pixels)


@pytest.mark.parametrize("opaque", [True, False], ids=["opaque", "with alpha"])
def test_a_layer_is_read_on_its_canvas_to_the_bit(reader: Reader, opaque: bool) -> None:
    layer = Layer(noise(3, 20, 30, opaque), 60, 50)
    assert np.array_equal(reader(encode.layer_png(layer, WIDTH, HEIGHT)), on_canvas(layer, WIDTH, HEIGHT))


@pytest.mark.parametrize("quality", [40, 80, 95])
@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif"])
@pytest.mark.parametrize("opaque", [True, False], ids=["opaque", "with alpha"])
def test_lossy_files_are_read_alike(reader: Reader, format_: encode.Format, quality: int, opaque: bool) -> None:
    data = encode.encode(_smooth(opaque), format_, quality)
    read, wanted = reader(data), _by_pillow(data)
    assert np.array_equal(read[..., 3], wanted[..., 3])
    apart = np.abs(read.astype(int) - wanted)
    if reader is _by_libvips and format_ == "avif" and quality < 90:
        assert apart.mean() < 4  # it repeats the colours of halved planes where others interpolate
    else:
        assert apart.max() <= 1
