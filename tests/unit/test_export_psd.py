"""Photoshop documents, as psd-tools and Pillow read them."""

import io
import struct

import numpy as np
import pytest
from export_stacks import HEIGHT, STACKS, WIDTH, Maker, grouped, noise, plain
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.api.utils import has_transparency
from psd_tools.constants import BlendMode, Resource

from model.errors import NotExportable
from model.export import psd
from model.export.packbits import packed_rows
from model.export.stack import Exported
from model.premultiply import is_opaque


def written(stack: Exported) -> bytes:
    out = io.BytesIO()
    psd.write(stack, out)
    return out.getvalue()


def opened(stack: Exported) -> PSDImage:
    return PSDImage.open(io.BytesIO(written(stack)))


@pytest.mark.parametrize("name", sorted(STACKS))
def test_the_file_ends_where_its_parts_do_and_says_whether_it_is_transparent(name: str) -> None:
    stack = STACKS[name]()
    file = written(stack)
    document = PSDImage.open(io.BytesIO(file))
    out = io.BytesIO()
    document.save(out)
    assert len(out.getvalue()) == len(file)
    assert document.channels == 3 + (not is_opaque(stack.picture))
    assert has_transparency(document) == (not is_opaque(stack.picture))
    assert document.has_preview()


@pytest.mark.parametrize("make", [plain, grouped])
def test_every_layer_has_an_id_of_its_own_and_its_alpha_is_no_mask(make) -> None:  # type: ignore[no-untyped-def]
    layers = list(opened(make()).descendants())
    ids = [layer.layer_id for layer in layers]
    assert len(set(ids)) == len(ids) > 4
    assert min(ids) > 0
    for layer in layers:
        assert not layer.has_mask()
        assert layer.is_group() or sorted(channel.id for channel in layer._record.channel_info) == [-1, 0, 1, 2]


def test_a_group_passes_through_unless_it_is_composed_by_itself() -> None:
    modes = {layer.name: layer.blend_mode for layer in opened(grouped()).descendants() if layer.is_group()}
    assert modes == {
        "Outer": BlendMode.PASS_THROUGH,
        "Inner": BlendMode.PASS_THROUGH,
        "Mixed": BlendMode.SCREEN,
        "Faded": BlendMode.NORMAL,
        "Away": BlendMode.PASS_THROUGH,
        "Empty": BlendMode.PASS_THROUGH,
    }


def test_it_says_that_its_colours_are_srgb() -> None:
    with Image.open(io.BytesIO(written(plain()))) as picture:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert Resource.ICC_PROFILE in opened(plain()).image_resources


def test_who_reads_no_unicode_gets_a_name_all_the_same() -> None:
    make = Maker()
    names = ["Été", "слой", "x" * 400]
    file = written(make.stack(*(make.layer(name, noise(1, 2, 2)) for name in names)))
    with Image.open(io.BytesIO(file)) as picture:
        old = [layer[0] for layer in picture.layers]
    assert old == ["Été".encode("mac_roman").decode("latin-1"), "????", "x" * 255]
    assert [layer.name for layer in opened(make.stack(*(make.layer(name, noise(1, 2, 2)) for name in names)))] == [
        "Été", "слой", "x" * 255,
    ]  # fmt: skip


def test_no_character_is_cut_in_two() -> None:
    make = Maker()
    (layer,) = opened(make.stack(make.layer("a" + "🚀" * 200, noise(1, 2, 2))))
    assert layer.name == "a" + "🚀" * 127
    (layer,) = opened(make.stack(make.layer("ab" + "🚀" * 200, noise(1, 2, 2))))
    assert layer.name == "ab" + "🚀" * 126


def test_more_than_2_gib_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(written(plain()))
    monkeypatch.setattr(psd, "_MOST_BYTES", size)
    written(plain())
    monkeypatch.setattr(psd, "_MOST_BYTES", size - 1)
    with pytest.raises(NotExportable, match="2 GiB"):
        written(plain())


def test_long_runs_and_none_are_packed() -> None:
    make = Maker()
    flat = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    stack = make.stack(make.layer("Flat", flat), make.layer("Noise", noise(1, WIDTH, HEIGHT, opaque=True)))
    first, second = (np.array(layer.topil(apply_icc=False)) for layer in opened(stack))
    assert (first == 255).all()
    assert np.array_equal(second, noise(1, WIDTH, HEIGHT, opaque=True))


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, 300)), min_size=1, max_size=9), st.integers(1, 3))
def test_packed_rows_come_back(runs: list[tuple[int, int]], count: int) -> None:
    row = np.concatenate([np.full(length, value, np.uint8) for value, length in runs])
    rows = packed_rows(np.stack([np.roll(row, at) for at in range(count)]))
    assert len(rows) == count
    for at, packed in enumerate(rows):
        assert _unpacked(packed) == np.roll(row, at).tobytes()
        assert len(packed) <= row.size + row.size // 128 + 1


def _unpacked(packed: bytes) -> bytes:
    """PackBits as TIFF 6.0, section 9, describes it."""
    out, at = bytearray(), 0
    while at < len(packed):
        (head,) = struct.unpack_from("b", packed, at)
        if head >= 0:
            out += packed[at + 1 : at + 2 + head]
            at += 2 + head
        else:
            assert head > -128
            out += packed[at + 1 : at + 2] * (1 - head)
            at += 2
    return bytes(out)
