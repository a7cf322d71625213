"""OpenRaster files: their frame as the specification has it, and as pyora reads them."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from export_readers import rgba
from export_stacks import STACKS, Maker, grouped, noise, plain

from model.blend import MODES
from model.export.ora import write
from model.export.outline import walked
from model.export.stack import Exported
from model.export.xml_text import xml_number, xml_text


def written(stack: Exported) -> bytes:
    out = io.BytesIO()
    write(stack, out)
    return out.getvalue()


def xml_of(stack: Exported) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(written(stack))) as archive:
        return ElementTree.fromstring(archive.read("stack.xml"))


def test_who_looks_at_the_first_bytes_only_knows_what_it_is() -> None:
    file = written(plain())
    assert file[:4] == b"PK\x03\x04"
    assert file[30:54] == b"mimetypeimage/openraster"


@pytest.mark.parametrize("name", sorted(STACKS))
def test_pyora_reads_it(name: str, tmp_path: Path) -> None:
    import pyora

    stack = STACKS[name]()
    path = tmp_path / "it.ora"
    path.write_bytes(written(stack))
    project = pyora.Project.load(str(path))
    assert project.dimensions == (stack.outline.width, stack.outline.height)
    *found, _ = project.iter_tree  # the last one is all of it
    for one, (item, _) in zip(found, walked(stack.outline.items), strict=True):
        assert (one.name, one.opacity, one.visible) == (xml_text(item.name), item.opacity, item.visible)
        assert (one.type == pyora.TYPE_GROUP) == item.is_group
        layer = None if item.is_group else stack.load(item)
        if layer is not None:
            assert one.offsets == (layer.x, layer.y)
            assert np.array_equal(np.array(one.get_image_data(raw=True)), layer.pixels)


@pytest.mark.parametrize("size", [(1, 1), (256, 100), (700, 300), (3, 900)])
def test_the_thumbnail_fits_into_256_pixels(size: tuple[int, int]) -> None:
    width, height = size
    make = Maker(width, height)
    file = written(make.stack(make.layer("It", noise(1, width, height, opaque=True))))
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        small = rgba(archive.read("Thumbnails/thumbnail.png"))
    scale = min(1, 256 / max(size))
    assert small.shape[1::-1] == (max(1, round(width * scale)), max(1, round(height * scale)))


def test_a_group_is_isolated_where_its_opacity_or_mode_says_so() -> None:
    told = {stack.get("name"): stack.get("isolation") for stack in xml_of(grouped()).iter("stack")}
    assert told == {
        None: None, "Outer": "auto", "Mixed": "isolate", "Faded": "isolate", "Inner": "auto", "Away": "auto",
        "Empty": "auto",
    }  # fmt: skip


def test_every_mode_has_its_name() -> None:
    make = Maker()
    layers = [make.layer(mode, noise(1, 2, 2), blend=mode) for mode in MODES]
    told = {layer.get("name"): layer.get("composite-op") for layer in xml_of(make.stack(*layers)).iter("layer")}
    assert told == {mode: "svg:src-over" if mode == "normal" else f"svg:{mode}" for mode in MODES}


def test_text_that_xml_cannot_hold_is_replaced_and_all_other_comes_back() -> None:
    odd = "".join(map(chr, [*range(0x20), 0x7F, 0x85, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0xFFFE, 0x10FFFF]))
    make = Maker()
    root = xml_of(make.stack(make.layer(odd, noise(1, 2, 2)), make.layer("<&>\"'\u2028", noise(1, 2, 2))))
    first, second = (layer.get("name") for layer in reversed(list(root.iter("layer"))))
    kept = {9, 10, 13, 0x7F, 0x85, 0xD7FF, 0xE000, 0xFFFD, 0x10FFFF}
    assert first == "".join(letter if ord(letter) in kept or ord(letter) == 0x20 else "\ufffd" for letter in odd)
    assert second == "<&>\"'\u2028"


@pytest.mark.parametrize("value", [0, 1, 0.4, 1 / 3, 1e-7, 123456789.125, 2.5e-300])
def test_numbers_are_digits_only_and_come_back_to_the_bit(value: float) -> None:
    said = xml_number(float(value))
    assert set(said) <= set("0123456789.")
    assert float(said) == value
