"""Values for the variables of a template, and the operations that they become."""

from typing import Any

import pytest

from app.flow.errors import InvalidRequest
from app.flow.templates.apply import applied, pointing_at
from app.flow.templates.values import operations_of, steps_of, values_of_texts, wanted
from app.flow.templates.variable import Variable, variables_of
from model import edits
from model.edits.cut import USUAL
from model.edits.scene import scene_of
from model.edits.state import Text
from model.errors import InvalidEdit

ASSET = "a" * 64
VARIABLES = variables_of(
    {
        "headline": {"layer": 1, "property": "text", "max_length": 12, "align": "center", "required": True},
        "product": {"layer": 2, "property": "image", "fit": "cover"},
        "accent": {"layer": [0, 2], "property": "color", "choices": ["#ff0000", "teal"], "default": "teal"},
        "badge": {"layer": 2, "property": "visible"},
        "fade": {"layer": 2, "property": "opacity"},
        "mix": {"layer": 2, "property": "blend"},
        "place": {"layer": 2, "property": "position", "anchor": "center"},
        "left": {"layer": 1, "property": "x"},
    }
)
TINT = {"op": "recolor", "layer": [0, 2], "mode": "tint", "color": "teal"}
SALE = {"op": "text", "layer": 1, "value": "SALE", "align": "center"}


def scene() -> edits.Scene:
    layers = [{"name": name, "bbox": [0, 0, 40, 20]} for name in ("Ground", "Headline", "Badge")]
    return scene_of(100, 80, layers)


def complaints(values: dict[str, Any]) -> dict[str, str]:
    """What is said of each place."""
    with pytest.raises(InvalidRequest) as caught:
        operations_of(VARIABLES, values)
    return {error.pointer: error.detail for error in caught.value.errors}


def test_every_property_becomes_its_operation_in_an_order_of_its_own() -> None:
    values = {
        "badge": True, "fade": 0.5, "mix": "multiply", "place": {"x": 5, "y": "10%"}, "left": 3,
        "accent": "#ff0000", "product": ASSET, "headline": "SALE",
    }  # fmt: skip
    assert operations_of(VARIABLES, values) == [
        {"op": "replace", "layer": 2, "asset": ASSET, "fit": "cover"},
        SALE,
        {**TINT, "color": "#ff0000"},
        {"op": "move", "layer": 2, "to": {"x": 5, "y": "10%"}, "anchor": "center"},
        {"op": "move", "layer": 1, "to": {"x": 3}},
        {"op": "opacity", "layer": 2, "to": 0.5},
        {"op": "blend", "layer": 2, "mode": "multiply"},
        {"op": "show", "layer": 2},
    ]
    edits.parse(operations_of(VARIABLES, values))  # each is one that is taken


def test_what_is_left_out_or_null_is_the_default_or_as_it_is() -> None:
    assert operations_of(VARIABLES, {"headline": "SALE", "badge": None, "accent": None}) == [SALE, TINT]


def test_words_of_a_size_are_made_to_fit_unless_they_shall_not() -> None:
    def made(**options: Any) -> dict[str, Any]:
        variables = variables_of({"a": {"layer": 1, "property": "text", **options}})
        return operations_of(variables, {"a": "SALE"})[0]

    assert made(size=20)["fit"] == "shrink"
    assert made(size=20, fit="none")["fit"] == "none"
    assert "fit" not in made()  # without a size they shrink anyway


def test_no_words_hide_the_layer() -> None:
    assert operations_of(VARIABLES, {"headline": ""})[0] == {"op": "hide", "layer": 1}


def test_a_value_may_be_named_with_its_property() -> None:
    assert operations_of(VARIABLES, {"headline.text": "SALE", "accent.color": "teal"}) == [SALE, TINT]
    dotted = variables_of({"a.text": {"layer": 1, "property": "color"}, "a": {"layer": 1, "property": "text"}})
    assert operations_of(dotted, {"a.text": "red"})[0]["op"] == "recolor"


def test_all_that_is_wrong_is_listed_at_its_place() -> None:
    assert complaints({"headlin": "x", "product": 7, "accent": "blue", "badge": "yes", "fade": 2, "place": {}}) == {
        "/values/headlin": "There is no variable 'headlin'; did you mean headline?",
        "/values/headline": "The variable headline is required.",
        "/values/product": "An object is needed here, not the number 7.",
        "/values/accent": "'blue' is not one of '#ff0000', 'teal'.",
        "/values/badge": "true or false is needed here, not 'yes'.",
        "/values/fade": "2 is not within 0 and 1.",
        "/values/place": "x, y or both are needed.",
    }


@pytest.mark.parametrize(
    ("values", "pointer", "said"),
    [
        ({"headline": 5}, "/values/headline", "A text is needed here, not the number 5."),
        ({"headline": "A headline too long"}, "/values/headline", "It has 19 letters; at most 12 are taken."),
        ({"headline": "a\0"}, "/values/headline", "This is not valid text."),
        ({"headline": "A", "headline.text": "B"}, "/values/headline.text", "The variable headline is given twice."),
        ({"headline.color": "red"}, "/values/headline.color", "There is no variable 'headline.color'"),
        ({"product": "poster.png"}, "/values/product", "'poster.png' is neither the SHA-256 of an asset nor"),
        ({"product": {}}, "/values/product", "Exactly one of asset, image_url, image_base64 is needed."),
        ({"product": {"asset": "7"}}, "/values/product/asset", "An asset is given by its SHA-256"),
        ({"product": {"image_url": 7}}, "/values/product/image_url", "A text is needed here, not 7."),
        ({"mix": "multply"}, "/values/mix", "Did you mean multiply?"),
        ({"left": "wide"}, "/values/left", "neither a number of pixels nor"),
        ({"place": {"x": True}}, "/values/place/x", "A number is needed here"),
        ({"a/b~": 1}, "/values/a~1b~0", "There is no variable 'a/b~'; known are headline, product"),
    ],
    ids=str,
)
def test_a_wrong_value_is_told(values: dict[str, Any], pointer: str, said: str) -> None:
    found = complaints({"headline": "SALE", **values} if "headline.text" not in values else values)
    assert list(found) == [pointer]
    assert said in found[pointer]


def test_pictures_are_asked_for_in_three_ways() -> None:
    def ways(value: Any, key: str = "product") -> list[tuple[str, str, str]]:
        found = wanted(VARIABLES, {"headline": "SALE", key: value})
        return [(one.variable, one.way, one.value) for one in found]

    url = "https://shop.example/shoe.png"
    assert ways(ASSET) == ways({"asset": ASSET}) == ways(ASSET, "product.asset") == [("product", "asset", ASSET)]
    assert ways(url) == ways({"image_url": url}) == ways(url, "product.image_url") == [("product", "image_url", url)]
    assert ways("data:image/png;base64,AA") == [("product", "image_base64", "data:image/png;base64,AA")]
    assert ways({"image_base64": "AA"}) == [("product", "image_base64", "AA")]
    made = operations_of(VARIABLES, {"headline": "SALE", "product": url}, {"product": "b" * 64})
    assert made[0] == {"op": "replace", "layer": 2, "asset": "b" * 64, "fit": "cover"}


def test_texts_of_a_query_are_read_by_what_they_are_for() -> None:
    texts = {
        "headline": "true", "badge": "No", "fade": "0.25", "left": "12.5%", "place": "4, 50%", "other": "1",
    }  # fmt: skip
    assert values_of_texts(VARIABLES, texts) == {
        "headline": "true", "badge": False, "fade": 0.25, "left": "12.5%",
        "place": {"x": 4.0, "y": "50%"}, "other": "1",
    }  # fmt: skip
    assert values_of_texts(VARIABLES, {"headline": "", "product": "", "fade": ""}) == {
        "headline": "", "product": None, "fade": None,
    }  # fmt: skip
    assert values_of_texts(VARIABLES, {"badge": "maybe", "place": "4"}) == {"badge": "maybe", "place": "4"}


def test_a_variable_is_read_back_as_it_was_kept() -> None:
    for name, one in VARIABLES.items():
        assert Variable.of(name, one.to_json()) == one


def test_values_are_applied_to_the_layers_meant_even_to_locked_ones_of_another_name() -> None:
    changed = edits.fold(
        edits.parse([{"op": "rename", "layer": 1, "name": "Other"}, {"op": "lock", "layer": 1}]), scene()
    )
    done = applied(changed, steps_of(VARIABLES, {"headline": "SALE"}), USUAL)
    assert isinstance(done.layers[1].source, Text)
    assert done.layers[1].source.value == "SALE"
    assert done.layers[2].colours[0].color == (0, 128, 128)


def test_no_values_leave_the_scene_itself() -> None:
    before = scene()
    assert applied(before, [], USUAL) is before


def test_what_only_pixels_can_tell_points_at_the_value_too() -> None:
    variables = variables_of({"accent": {"layer": 1, "property": "color"}, "accents": {"layer": 1, "property": "text"}})
    with pytest.raises(InvalidEdit, match="is not a CSS colour") as caught:
        applied(scene(), steps_of(variables, {"accent": "greenish"}), USUAL)
    assert caught.value.pointer == "/values/accent"
    steps = steps_of(variables, {"accent": "red", "accents": "x"})
    assert pointing_at(steps, InvalidEdit("no", "/values/accents/0")).pointer == "/values/accents"
    assert pointing_at(steps, InvalidEdit("no", "/output/width")).pointer == "/output/width"
