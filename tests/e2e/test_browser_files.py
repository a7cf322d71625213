"""What a real browser shows of the files that we write.

It keeps 8 bits of colour × alpha of them, so opaque pixels and all alphas come back to the bit, and colours under
partial alpha to about a step of colour × alpha.
"""

from io import BytesIO

import numpy as np
import playwright.sync_api
import pytest
from edit_scenes import noise
from numpy.typing import NDArray
from PIL import Image

from model import encode
from model.layers import Layer, Pixels, on_canvas
from model.png_bands import PngBands
from tests.browser_canvas import BrowserCanvas

HEIGHT, WIDTH = 130, 90  # three bands of a PNG


def _of_colours(count: int, opaque: bool) -> Pixels:
    """Each of so many different colours somewhere."""
    rng = np.random.default_rng(count)
    colours = rng.choice(2**32, count, replace=False).astype(np.uint32)[:, None].view(np.uint8)
    colours[:, 3] |= 255 * opaque
    at = np.arange(HEIGHT * WIDTH) % count
    rng.shuffle(at)
    return colours[at].reshape(HEIGHT, WIDTH, 4)


def _grey() -> Pixels:
    pixels = noise(1, HEIGHT, WIDTH, opaque=True)
    pixels[..., 1:3] = pixels[..., :1]
    return pixels


def _every_alpha() -> Pixels:
    pixels = np.random.default_rng(2).integers(0, 256, (256, 256, 4), dtype=np.uint8)
    pixels[..., 3] = np.arange(256)[:, None]
    return pixels


def _smooth(opaque: bool) -> Pixels:
    """What lossy formats are made for."""
    few = np.random.default_rng(3).integers(0, 256, (6, 9, 4), dtype=np.uint8)
    pixels = np.array(Image.fromarray(few).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    pixels[..., 3] |= 255 * opaque
    return pixels


def _times_alpha(pixels: Pixels) -> NDArray[np.float64]:
    return pixels[..., :3] * (pixels[..., 3:] / 255)


def _furthest(shown: Pixels, wanted: Pixels) -> float:
    """In steps of colour × alpha; alphas, and pixels that are opaque, must be the same."""
    opaque = wanted[..., 3] == 255
    assert np.array_equal(shown[..., 3], wanted[..., 3])
    assert np.array_equal(shown[opaque], wanted[opaque])
    return float(np.abs(_times_alpha(shown) - _times_alpha(wanted)).max())


PICTURES = {
    "grey": (_grey(), 0),
    "a palette": (_of_colours(256, opaque=True), 3),
    "a palette with alphas": (_of_colours(256, opaque=False), 3),
    "one clear colour": (np.zeros((HEIGHT, WIDTH, 4), np.uint8), 3),
    "RGB": (noise(4, HEIGHT, WIDTH, opaque=True), 2),
    "RGBA": (noise(5, HEIGHT, WIDTH), 6),
    "every alpha": (_every_alpha(), 6),
    "a pixel": (noise(6, 1, 1, opaque=True), 3),
    "a row": (noise(7, 1, 3000), 6),
    "a column": (noise(8, 3000, 1), 6),
}


def test_pngs_of_all_kinds_look_as_they_were_written(canvas: BrowserCanvas) -> None:
    files = []
    for pixels, kind in PICTURES.values():
        least = encode.png(pixels, least=True)
        assert least[25] == kind
        files += [least, encode.png(pixels), PngBands(pixels.shape[1], len(pixels)).file(pixels)]
    wanted = [pixels for pixels, _ in PICTURES.values() for _ in range(3)]
    for shown, pixels in zip(canvas.opened([(data, "image/png") for data in files]), wanted, strict=True):
        assert _furthest(shown, pixels) <= 1


def test_a_layer_lies_where_it_lies_on_its_canvas(canvas: BrowserCanvas) -> None:
    layers = [
        Layer(noise(9, 40, 30, opaque), x, y) for opaque in (True, False) for x, y in ((0, 0), (17, 80), (60, 90))
    ]
    files = [(encode.layer_png(layer, WIDTH, HEIGHT), "image/png") for layer in layers]
    for shown, layer in zip(canvas.opened(files), layers, strict=True):
        assert _furthest(shown, on_canvas(layer, WIDTH, HEIGHT)) <= 1


def test_a_canvas_after_edits_looks_as_it_is(canvas: BrowserCanvas) -> None:
    """Its bands are of several edits, and its palette grows as they need it."""
    bands, pixels = PngBands(WIDTH, HEIGHT), _of_colours(200, opaque=False)
    files, wanted = [], []
    for step in range(6):
        top, bottom = step * 20, step * 20 + 25
        pixels[top:bottom, 10:30] = (step, 7, 9, 250 + step)
        bands.changed(top, bottom)
        files.append((bands.file(pixels), "image/png"))
        wanted.append(pixels.copy())
    for shown, picture in zip(canvas.opened(files), wanted, strict=True):
        assert _furthest(shown, picture) <= 1


def test_webp_without_loss_looks_as_it_was_written(canvas: BrowserCanvas) -> None:
    """Its decoder rounds colour × alpha a little more coarsely than a PNG's."""
    wanted = [pixels for pixels, _ in PICTURES.values()]
    files = [(encode.webp(pixels), "image/webp") for pixels in wanted]
    for shown, pixels in zip(canvas.opened(files), wanted, strict=True):
        assert _furthest(shown, pixels) <= 1.5


@pytest.mark.parametrize("quality", [40, 80, 95])
@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif"])
def test_lossy_files_look_as_other_readers_read_them(
    canvas: BrowserCanvas, format_: encode.Format, quality: int
) -> None:
    pictures = [_smooth(True), _smooth(False), noise(10, 61, 43, opaque=True)]
    files = [encode.encode(pixels, format_, quality) for pixels in pictures]
    for shown, data in zip(canvas.opened([(data, encode.MEDIA_TYPES[format_]) for data in files]), files, strict=True):
        with Image.open(BytesIO(data)) as picture:
            read = np.asarray(picture.convert("RGBA"))
        assert np.array_equal(shown[..., 3], read[..., 3])
        assert np.abs(_times_alpha(shown) - _times_alpha(read)).max() <= 1.5


def test_what_is_no_picture_is_not_opened(canvas: BrowserCanvas) -> None:
    with pytest.raises(playwright.sync_api.Error, match="EncodingError"):
        canvas.opened([(b"no picture", "image/png")])
