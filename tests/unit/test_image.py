"""Pictures from strangers: what must decode, and to which pixels."""

import hostile_images as made
import numpy as np
import pytest
from PIL import Image, ImageCms

from model.image import Limits, decode, size_of


def _opaque(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def test_a_png_decodes_to_its_own_pixels():
    rgb = made.noise()
    pixels = decode(made.png(rgb, 2))
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.owndata
    assert np.array_equal(pixels, _opaque(rgb))


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF", "GIF"])
def test_each_lossy_format_decodes_close_to_what_was_saved(format_):
    rgb = made.noise(48, 64)
    pixels = decode(made.saved(Image.fromarray(rgb), format_))
    assert pixels.shape == (48, 64, 4)
    assert np.abs(pixels[:, :, :3].astype(int) - rgb).mean() < 25


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_every_exif_orientation_comes_out_upright(orientation, format_):
    data, upright = made.oriented(orientation, format_)
    assert np.array_equal(decode(data), _opaque(upright))
    assert size_of(data) == upright.shape[1::-1]


@pytest.mark.parametrize("orientation", [3, 6, 7])
@pytest.mark.parametrize("format_", ["JPEG", "AVIF"])
def test_orientations_are_applied_in_lossy_formats_too(orientation, format_):
    data, upright = made.oriented(orientation, format_)
    pixels = decode(data)
    assert pixels.shape[:2] == upright.shape[:2]
    assert size_of(data) == upright.shape[1::-1]
    assert np.abs(pixels[:, :, :3].astype(int) - upright).mean() < 25


def test_broken_exif_is_ignored():
    assert decode(made.small_png(made.chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"))).shape == (8, 8, 4)


def test_cmyk_becomes_rgb():
    pixels = decode(made.saved(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG", quality=100))
    assert np.abs(pixels[0, 0].astype(int) - (0, 255, 255, 255)).max() <= 3


def test_cmyk_goes_through_its_profile():
    picture = Image.new("CMYK", (8, 8), (255, 0, 255, 0))
    pixels = decode(made.saved(picture, "JPEG", quality=100, icc_profile=made.cmyk_profile()))
    red, green, blue, alpha = pixels[0, 0].astype(int)
    assert abs(red - green) <= 3  # the profile knows no hue, so nothing of the plain conversion's green is left
    assert abs(blue - green) <= 3
    assert 90 < green < 160
    assert alpha == 255


@pytest.mark.parametrize(("colour_type", "bands"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_rounded_not_cut(colour_type, bands):
    samples = np.random.default_rng(1).integers(0, 65536, (9, 11, bands), dtype=np.uint16)
    samples[0, 0] = 65535
    expected = np.rint(samples / 257).astype(np.uint8)
    grey = bands < 3
    rgb = np.repeat(expected[:, :, :1], 3, axis=2) if grey else expected[:, :, :3]
    alpha = expected[:, :, -1] if bands in {2, 4} else np.full((9, 11), 255, np.uint8)
    rgb[alpha == 0] = 0
    assert np.array_equal(decode(made.png(samples, colour_type)), np.dstack([rgb, alpha]))


@pytest.mark.parametrize(("colour_type", "bands"), [(0, 1), (2, 3)])
def test_a_sixteen_bit_colour_key_is_transparent(colour_type, bands):
    samples = np.random.default_rng(2).integers(0, 65536, (4, 5, bands), dtype=np.uint16)
    samples[1, 1] = samples[1, 2] ^ 1  # the same in 8 bits, another in 16
    pixels = decode(made.png(samples, colour_type, made.chunk(b"tRNS", samples[1, 2].astype(">u2").tobytes())))
    assert pixels[1, 2].tolist() == [0, 0, 0, 0]
    assert pixels[1, 1, 3] == 255


def test_a_palette_without_transparency_is_opaque():
    picture = Image.fromarray(made.noise()).quantize(32)
    assert np.array_equal(decode(made.saved(picture, "PNG")), np.asarray(picture.convert("RGBA")))


def test_a_palette_with_transparency_keeps_its_alphas():
    picture = Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4), "L").convert("P")
    pixels = decode(made.saved(picture, "PNG", transparency=bytes(range(0, 256, 16))))
    assert pixels[:, :, 3].ravel().tolist() == list(range(0, 256, 16))
    assert pixels[0, 0].tolist() == [0, 0, 0, 0]


def test_grey_grey_with_alpha_and_one_bit():
    grey = made.noise(bands=1)
    assert np.array_equal(decode(made.png(grey, 0)), _opaque(np.repeat(grey, 3, axis=2)))
    both = made.noise(bands=2)
    both[:, :, 1] |= 1
    assert np.array_equal(decode(made.png(both, 4)), np.dstack([np.repeat(both[:, :, :1], 3, axis=2), both[:, :, 1]]))
    bits = Image.fromarray(made.noise(bands=1)[:, :, 0] > 127)
    assert np.array_equal(decode(made.saved(bits, "PNG")), np.asarray(bits.convert("RGBA")))


def test_colour_under_full_transparency_is_dropped():
    rgba = made.noise(bands=4)
    rgba[10:, :, 3] = 0
    rgba[:10, :, 3] = 7
    pixels = decode(made.png(rgba, 6))
    assert not pixels[10:].any()
    assert np.array_equal(pixels[:10], rgba[:10])


def test_one_pixel_is_a_picture():
    assert decode(made.png(np.array([[[1, 2, 3, 4]]], np.uint8), 6)).tolist() == [[[1, 2, 3, 4]]]


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF", "AVIF"])
def test_an_animation_gives_its_first_frame(format_):
    red, blue = Image.new("RGB", (16, 12), "red"), Image.new("RGB", (16, 12), "blue")
    pixels = decode(made.saved(red, format_, save_all=True, append_images=[blue], duration=50))
    assert pixels.shape == (12, 16, 4)
    assert pixels[5, 5, 0] > 200
    assert pixels[5, 5, 2] < 50


def test_a_phones_multi_picture_jpeg_gives_the_first():
    red, blue = Image.new("RGB", (16, 12), "red"), Image.new("RGB", (16, 12), "blue")
    pixels = decode(made.saved(red, "MPO", save_all=True, append_images=[blue]))
    assert pixels[5, 5, 0] > 240


def test_a_colour_profile_is_applied():
    rgb = made.noise()
    plain = decode(made.saved(Image.fromarray(rgb), "PNG"))
    swapped = decode(made.saved(Image.fromarray(rgb), "PNG", icc_profile=made.rgb_profile(swap=True)))
    darker = decode(made.saved(Image.fromarray(rgb), "PNG", icc_profile=made.rgb_profile(gamma=3.0)))
    red = np.zeros((4, 4, 3), np.uint8)
    red[:, :, 0] = 255
    greened = decode(made.saved(Image.fromarray(red), "PNG", icc_profile=made.rgb_profile(swap=True)))
    assert greened[0, 0, 1] > 250
    assert greened[0, 0, 0] < 10
    assert not np.array_equal(plain, swapped)
    assert darker[:, :, :3].mean() < plain[:, :, :3].mean()


def test_an_srgb_profile_leaves_the_pixels_alone():
    rgb = np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(decode(made.saved(Image.fromarray(rgb), "PNG", icc_profile=srgb)), _opaque(rgb))


def test_a_profile_keeps_alpha():
    rgba = made.noise(bands=4)
    rgba[:, :, 3] |= 1
    pixels = decode(made.saved(Image.fromarray(rgba), "PNG", icc_profile=made.rgb_profile()))
    assert np.array_equal(pixels[:, :, 3], rgba[:, :, 3])


def test_a_grey_profile_is_applied_to_grey():
    grey = Image.new("L", (8, 8), 64)
    pixels = decode(made.saved(grey, "PNG", icc_profile=made.grey_profile(gamma=1.0)))
    assert 132 <= pixels[0, 0, 0] <= 142  # linear 0.25 is 137 in sRGB


@pytest.mark.parametrize("profile", [b"rubbish", made.rgb_profile()[:140], made.grey_profile(), made.cmyk_profile()])
def test_a_broken_profile_or_one_of_another_space_is_ignored(profile):
    rgb = made.noise()
    assert np.array_equal(decode(made.saved(Image.fromarray(rgb), "PNG", icc_profile=profile)), _opaque(rgb))


def test_an_archive_behind_a_picture_is_dropped():
    assert np.array_equal(decode(made.polyglot_png()), decode(made.small_png()))


def test_limits_are_inclusive():
    data = made.png(made.noise(10, 20), 2)
    assert decode(data, Limits(max_bytes=len(data), max_pixels=200, max_side=20)).shape == (10, 20, 4)


def test_a_picture_higher_than_a_strip_is_whole():
    rgba = np.random.default_rng(4).integers(1, 256, (700, 5, 4), dtype=np.uint8)
    assert np.array_equal(decode(made.png(rgba, 6)), rgba)
