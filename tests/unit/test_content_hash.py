import hashlib

import numpy as np
import pytest

from model.content_hash import decomposition_id, digest_of, image_id


def test_an_image_id_covers_pixels_and_size():
    pixels = np.arange(96, dtype=np.uint8).reshape(4, 6, 4)
    first = image_id(pixels)
    other = pixels.copy()
    other[3, 5, 2] ^= 1
    assert len(first) == 64
    assert set(first) <= set("0123456789abcdef")
    assert len({first, image_id(other), image_id(pixels.reshape(6, 4, 4))}) == 3


def test_an_image_id_does_not_depend_on_the_arrays_layout():
    pixels = np.arange(192, dtype=np.uint8).reshape(4, 12, 4)
    assert image_id(pixels[:, ::2]) == image_id(np.ascontiguousarray(pixels[:, ::2]))


def test_an_image_id_never_changes_between_releases():
    header = b"RGBA" + (1).to_bytes(4, "big") + (1).to_bytes(4, "big")
    assert image_id(np.array([[[1, 2, 3, 4]]], np.uint8)) == hashlib.sha256(header + bytes([1, 2, 3, 4])).hexdigest()


def test_a_decomposition_id_is_the_same_for_the_same_request():
    one = decomposition_id("ab", "classic", "1", {"seed": 0, "guidance_scale": 4.0, "prompt": None})
    two = decomposition_id("ab", "classic", "1", {"prompt": None, "guidance_scale": 4, "seed": 0})
    assert one == two
    assert one.startswith("dec_")
    assert len(one) == 36


@pytest.mark.parametrize(
    "changed",
    [
        ("ac", "classic", "1", {"seed": 0}),
        ("ab", "compact", "1", {"seed": 0}),
        ("ab", "classic", "2", {"seed": 0}),
        ("ab", "classic", "1", {"seed": 1}),
        ("ab", "classic", "1", {"seed": False}),
        ("ab", "classic", "1", {"seed": 0, "prompt": ""}),
        ("abclassic", "", "1", {"seed": 0}),
    ],
)
def test_a_decomposition_id_changes_with_each_thing_it_depends_on(changed):
    assert decomposition_id(*changed) != decomposition_id("ab", "classic", "1", {"seed": 0})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_has_no_id(value):
    with pytest.raises(ValueError, match="JSON"):
        digest_of({"guidance_scale": value})
