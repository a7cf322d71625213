"""Presentations: where things lie in the file itself, text boxes, slides that build up, and what PowerPoint asks of a
package; python-pptx reads them, or the XML does."""

import io
import posixpath
import re
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from export_stacks import STACKS, Maker, grouped, noise, plain
from lettered_stack import lettered, turned
from pptx import Presentation

from model.errors import NotExportable
from model.export.options import Slides
from model.export.outline import Outline
from model.export.pptx import write
from model.export.stack import Exported
from model.export.table import FORMATS, check, warnings
from model.typeset.fonts import named

PIXEL = 9_525
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
PPTX = FORMATS["pptx"]


def written(stack: Exported, **asked: str) -> bytes:
    out = io.BytesIO()
    write(stack, out, Slides(**asked))  # type: ignore[arg-type]
    return out.getvalue()


def xml(file: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return ElementTree.fromstring(archive.read(name))


def names(slide: Any) -> list[str]:
    return [shape.name for shape in slide.shapes]


def test_a_pixel_is_9525_emu_and_edges_that_meet_go_on_meeting() -> None:
    make = Maker(640, 480)
    left, right = make.layer("L", noise(1, 101, 37), 7, -9), make.layer("R", noise(2, 33, 37), 108, -9)
    slide = xml(written(make.stack(left, right)), "ppt/slides/slide1.xml")
    boxes = [
        [int(part.attrib[name]) for part, name in ((one[0], "x"), (one[0], "y"), (one[1], "cx"), (one[1], "cy"))]
        for one in slide.iterfind(f".//{P}pic/{P}spPr/{A}xfrm")
    ]
    assert boxes == [[side * PIXEL for side in box] for box in ((7, -9, 101, 37), (108, -9, 33, 37))]
    size = xml(written(make.stack()), "ppt/presentation.xml").find(f"{P}sldSz")
    assert size is not None
    assert (int(size.attrib["cx"]), int(size.attrib["cy"])) == (640 * PIXEL, 480 * PIXEL)


@pytest.mark.parametrize(
    ("width", "height", "inches", "shown"),
    [(96, 5_376, (1, 56), None), (12_000, 9_000, (56, 42), "45%"), (30, 20, (1.5, 1), None), (5_000, 96, None, None)],
)
def test_slides_have_sides_of_1_to_56_inches(
    width: int, height: int, inches: tuple[float, float] | None, shown: str | None
) -> None:
    outline = Outline(width, height, ())
    check(outline, PPTX)
    make = Maker(1, 1)
    stack = replace(make.stack(), outline=outline)
    deck = Presentation(io.BytesIO(written(stack)))
    assert deck.slide_width is not None
    assert deck.slide_height is not None
    wanted = inches or (width / 96, height / 96)
    assert (deck.slide_width / 914_400, deck.slide_height / 914_400) == pytest.approx(wanted, abs=1e-4)
    told = warnings(outline, PPTX)
    assert [re.search(r"\d+%", sentence)[0] for sentence in told] == ([shown] if shown else [])  # type: ignore[index]


def test_what_is_too_long_for_a_slide_is_refused() -> None:
    with pytest.raises(NotExportable, match="10,000 × 100 pixels is too long"):
        check(Outline(10_000, 100, ()), PPTX)


def test_each_shape_is_called_and_told_to_who_cannot_see_it() -> None:
    slide = xml(written(plain()), "ppt/slides/slide1.xml")
    told = [(one.attrib["name"], one.attrib["descr"]) for one in slide.iterfind(f".//{P}cNvPr") if one.get("descr")]
    assert told[1:3] == [("Card", "Card"), ("Headline", "Summer\nsale")]
    ids = [one.attrib["id"] for one in slide.iterfind(f".//{P}cNvPr")]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("angle", [0.0, 30.0])
def test_words_are_boxes_where_that_is_asked_for(angle: float) -> None:
    stack, name = lettered(angle, opacity=0.5)
    ground, box = Presentation(io.BytesIO(written(stack, text="boxes"))).slides[0].shapes
    assert (ground.name, box.name, box.has_text_frame) == ("Ground", "Headline", True)
    (paragraph,) = box.text_frame.paragraphs
    assert paragraph.text == "Summer\vsale"
    run = paragraph.runs[0]
    assert run.font.size.pt == pytest.approx(30, abs=1)  # 40 pixels at 96 an inch
    assert (str(run.font.color.rgb), run.font.name) == ("DC1E3C", named(name).family)
    assert box.rotation == pytest.approx(angle, abs=0.5)
    assert next(one.get("val") for one in box._element.xpath(".//a:alpha")) == "50000"
    # its corner, turned about its middle, is where the pen began
    across, down = -box.width / 2 / PIXEL, -box.height / 2 / PIXEL
    shown = turned(across, down, angle, ((box.left + box.width / 2) / PIXEL, (box.top + box.height / 2) / PIXEL))
    assert np.hypot(*np.subtract(shown, turned(-150, -90, angle, (200, 150)))) < 5
    told = warnings(stack.outline, PPTX, Slides("boxes"))
    assert told == ["PPTX sets the words of “Headline” anew: they may look different."]


def test_words_that_stand_apart_are_a_group_of_boxes() -> None:
    stack, _ = lettered()
    words = stack.load(stack.outline.items[1])
    assert words is not None
    first, second = words.lines
    pixels = words.pixels.copy()
    pixels[105:] = np.roll(pixels[105:], 200, axis=1)  # the second line
    apart = replace(words, pixels=pixels, lines=(first, second.moved(200, 0)))
    loaded = replace(stack, load=lambda item: apart if item.index == 1 else stack.load(item))
    _, group = Presentation(io.BytesIO(written(loaded, text="boxes"))).slides[0].shapes
    assert (group.name, [box.text_frame.text for box in group.shapes]) == ("Headline", ["Summer", "sale"])
    assert names(group) == ["Summer", "sale"]
    assert group.shapes[1].left - group.shapes[0].left > 150 * PIXEL


@pytest.mark.parametrize("said", [{"blend": "multiply"}, {"stands": False}])
def test_words_that_cannot_stand_in_a_box_stay_a_picture(said: dict[str, Any]) -> None:
    make = Maker(200, 100)
    words = {"text": "Sale", "stands": True, **said}
    stack = make.stack(make.layer("Ground", noise(1, 200, 100, True)), make.layer("Words", noise(2, 30, 20), **words))
    shapes = Presentation(io.BytesIO(written(stack, text="boxes"))).slides[0].shapes
    assert [shape.has_text_frame for shape in shapes] == [False, False]
    assert "PPTX keeps words as pixels: “Words” cannot be typed over." in warnings(stack.outline, PPTX, Slides("boxes"))


def test_slides_build_up_a_layer_each_and_share_their_pictures() -> None:
    file = written(plain(), build="slides")
    slides = Presentation(io.BytesIO(file)).slides
    visible = ["Ground", "Card", "Headline", "Glass"]
    assert [names(slide) for slide in slides] == [*(visible[:many] for many in (1, 2, 3)), [*visible, "Hidden"]]
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert sum(name.startswith("ppt/media/") for name in archive.namelist()) == 5
    assert len(Presentation(io.BytesIO(written(grouped(), build="slides"))).slides) == 2
    assert len(Presentation(io.BytesIO(written(STACKS["nothing"](), build="slides"))).slides) == 1


def test_layers_appear_at_a_click_from_the_second_on() -> None:
    slide = xml(written(plain(), build="clicks"), "ppt/slides/slide1.xml")
    called = {one.attrib["id"]: one.attrib["name"] for one in slide.iterfind(f".//{P}cNvPr")}
    effects = slide.findall(f".//{P}cTn[@nodeType='clickEffect']")
    assert [called[one.find(f".//{P}spTgt").attrib["spid"]] for one in effects] == ["Card", "Headline", "Glass"]  # type: ignore[union-attr]
    numbers = [one.attrib["id"] for one in slide.iterfind(f".//{P}cTn")]
    assert len(set(numbers)) == len(numbers)
    assert xml(written(STACKS["single"](), build="clicks"), "ppt/slides/slide1.xml").find(f"{P}timing") is None


@pytest.mark.parametrize("build", ["none", "slides", "clicks"])
def test_the_package_is_whole(build: str) -> None:
    """What leads somewhere leads to a part, each part has a type, and each picture is shown."""
    with zipfile.ZipFile(io.BytesIO(written(grouped(), build=build))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types = ElementTree.fromstring(parts.pop("[Content_Types].xml"))
    told = {one.attrib["PartName"][1:] for one in types if "PartName" in one.attrib}
    known = {one.attrib["Extension"] for one in types if "Extension" in one.attrib}
    assert told <= set(parts)
    assert {name for name in parts if name.rpartition(".")[2] not in ("png", "rels")} == told
    assert {name.rpartition(".")[2] for name in parts} <= known
    reached = set()
    for name, data in parts.items():
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            leads = {one.attrib["Id"]: one.attrib["Target"] for one in ElementTree.fromstring(data)}
            reached |= {posixpath.normpath(posixpath.join(folder, target)) for target in leads.values()}
            owner = parts.get(posixpath.join(folder, posixpath.basename(name).removesuffix(".rels")), b"")
            assert set(re.findall(rb'r:(?:embed|id)="(\w+)"', owner)) <= {id_.encode() for id_ in leads}
    assert reached == {name for name in parts if not name.endswith(".rels")}
