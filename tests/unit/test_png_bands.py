import io
import zlib

import cv2
import numpy as np
import pytest
from edit_scenes import bounded, noise
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model import encode, png_file
from model.layers import Pixels
from model.png_bands import PngBands
from model.recompose import Canvas, Piece
from tests.may_be_missing import libvips

WIDTH, HEIGHT = 40, 300  # bands of 64 rows


def by_pillow(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGBA"))


def by_opencv(data: bytes) -> Pixels:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if read.ndim == 2:
        return cv2.cvtColor(read, cv2.COLOR_GRAY2RGBA)
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGBA if read.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def by_libvips(data: bytes) -> Pixels:
    read = libvips().Image.new_from_buffer(data, "", fail_on="warning")
    if read.bands < 3:
        read = read.colourspace("srgb")
    return (read if read.bands == 4 else read.bandjoin(255)).numpy()


def by_a_loop(data: bytes) -> Pixels:
    """As the specification says, for our one filter, with zlib."""
    chunks, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        assert zlib.crc32(data[at + 4 : at + 8 + length]) == int.from_bytes(
            data[at + 8 + length : at + 12 + length], "big"
        )
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    named = dict(reversed(chunks))
    width, height, colour_type = *np.frombuffer(named[b"IHDR"], ">u4", 2), named[b"IHDR"][9]
    raw = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = np.frombuffer(raw, np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 2).all()
    samples = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(height, width, -1)
    pixels = np.full((height, width, 4), 255, np.uint8)
    if colour_type == 3:
        palette = np.frombuffer(named[b"PLTE"], np.uint8).reshape(-1, 3)
        alphas = np.full(len(palette), 255, np.uint8)
        alphas[: len(named.get(b"tRNS", b""))] = np.frombuffer(named.get(b"tRNS", b""), np.uint8)
        pixels[:] = np.column_stack([palette, alphas])[samples[..., 0]]
    else:
        pixels[..., : 3 if colour_type == 0 else samples.shape[2]] = samples
    return pixels


READERS = {
    "Pillow": by_pillow,
    "OpenCV": by_opencv,
    "libvips": by_libvips,
    "a loop": by_a_loop,
    "us": encode.decode_own,
}


def of_colours(count: int, opaque: bool = False, height: int = HEIGHT, width: int = WIDTH) -> Pixels:
    """All of so many different colours."""
    rng = np.random.default_rng(count)
    colours = rng.choice(2**32, count, replace=False).astype(np.uint32)[:, None].view(np.uint8)
    if opaque:
        colours[:, 3] = 255
    at = np.arange(height * width) % count
    rng.shuffle(at)
    return colours[at].reshape(height, width, 4)


def grey(seed: int) -> Pixels:
    pixels = noise(seed, HEIGHT, WIDTH, opaque=True)
    pixels[..., 1:3] = pixels[..., :1]
    return pixels


PICTURES = {
    "grey": (grey(1), 0),
    "black": (np.full((HEIGHT, WIDTH, 4), (0, 0, 0, 255), np.uint8), 0),
    "one clear colour": (np.zeros((HEIGHT, WIDTH, 4), np.uint8), 3),
    "one colour": (of_colours(1), 3),
    "2 colours": (of_colours(2, opaque=True), 3),
    "256 colours": (of_colours(256), 3),
    "256 opaque colours": (of_colours(256, opaque=True), 3),
    "257 colours": (of_colours(257), 6),
    "257 opaque colours": (of_colours(257, opaque=True), 2),
    "opaque noise": (noise(2, HEIGHT, WIDTH, opaque=True), 2),
    "noise": (noise(3, HEIGHT, WIDTH), 6),
    "grey but for a row": (np.concatenate([grey(4)[:-1], noise(5, 1, WIDTH, opaque=True)]), 2),
    "a row": (of_colours(700, height=1, width=1500), 6),
    "a column": (of_colours(700, height=1500, width=1), 6),
    "a pixel": (of_colours(1, height=1, width=1), 3),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_picture_is_read_to_the_bit(name, reader):
    pixels, colour_type = PICTURES[name]
    data = encode.png(pixels, least=True)
    assert data[25] == colour_type
    assert np.array_equal(READERS[reader](data), pixels)
    bands = PngBands(pixels.shape[1], len(pixels))
    assert bands.file(pixels) == data
    assert np.array_equal(np.concatenate(list(png_file.bands_of(data))), pixels)


def test_no_kind_takes_more_bytes_than_rgba():
    sizes = {
        name: len(encode.png(PICTURES[name][0], least=True))
        for name in ("grey", "256 opaque colours", "opaque noise", "noise")
    }
    assert sizes["grey"] < sizes["opaque noise"] / 2.5 < sizes["noise"]
    assert sizes["256 opaque colours"] < sizes["opaque noise"] / 2


class Counted(PngBands):
    packed: int = 0

    def _packed(self, *what):
        self.packed += 1
        return super()._packed(*what)


def test_only_bands_that_changed_are_compressed_again():
    pixels, bands = noise(6, HEIGHT, WIDTH), Counted(WIDTH, HEIGHT)
    bands.file(pixels)
    for top, bottom, count in [(70, 71, 1), (63, 64, 2), (64, 65, 1), (100, 130, 2), (299, 300, 1), (5, 5 + 60, 2)]:
        pixels[top:bottom] += 7
        bands.packed = 0
        bands.changed(top, bottom)
        assert np.array_equal(by_pillow(bands.file(pixels)), pixels)
        assert bands.packed == count
    bands.packed = 0
    assert bands.file(pixels) == encode.png(pixels, least=True)
    assert bands.packed == 0


def test_new_colours_come_after_those_of_the_palette_and_other_bands_are_kept():
    pixels, bands = of_colours(200), Counted(WIDTH, HEIGHT)
    assert bands.file(pixels)[25] == 3
    bands.packed = 0
    pixels[70, 3:9] = of_colours(6, height=1, width=6)
    bands.changed(70, 71)
    data = bands.file(pixels)
    assert (data[25], bands.packed) == (3, 1)
    assert np.array_equal(by_pillow(data), pixels)


@pytest.mark.parametrize("name", ["grey", "256 colours", "257 opaque colours"])
def test_what_does_not_fit_any_more_becomes_another_kind(name):
    pixels, bands = PICTURES[name][0].copy(), PngBands(WIDTH, HEIGHT)
    bands.file(pixels)
    pixels[150, :, :] = noise(7, 1, WIDTH)[0]
    bands.changed(150, 151)
    data = bands.file(pixels)
    assert data == encode.png(pixels, least=True)
    assert np.array_equal(by_pillow(data), pixels)


def test_when_most_has_changed_the_fewest_samples_are_chosen_again():
    pixels, bands = noise(8, HEIGHT, WIDTH), PngBands(WIDTH, HEIGHT)
    assert bands.file(pixels)[25] == 6
    pixels[:] = grey(9)
    bands.changed(0, HEIGHT)
    assert bands.file(pixels)[25] == 0


def test_a_failure_in_the_middle_leaves_no_bands_of_another_kind(monkeypatch):
    pixels, bands = grey(10), PngBands(WIDTH, HEIGHT)
    bands.file(pixels)
    pixels[:] = noise(11, HEIGHT, WIDTH)
    bands.changed(0, HEIGHT)
    with monkeypatch.context() as patch:
        tries = iter([True, True])
        patch.setattr("model.png_bands.packed_band", lambda *what: next(tries) and png_file.packed_band(*what))
        with pytest.raises(StopIteration):
            bands.file(pixels)
    pixels[200:] = grey(10)[200:]
    bands.changed(200, HEIGHT)
    assert bands.file(pixels) == encode.png(pixels, least=True)


steps = st.lists(
    st.tuples(st.integers(0, HEIGHT - 1), st.integers(1, HEIGHT), st.integers(0, 3), st.integers(0, 999)), max_size=8
)


@settings(bounded, max_examples=60)
@given(st.integers(0, 3), steps)
def test_whatever_changes_the_file_is_the_picture(kind, changes):
    start = [grey(20), of_colours(99), noise(21, HEIGHT, WIDTH, opaque=True), noise(22, HEIGHT, WIDTH)][kind]
    pixels, bands = start.copy(), PngBands(WIDTH, HEIGHT)
    for top, rows, what, seed in changes:
        bottom = min(HEIGHT, top + rows)
        new = [
            grey(seed % 5),
            of_colours(40 + seed % 9),
            noise(seed, HEIGHT, WIDTH, opaque=True),
            noise(seed, HEIGHT, WIDTH),
        ]
        pixels[top:bottom] = new[what][top:bottom]
        bands.changed(top, bottom)
        if seed % 3:
            assert np.array_equal(by_pillow(bands.file(pixels)), pixels)
    assert np.array_equal(encode.decode_own(bands.file(pixels)), pixels)


def test_the_png_of_a_canvas_follows_its_edits():
    canvas = Canvas(200, 400)
    ground, piece = noise(30, 400, 200, opaque=True), noise(31, 50, 40)
    canvas.show([Piece("ground", ground)])
    first = canvas.png()
    assert first == canvas.png() == encode.png(ground, least=True)
    for step in range(5):
        canvas.show([Piece("ground", ground), Piece("piece", piece, 20 + 7 * step, 60 * step)])
        assert canvas.png() == encode.png(canvas.pixels(), least=True)
    canvas.show([Piece("piece", piece, 3, 3)])
    assert np.array_equal(by_pillow(canvas.png()), canvas.pixels())
    canvas.show([Piece("ground", ground)])
    assert np.array_equal(by_pillow(canvas.png()), ground)
