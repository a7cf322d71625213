"""SVGs: what is in them beside the pictures, and that nothing in them is taken for something else."""

import io
import re
from xml.etree import ElementTree

from export_stacks import NAMES, Maker, awkwardly_named, grouped, noise, plain

from model.export.stack import Exported
from model.export.svg import write

_SVG = "{http://www.w3.org/2000/svg}"


def written(stack: Exported) -> bytes:
    out = io.BytesIO()
    write(stack, out)
    return out.getvalue()


def test_ids_are_names_and_no_two_are_alike() -> None:
    root = ElementTree.fromstring(written(awkwardly_named()))
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(set(ids)) == len(ids) == len(NAMES) + 2
    assert ids[0] == "слой_图层_שכבה"
    assert {"twice", "twice_2", "layer", "etc_passwd"} <= set(ids)
    for one in ids:
        assert re.fullmatch(r"[^\W\d]\w*", one), one


def test_an_id_that_a_number_would_make_is_not_given_twice() -> None:
    make = Maker()
    root = ElementTree.fromstring(
        written(make.stack(*(make.layer(name, noise(1, 2, 2)) for name in ("a_2", "a", "a", "7", "a"))))
    )
    assert [element.attrib["id"] for element in root] == ["a_2", "a", "a_3", "_7", "a_4"]


def test_words_are_told_to_who_cannot_see_them() -> None:
    root = ElementTree.fromstring(written(plain()))
    (words,) = root.iter(f"{_SVG}desc")
    assert words.text == "Summer\nsale"
    make = Maker()
    root = ElementTree.fromstring(written(make.stack(make.layer("x", noise(1, 2, 2), text="</desc><script>&\x01"))))
    (words,) = root.iter(f"{_SVG}desc")
    assert words.text == "</desc><script>&\ufffd"


def test_only_what_is_composed_by_itself_says_so() -> None:
    told = {
        group.attrib["aria-label"]: group.attrib
        for group in ElementTree.fromstring(written(grouped())).iter(f"{_SVG}g")
    }
    assert {name for name, said in told.items() if "opacity" in said or "style" in said} == {"Faded", "Mixed"}
    assert told["Faded"]["opacity"] == "0.6"
    assert told["Mixed"]["style"] == "mix-blend-mode:screen"
    assert told["Away"]["display"] == "none"


def test_it_refers_to_nothing_outside() -> None:
    file = written(awkwardly_named()).decode()
    assert set(re.findall(r'(?:href|src)="([^"]{0,10})', file)) == {"data:image"}
    assert set(re.findall(r"https?://[^\"]*", file)) == {
        "http://www.w3.org/2000/svg", "http://www.inkscape.org/namespaces/inkscape",
    }  # fmt: skip
