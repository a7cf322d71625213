"""OpenRaster files by other writers, odd ones, and hostile ones."""

import io
import zipfile
from pathlib import Path
from typing import Any

import hostile_images
import numpy as np
import pytest
from export_stacks import noise
from imports_read import imported
from PIL import Image
from pyora import Project

from model.encode import png
from model.errors import ImageRejected, ImageTooLarge
from model.image import Limits
from model.imports.imported import ImportLimits

PICTURE = noise(1, 8, 6)


def ora(stack: str | bytes, mimetype: bytes = b"image/openraster", **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("stack.xml", stack)
        archive.writestr("data/a.png", png(PICTURE))
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def image(inside: str, size: str = 'w="20" h="10"') -> str:
    return f"<image {size}><stack>{inside}</stack></image>"


LAYER = '<layer name="a" src="data/a.png"/>'


def test_what_another_program_wrote_is_read(tmp_path: Path) -> None:
    project = Project.new(20, 10)
    ground = noise(2, 20, 10, opaque=True)
    project.add_layer(Image.fromarray(ground), "Grund")
    project.add_group("Gruppe", opacity=0.5)
    project.add_layer(
        Image.fromarray(PICTURE), "Gruppe/图层", offsets=(-3, 7), composite_op="svg:multiply", visible=False
    )
    file = tmp_path / "other.ora"
    project.save(str(file))
    found = imported(file.read_bytes(), tmp_path)
    bottom, group = found.stack.outline.items
    assert (bottom.name, group.name, group.opacity, group.is_group) == ("Grund", "Gruppe", 0.5, True)
    (inner,) = group.members or ()
    assert (inner.name, inner.blend, inner.visible) == ("图层", "multiply", False)
    layer = found.stack.load(inner)
    assert layer is not None
    assert (layer.x, layer.y) == (-3, 7)
    assert np.array_equal(layer.pixels, PICTURE)
    assert np.array_equal(found.stack.picture, ground)
    assert (found.losses, found.difference) == ([], 0)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    found = imported(ora(image('<layer src="data/a.png"/>')), tmp_path)
    (item,) = found.stack.outline.items
    assert (item.name, item.opacity, item.blend, item.visible, item.box) == ("", 1.0, "normal", True, (0, 0, 8, 6))
    assert found.difference is None


def test_what_cannot_be_taken_is_told(tmp_path: Path) -> None:
    inside = (
        '<layer name="Plus" composite-op="svg:plus" src="data/a.png"/>'
        '<layer name="Line" src="data/line.svg"/>'
        '<filter type="blur"/><text>words</text>'
        '<stack name="Alone" isolation="isolate"><layer name="In" composite-op="svg:screen" src="data/a.png"/></stack>'
    )
    found = imported(ora(image(inside), **{"data/line.svg": b"<svg/>"}), tmp_path)
    assert sorted(found.losses) == [
        "Drawings in SVG are not taken, and are empty: “Line”.",
        "Groups of opacity 1 and mode normal do not keep the modes of their layers to themselves here: “Alone”.",
        "Of OpenRaster, layers and stacks are taken, and nothing else: “text”, “filter” is not.",
        "There is no blend mode svg:plus here, so that normal is used: “Plus”.",
    ]
    assert [item.name for item in found.stack.outline.items] == ["Alone", "Line", "Plus"]


def test_a_picture_of_the_whole_that_shows_something_else_is_measured(tmp_path: Path) -> None:
    merged = np.zeros((10, 20, 4), np.uint8)
    merged[:6, :8] = PICTURE
    layer = ora(image(LAYER), mergedimage__png=png(merged))
    assert imported(layer, tmp_path).difference == 0
    merged[9, 19] = 255, 0, 0, 10  # seen as 255, 245, 245 on white
    other = imported(ora(image(LAYER), mergedimage__png=png(merged)), tmp_path)
    assert (other.difference, other.losses) == (
        10, ["The picture of the whole that is in the file differs from the layers by up to 10 of 255."]
    )  # fmt: skip
    small = imported(ora(image(LAYER), mergedimage__png=png(merged[1:])), tmp_path)
    assert (small.difference, small.losses) == (
        None, ["The picture of the whole that is in the file is not of the size of the canvas."]
    )  # fmt: skip


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + image('<layer name="&b;" src="x"/>').encode()
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + image('<layer name="&a;" src="x"/>').encode()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (ora(LAUGHS), "declares a document type"),
        (ora(OUTSIDE), "declares a document type"),
        (ora(LAUGHS.decode().encode("utf-16")), "declares a document type"),
        (ora("<image><stack>" + "<stack>" * 200 + "</stack>" * 201 + "</image>"), "nested too deep"),
        (ora(image("<stack>" * 12 + "</stack>" * 12)), "groups in groups, 11 deep"),
        (ora("<image w='1' h='1'>"), "no valid XML"),
        (ora(b"\xff\xfe\x00"), "no valid XML"),
        (ora("<svg/>"), "no image with one stack"),
        (ora(image(LAYER, "w='20'")), "The h of “image”"),
        (ora(image(LAYER, "w='0' h='4'")), "no pixels"),
        (ora(image(LAYER, "w='NaN' h='4'")), "The w of “image”"),
        (ora(image('<layer name="a" opacity="2" src="data/a.png"/>')), "opacity of “a”"),
        (ora(image('<layer name="a" opacity="nan" src="data/a.png"/>')), "opacity of “a”"),
        (ora(image('<layer name="a" x="1e300" src="data/a.png"/>')), "The x of “a”"),
        (ora(image('<layer name="a" x="2000000" src="data/a.png"/>')), "farther than 1,000,000"),
        (ora(image('<layer name="a" src="../../etc/passwd"/>')), "no '../../etc/passwd'"),
        (ora(image('<layer name="a"/>')), "no ''"),
        (ora(image('<layer name="a" src="stack.xml"/>')), "is not a picture"),
        (ora(image(LAYER), **{"data/b.png": b""}).replace(b"IDAT", b"IDAX"), "broken"),
        (ora(image(LAYER), mimetype=b"image/png"), "no mimetype"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(file: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImageRejected, match=words) as caught:
        imported(file, tmp_path)
    assert type(caught.value) is ImageRejected


SMALL = ImportLimits(Limits(max_bytes=2**20, max_pixels=1000, max_side=90), max_layers=3)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (ora(image(LAYER, 'w="91" h="4"')), "The canvas is 91 × 4"),
        (ora(image(LAYER, 'w="40" h="40"')), "at most 1,000 pixels"),
        (ora(image(LAYER * 4)), "more than 3 layers"),
        (ora(image("<stack/>" * 4)), "more than 3 layers"),
        (ora(image(LAYER), **{"data/b.png": b"x" * 2**20}), "more than 1,048,576 bytes"),
        (ora(image('<layer src="data/b.png"/>'), **{"data/b.png": hostile_images.huge_header_png()}), "60000 × 60000"),
    ],
)
def test_what_is_too_much_is_refused(file: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImageTooLarge, match=words):
        imported(file, tmp_path, SMALL)


def test_layers_together_may_not_be_too_many_pixels(tmp_path: Path) -> None:
    limits = ImportLimits(Limits(max_pixels=200, max_side=90), max_layers=400)
    with pytest.raises(ImageTooLarge, match="5,000 pixels in all"):
        imported(ora(image(LAYER * 120)), tmp_path, limits)


def test_a_name_that_is_too_long_is_cut_short(tmp_path: Path) -> None:
    name: Any = "ж" * 1200
    found = imported(ora(image(f'<layer name="{name}" src="data/a.png"/>')), tmp_path)
    assert found.stack.outline.items[0].name == name[:1000]
    assert found.losses[0].startswith("Names have at most 1,000 characters here")
