"""Photoshop documents by another writer, with what Photoshop has and we have not; odd ones, and hostile ones."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import hostile_images
import numpy as np
import pytest
from export_stacks import Maker, grouped, noise, plain
from imports_read import ImportedStack, imported, said, written
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Resource
from psd_tools.psd.image_resources import ImageResource

from model.errors import ImageRejected, ImageTooLarge
from model.image import Limits
from model.imports.imported import ImportLimits

GROUND = noise(1, 20, 10, opaque=True)
PICTURE = noise(2, 8, 6)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[PSDImage], ImportedStack]:
    def once(document: PSDImage) -> ImportedStack:
        out = io.BytesIO()
        document.save(out)
        return imported(out.getvalue(), tmp_path)

    return once


def document(mode: str = "RGB", depth: int = 8) -> PSDImage:
    found = PSDImage.new(mode, (20, 10), depth=depth)
    found.create_pixel_layer(Image.fromarray(GROUND[:, :, :3]).convert(mode), "Grund")
    return found


Read = Callable[[PSDImage], ImportedStack]


def test_what_another_program_wrote_is_read(read: Read) -> None:
    one = document()
    group = one.create_group(name="Gruppe ø", opacity=128, blend_mode=BlendMode.SCREEN)
    inner = group.create_pixel_layer(Image.fromarray(PICTURE), "In it", top=-3, left=15, opacity=51)
    inner.visible = False
    found = read(one)
    ground, item = found.stack.outline.items
    assert (ground.name, item.name, item.opacity, item.blend) == ("Grund", "Gruppe ø", 128 / 255, "screen")
    (inside,) = item.members or ()
    assert (inside.name, inside.opacity, inside.visible) == ("In it", 0.2, False)
    layer = found.stack.load(inside)
    assert layer is not None
    assert (layer.x, layer.y) == (15, -3)
    assert np.array_equal(layer.pixels, PICTURE)
    assert np.array_equal(found.stack.picture, GROUND)


def test_a_mask_and_its_density_are_in_the_alpha(read: Read) -> None:
    one = document()
    layer = one.create_pixel_layer(Image.new("RGB", (8, 6)), "Masked", top=2, left=3)
    mask = np.zeros((6, 8), np.uint8)
    mask[1:4, 2:7] = np.arange(100, 115).reshape(3, 5)
    layer.create_mask(Image.fromarray(mask))
    found = read(one)
    _, kept = found.layer("Masked")
    assert kept is not None
    assert (kept.x, kept.y) == (5, 3)
    assert np.array_equal(kept.pixels[:, :, 3], mask[1:4, 2:7])
    assert found.losses == ["Masks are in the alpha now, and cannot be taken off: those of “Masked”."]
    assert layer.mask is not None
    layer.mask.disabled = True
    whole = read(one)
    assert whole.layer("Masked")[0].box == (3, 2, 8, 6)
    assert whole.losses == []


def test_clipping_is_in_the_alpha_and_goes_with_the_layer_below(read: Read) -> None:
    one = document()
    base = one.create_pixel_layer(Image.fromarray(PICTURE), "Base", top=1, left=1)
    clipped = one.create_pixel_layer(Image.fromarray(np.full((6, 8, 4), 255, np.uint8)), "Clipped", top=3, left=0)
    clipped.clipping = True
    found = read(one)
    _, kept = found.layer("Clipped")
    assert kept is not None
    expected = np.zeros((6, 8), np.uint8)
    expected[:4, 1:] = PICTURE[2:, :7, 3]
    seen = np.zeros_like(expected)
    seen[kept.y - 3 : kept.y - 3 + kept.height, kept.x : kept.x + kept.width] = kept.pixels[:, :, 3]
    assert np.array_equal(seen, expected)
    assert found.losses[0] == "Clipping to the layer below is in the alpha now: that of “Clipped”."
    base.visible = False
    assert not read(one).layer("Clipped")[0].visible


def test_what_is_not_here_is_told(read: Read) -> None:
    one = document()
    for mode in (BlendMode.DISSOLVE, BlendMode.LINEAR_DODGE, BlendMode.SOFT_LIGHT):
        layer = one.create_pixel_layer(Image.new("RGB", (8, 6)), mode.name)
        layer.blend_mode = mode
    layer.fill_opacity = 51
    group = one.create_group(name="Own", blend_mode=BlendMode.NORMAL)
    multiplied = group.create_pixel_layer(Image.new("RGB", (8, 6)), "Inner")
    multiplied.blend_mode = BlendMode.MULTIPLY
    passing = one.create_group(name="Passing", opacity=100, blend_mode=BlendMode.PASS_THROUGH)
    passing.create_pixel_layer(Image.new("RGB", (8, 6)), "Inner too").blend_mode = BlendMode.SCREEN
    found = read(one)
    assert [item.blend for item in found.stack.outline.items] == [
        "normal", "normal", "normal", "soft-light", "normal", "normal"
    ]  # fmt: skip
    assert found.layer("SOFT_LIGHT")[0].opacity == 0.2
    assert sorted(found.losses) == [
        "Groups of opacity 1 and mode normal do not keep the modes of their layers to themselves here: “Own”.",
        "Groups that pass through at less than full opacity keep the modes of their layers here: “Passing”.",
        "Photoshop computes soft-light by another formula, and may show it differently: “SOFT_LIGHT”.",
        "There is no blend mode dissolve here, so that normal is used: “DISSOLVE”.",
        "There is no blend mode linear-dodge here, so that normal is used: “LINEAR_DODGE”.",
    ]


def test_grey_and_16_bits_are_converted_and_other_colours_refused(read: Read, tmp_path: Path) -> None:
    grey = read(document("L"))
    expected = np.array(Image.fromarray(GROUND[:, :, :3]).convert("L").convert("RGBA"))
    assert np.array_equal(grey.stack.picture, expected)
    deep = read(document(depth=16))
    assert np.array_equal(deep.stack.picture, GROUND)
    assert "The document had 16 bits a channel, and has 8 now." in deep.losses
    with pytest.raises(ImageRejected, match="32 bits a channel; convert it to 8"):
        read(document(depth=32))
    file = written(plain(), "psd")
    with pytest.raises(ImageRejected, match="in Lab; convert it to RGB"):
        imported(file[:24] + struct.pack(">H", 9) + file[26:], tmp_path)


def test_cmyk_becomes_rgb_by_its_profile_or_without(read: Read) -> None:
    one = document("CMYK")
    found = read(one)
    inks = Image.fromarray(GROUND[:, :, :3]).convert("CMYK")
    assert np.array_equal(found.stack.picture, np.array(inks.convert("RGB").convert("RGBA")))
    assert found.losses == ["The document was in CMYK, and is RGB now."]
    one.image_resources[Resource.ICC_PROFILE] = ImageResource(
        key=Resource.ICC_PROFILE, data=hostile_images.cmyk_profile()
    )
    by_profile = read(one)
    assert "The colours were converted to sRGB by the document's profile." in by_profile.losses
    assert not np.array_equal(by_profile.stack.picture, found.stack.picture)


def test_colours_of_another_profile_become_srgb(read: Read) -> None:
    one = document()
    profile = hostile_images.rgb_profile(swap=True, gamma=2.2)
    one.image_resources[Resource.ICC_PROFILE] = ImageResource(key=Resource.ICC_PROFILE, data=profile)
    found = read(one)
    assert "The colours were converted to sRGB by the document's profile." in found.losses
    red, green = GROUND[:, :, 0].astype(int), found.stack.picture[:, :, 1].astype(int)
    assert np.corrcoef(red.ravel(), green.ravel())[0, 1] > 0.9  # the profile takes red for green


def test_a_document_without_layers_is_one(tmp_path: Path) -> None:
    picture = Image.fromarray(GROUND[:, :, :3])
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 10, 20, 8, 3) + bytes(12)
    flat = head + struct.pack(">H", 0) + b"".join(np.array(band).tobytes() for band in picture.split())
    found = imported(flat, tmp_path)
    assert [item.name for item in found.stack.outline.items] == ["Background"]
    assert np.array_equal(found.stack.picture, GROUND)
    indexed = picture.quantize(16)
    palette = np.array(indexed.getpalette("RGB"), np.uint8).reshape(-1, 3)
    colours = np.zeros((256, 3), np.uint8)
    colours[: len(palette)] = palette
    head = struct.pack(">4sH6xHIIHHI", b"8BPS", 1, 1, 10, 20, 8, 2, 768) + colours.T.tobytes() + bytes(8)
    found = imported(head + struct.pack(">H", 0) + np.array(indexed).tobytes(), tmp_path)
    assert np.array_equal(found.stack.picture[:, :, :3], np.array(indexed.convert("RGB")))
    assert found.losses == ["The document was in indexed colours, and is RGB now."]


def test_a_picture_of_the_whole_that_shows_something_else_is_measured(tmp_path: Path) -> None:
    make = Maker(4, 4)
    grey = np.full((4, 4, 4), 200, np.uint8)
    grey[:, :, 3] = 255
    file = bytearray(written(make.stack(make.layer("Grey", grey)), "psd"))
    assert imported(bytes(file), tmp_path).difference == 0
    assert file[-2:] == bytes([0xFD, 200])  # four times 200: the last row of blue
    file[-1] = 193
    assert imported(bytes(file), tmp_path).difference == 7


PSD = written(plain(), "psd")
_LAYERS = PSD.index(b"8BIMnorm") - 18 - 4 * 6
"""Where the first record begins: its rectangle, its count of channels, four of them, its mode."""


def patched(at: int, form: str, *values: int) -> bytes:
    return PSD[:at] + struct.pack(form, *values) + PSD[at + struct.calcsize(form) :]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"8BPS", "cut short"),
        (patched(4, ">H", 3), "no Photoshop document of a version"),
        (patched(14, ">II", 0, 37), "no pixels"),
        (patched(12, ">H", 60), "cut short"),
        (patched(26, ">I", 2**31), "cut short"),
        (patched(22, ">H", 7), "7 bits a channel"),
        (patched(_LAYERS, ">4i", 2_000_000, 0, 2_000_029, 37), "farther than 1,000,000"),
        (patched(_LAYERS + 18 + 2, ">I", 2**31 - 1), "broken"),
        (patched(_LAYERS + 16, ">H", 60_000), "broken"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(file: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImageRejected, match=words) as caught:
        imported(file, tmp_path)
    assert type(caught.value) is ImageRejected


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (patched(14, ">II", 30_000, 30_000), "The canvas is 30000 × 30000"),
        (patched(14, ">II", 16_000, 16_000), "The canvas is 16000 × 16000; at most 40,000,000"),
        (patched(_LAYERS, ">4i", 0, 0, 31_622, 31_623), "Layer “Ground” is 31623 × 31622"),
        (patched(_LAYERS, ">4i", 0, 0, 16_000, 16_000), "Layer “Ground” is 16000 × 16000"),
        (patched(_LAYERS - 2, ">h", -10_000), "more than 200 layers"),
    ],
)
def test_what_is_too_much_is_refused(file: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImageTooLarge, match=words):
        imported(file, tmp_path)


def test_groups_count_and_may_not_be_too_deep(tmp_path: Path) -> None:
    limits = ImportLimits(Limits(), max_layers=14)
    assert imported(written(grouped(), "psd"), tmp_path, limits).difference == 0
    with pytest.raises(ImageTooLarge, match="more than 13 layers and groups"):
        imported(written(grouped(), "psd"), tmp_path, ImportLimits(Limits(), max_layers=13))
    make = Maker()
    inner = make.layer("Inmost", PICTURE)
    for depth in range(10):
        inner = make.group(str(depth), [inner])
    stack = make.stack(inner)
    found = imported(written(stack, "psd"), tmp_path)
    assert said(found.stack, found.stack.outline.items) == said(stack, stack.outline.items)
    with pytest.raises(ImageRejected, match="groups in groups, 11 deep"):
        imported(written(make.stack(make.group("10", [inner])), "psd"), tmp_path)


def test_a_document_that_is_cut_short_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    for end in range(4, len(PSD), len(PSD) // 60):
        with pytest.raises(ImageRejected, match=r"cut short|no Photoshop"):
            imported(PSD[:end], tmp_path)


def test_a_damaged_document_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(60):
        file = bytearray(PSD)
        for at in rng.integers(0, len(PSD) // 2, 6):
            file[at] = rng.integers(0, 256)
        try:
            imported(bytes(file), tmp_path)
        except ImageRejected:
            refused += 1
    assert refused > 10
