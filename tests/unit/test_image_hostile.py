"""Pictures from strangers: what must be refused, in words that help, with no other exception than ours."""

import random
import subprocess
import sys
import threading
import warnings

import hostile_images as made
import numpy as np
import pytest
from PIL import Image, ImageFile

from model.errors import ImageRejected, ImageTooLarge
from model.image import Limits, decode, size_of


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\0" * 100, "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"<!DOCTYPE html><title>404</title>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (made.saved(Image.new("RGB", (4, 4)), "BMP"), "BMP"),
        (made.saved(Image.new("RGB", (4, 4)), "TIFF"), "TIFF"),
    ],
)
def test_other_things_than_pictures_are_named(data, words):
    with pytest.raises(ImageRejected, match=words) as caught:
        decode(data)
    assert not isinstance(caught.value, ImageTooLarge)
    assert "PNG" in str(caught.value)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(format_, share):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = made.saved(picture, format_)
    with pytest.raises(ImageRejected, match=r"cut short|broken"):
        decode(data[: int(len(data) * share)])


def test_a_png_without_its_end_is_refused():
    with pytest.raises(ImageRejected, match="cut short"):
        decode(made.small_png()[:-12])


def test_a_wrong_checksum_is_refused():
    with pytest.raises(ImageRejected, match="checksum of its IDAT"):
        decode(made.bad_checksum_png())


@pytest.mark.parametrize(
    "bomb",
    [made.text_bomb_png(8 * 2**20), made.many_texts_png(), made.profile_bomb_png(8 * 2**20)],
    ids=["text", "many texts", "profile"],
)
def test_bombs_in_metadata_are_refused(bomb):
    with pytest.raises(ImageRejected, match="too much metadata"):
        decode(bomb)


@pytest.mark.parametrize(
    "data",
    [
        made.huge_header_png(),
        made.huge_header_png(1, 100_000_000),
        made.huge_header_png(2**31 - 1, 2**31 - 1),
        made.png_header(60_000, 60_000),
        made.huge_header_gif(),
        made.huge_header_jpeg(),
    ],
)
def test_a_header_that_claims_too_much_is_too_large_before_anything_is_decoded(data, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(ImageTooLarge, match="may have"):
        decode(data)


def test_8000_by_8000_is_more_than_the_usual_limit():
    data = made.saved(Image.new("1", (8000, 8000)), "PNG")
    with pytest.raises(ImageTooLarge, match=r"64\.0 million pixels; at most 40 million"):
        decode(data)


def test_pixels_no_side_can_tell_are_counted():
    with pytest.raises(ImageTooLarge, match=r"at most 0\.0001 million"):
        decode(made.small_png()[:8] + made.png(made.noise(11, 10), 2)[8:], Limits(10**6, 100, 100))


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(ImageTooLarge, match="1,001 bytes"):
        decode(b"x" * 1001, Limits(max_bytes=1000))


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_picture_without_pixels_is_refused(size):
    with pytest.raises(ImageRejected, match="no pixels"):
        decode(made.huge_header_png(*size))


def test_a_limit_over_pillows_own_needs_no_warning_to_be_silenced():
    with warnings.catch_warnings(action="error"), pytest.raises(ImageRejected, match="broken"):
        decode(made.huge_header_png(10_000, 20_000), Limits(max_pixels=10**9, max_side=10**6))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
def test_flipped_bytes_never_raise_anything_but_our_own_errors(format_):
    rng = random.Random(f"flips in {format_}")
    picture = Image.fromarray(made.noise(24, 32))
    extra = {"exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"} if format_ != "GIF" else {}
    whole = made.saved(picture, format_, icc_profile=made.rgb_profile(), **extra)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 1, 2, 8])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            pixels = decode(bytes(data), Limits(max_pixels=10**6))
        except ImageRejected:
            refused += 1
        else:
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 4
            assert size_of(bytes(data), Limits(max_pixels=10**6)) == pixels.shape[1::-1]
    assert refused > 0


def test_threads_do_not_disturb_each_other():
    good, bad = made.png(made.noise(), 2), made.profile_bomb_png(4 * 2**20)
    expected, failures = decode(good), []

    def work():
        for _ in range(5):
            try:
                decode(bad)
                failures.append("the bomb was taken")
            except ImageRejected:
                pass
            if not np.array_equal(decode(good), expected):
                failures.append("other pixels")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


_PEAK = """
import resource, sys
from PIL import Image
from model.image import decode
data = open(sys.argv[1], "rb").read()
decode(open(sys.argv[2], "rb").read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pixels = decode(data)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / pixels.nbytes)
"""


def test_a_24_megapixel_jpeg_takes_at_most_four_copies_of_memory(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the costly case: turned
    Image.new("RGB", (6000, 4000), "teal").save(tmp_path / "large.jpg", exif=exif)
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "small.jpg")
    files = [str(tmp_path / "large.jpg"), str(tmp_path / "small.jpg")]
    done = subprocess.run([sys.executable, "-c", _PEAK, *files], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 4
