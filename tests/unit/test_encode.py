import io
import struct
import zlib

import hostile_images as made
import numpy as np
import pytest
from edit_scenes import bounded, noise
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model import encode, png_file
from model.layers import Layer, on_canvas
from model.png_kind import RGBA, Kind, chunk, indexed

SIZES = [(1, 1), (1, 7), (9, 1), (13, 17), (64, 64), (301, 257)]


def _by_pillow(data, format_):
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == format_
        picture.load()
        return picture, np.asarray(picture.convert("RGBA"))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("opaque", [True, False])
def test_pillow_reads_the_very_pixels_from_our_png(size, opaque):
    pixels = noise(1, *size, opaque)
    picture, read = _by_pillow(encode.png(pixels), "PNG")
    assert np.array_equal(read, pixels)
    assert picture.mode == ("RGB" if (pixels[:, :, 3] == 255).all() else "RGBA")
    picture, read = _by_pillow(encode.png(pixels, least=True), "PNG")
    assert np.array_equal(read, pixels)
    few = len(np.unique(pixels.reshape(-1, 4), axis=0)) <= 256
    assert picture.mode == ("P" if few else "RGB" if opaque else "RGBA")


@bounded
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6), st.booleans())
def test_our_png_comes_back_to_the_bit_by_pillow_and_by_ourselves(height, width, seed, opaque):
    pixels = noise(seed, height, width, opaque)
    data = encode.png(pixels)
    assert np.array_equal(_by_pillow(data, "PNG")[1], pixels)
    assert np.array_equal(encode.decode_own(data), pixels)


def test_a_large_png_comes_back_to_the_bit():
    pixels = np.tile(noise(2, 50, 60), (23, 31, 1))
    data = encode.png(pixels)
    assert np.array_equal(encode.decode_own(data), pixels)
    assert np.array_equal(_by_pillow(data, "PNG")[1], pixels)


def test_a_png_of_rows_that_lie_apart_is_the_same_as_of_a_copy():
    pixels = noise(3, 20, 30)
    for view in (pixels[::-1], pixels[:, 5:20], pixels.swapaxes(0, 1), pixels[::2, ::3]):
        assert encode.png(view) == encode.png(np.ascontiguousarray(view))


@pytest.mark.parametrize("box", [(0, 0, 700, 900), (40, 300, 520, 480), (699, 899, 1, 1), (0, 0, 700, 1)], ids=str)
@pytest.mark.parametrize("opaque", [True, False])
def test_the_png_of_a_layer_is_that_of_its_whole_canvas(box, opaque):
    x, y, width, height = box
    layer = Layer(noise(14, height, width, opaque), x, y)
    whole = on_canvas(layer, 700, 900)
    assert encode.layer_png(layer, 700, 900) == encode.png(whole)
    bands = list(png_file.bands_of(encode.png(whole)))
    assert [len(band) for band in bands] == [374, 374, 152]
    assert np.array_equal(np.concatenate(bands), whole)


def test_colours_under_transparency_are_kept_and_the_bytes_are_always_the_same():
    pixels = noise(4, 16, 16)
    pixels[0, 0] = (1, 2, 3, 0)
    assert encode.decode_own(encode.png(pixels))[0, 0].tolist() == [1, 2, 3, 0]
    assert encode.png(pixels) == encode.png(pixels.copy())


def test_a_png_says_that_it_is_srgb():
    assert _by_pillow(encode.png(noise(5, 4, 4)), "PNG")[0].info["srgb"] == 1


@pytest.mark.parametrize("opaque", [True, False])
def test_one_wrong_bit_anywhere_is_noticed(opaque):
    data = encode.png(noise(6, 5, 7, opaque))
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(ValueError, match="PNG"):
            encode.decode_own(bytes(damaged))


def _with_rows(rows, width=3, height=2, kind=RGBA):
    """A file framed as ours around other compressed rows, in one chunk as they all were once."""
    ends = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return png_file.opening(width, height, kind) + ends


FOREIGN = {
    "empty": b"",
    "signature only": b"\x89PNG\r\n\x1a\n",
    "cut": encode.png(noise(7, 9, 9))[:-1],
    "longer": encode.png(noise(7, 9, 9)) + b"\0",
    "head only": encode.png(noise(7, 9, 9))[:60],
    "other chunks": made.small_png(),
    "by Pillow": made.saved(Image.new("RGBA", (9, 9)), "PNG"),
    "JPEG": made.saved(Image.new("RGB", (9, 9)), "JPEG"),
    "a row too few": _with_rows(b"\2" + b"\0" * 12),
    "a row too many": _with_rows((b"\2" + b"\0" * 12) * 3),
    "another filter": _with_rows((b"\1" + b"\0" * 12) * 2),
    "bomb": _with_rows(b"\0" * 10**7),
    "gigapixels": png_file.opening(2**31 - 1, 2**31 - 1, RGBA) + b"\0" * 40,
    "no palette": _with_rows(b"\2\0\0\0" * 2, kind=Kind(3, 1)),
    "a palette too short": _with_rows(b"\2\0\1\0" * 2, kind=indexed(np.array([7], np.uint32))),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_foreign_and_damaged_files_are_refused(data):
    with pytest.raises(ValueError, match="PNG"):
        encode.decode_own(data)


def test_files_of_one_chunk_as_they_were_once_written_are_read():
    rows = b"\2" + bytes(range(12)) + b"\2" + b"\1" * 12
    wanted = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)
    assert np.array_equal(encode.decode_own(_with_rows(rows)), np.concatenate([wanted, wanted + 1]))
    assert np.array_equal(
        np.concatenate(list(png_file.bands_of(_with_rows(rows)))), np.concatenate([wanted, wanted + 1])
    )


def test_a_size_without_its_rows_is_refused():
    with pytest.raises(ValueError, match="another length"):
        encode.decode_own(_with_rows(b"\2" * 100, 16_000, 16_000))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("opaque", [True, False])
def test_webp_without_a_quality_is_exact_even_under_transparency(size, opaque):
    pixels = noise(8, *size, opaque)
    assert np.array_equal(_by_pillow(encode.webp(pixels), "WEBP")[1], pixels)


def test_webp_of_a_quality_is_close_and_smaller():
    pixels = np.ascontiguousarray(np.dstack([made.noise(120, 160), np.full((120, 160), 255, np.uint8)]))
    data = encode.webp(pixels, 80)
    assert len(data) < len(encode.webp(pixels, 100))
    assert np.abs(_by_pillow(data, "WEBP")[1].astype(int) - pixels).mean() < 12


def test_webp_refuses_sides_it_cannot_hold():
    with pytest.raises(ValueError, match="16,383"):
        encode.webp(np.zeros((1, 16_384, 4), np.uint8))


def test_avif_is_close_keeps_alpha_and_is_the_same_every_time():
    pixels = np.zeros((64, 48, 4), np.uint8)
    pixels[:32] = (200, 60, 40, 255)
    pixels[32:] = (20, 90, 220, 128)
    data = encode.avif(pixels)
    format_, shown = _by_pillow(data, "AVIF")[0].format, _by_pillow(data, "AVIF")[1].astype(int)
    assert format_ == "AVIF"
    assert np.abs(shown - pixels)[[8, 56]].max() <= 6
    assert np.abs(shown - pixels)[:, :, 3].mean() <= 1
    assert data == encode.avif(pixels)
    assert encode.encode(pixels, "avif") == encode.encode(pixels, "avif", 70) == data


def test_avif_of_a_lower_quality_is_smaller():
    pixels = np.ascontiguousarray(np.dstack([made.noise(60, 80), np.full((60, 80), 255, np.uint8)]))
    assert len(encode.avif(pixels, 20)) < len(encode.avif(pixels, 60)) < len(encode.avif(pixels, 100))


def test_avif_without_enough_memory_says_so(monkeypatch):
    def save(*_, **__):
        raise RuntimeError("Conversion to YUV failed: Out of memory")  # as libavif has it

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(MemoryError):
        encode.avif(np.zeros((2, 2, 4), np.uint8))


def test_avif_refuses_sides_it_cannot_hold():
    with pytest.raises(ValueError, match="32,768"):
        encode.avif(np.zeros((1, 32_769, 4), np.uint8))


@pytest.mark.parametrize("background", [(255, 255, 255), (10, 200, 90)])
def test_jpeg_lies_over_its_background(background):
    pixels = np.zeros((16, 32, 4), np.uint8)
    pixels[:, 16:] = (200, 40, 40, 128)
    shown = _by_pillow(encode.jpeg(pixels, 95, background), "JPEG")[1].astype(int)
    assert np.abs(shown[:, :14, :3] - background).max() <= 4
    mixed = (np.array((200, 40, 40)) * 128 + np.array(background) * 127) / 255
    assert np.abs(shown[:, 18:, :3] - mixed).max() <= 5


def test_jpeg_keeps_full_colour_resolution_from_quality_90_on():
    pixels = noise(9, 32, 32, opaque=True)
    layers = {quality: _by_pillow(encode.jpeg(pixels, quality), "JPEG")[0].layer for quality in (89, 90)}
    assert [layers[quality][0][1:3] for quality in (89, 90)] == [(2, 2), (1, 1)]


@pytest.mark.parametrize("format_", encode.FORMATS)
def test_every_format_has_a_writer_and_a_media_type(format_):
    data = encode.encode(noise(10, 8, 8), format_)
    assert _by_pillow(data, format_.upper())[0].get_format_mimetype() == encode.MEDIA_TYPES[format_]


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="known are png, webp, jpeg"):
        encode.encode(noise(10, 8, 8), "bmp")


def test_a_thumbnail_is_never_larger_and_keeps_the_shape():
    pixels = noise(11, 30, 90)
    assert encode.thumbnail(pixels, 90) is pixels
    assert encode.thumbnail(pixels, 256) is pixels
    assert encode.thumbnail(pixels, 31).shape == (10, 31, 4)
    assert encode.thumbnail(noise(12, 1, 300), 20).shape == (1, 20, 4)


@pytest.mark.parametrize("width", [16, 50, 99])
def test_a_thumbnail_has_no_dark_fringes(width):
    pixels = np.zeros((100, 100, 4), np.uint8)
    rows, columns = np.mgrid[0:100, 0:100]
    pixels[(rows - 50) ** 2 + (columns - 50) ** 2 < 1200] = (250, 220, 40, 255)
    small = encode.thumbnail(pixels, width)
    partial = small[(small[:, :, 3] > 8) & (small[:, :, 3] < 247)][:, :3].astype(int)
    assert len(partial) > 0
    assert np.abs(partial - (250, 220, 40)).max() <= 2


def test_the_header_is_laid_out_as_the_specification_says():
    data = encode.png(noise(13, 3, 5))
    assert struct.unpack(">II", data[16:24]) == (5, 3)
    assert zlib.crc32(data[12:29]) == int.from_bytes(data[29:33], "big")


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_foreign_and_damaged_files_are_refused_in_bands_too(data):
    with pytest.raises(ValueError, match="PNG"):
        list(png_file.bands_of(data))


def test_one_wrong_bit_anywhere_is_noticed_in_bands_too():
    data = encode.png(noise(15, 5, 7))
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(ValueError, match="PNG"):
            list(png_file.bands_of(bytes(damaged)))
