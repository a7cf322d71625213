"""Words set anew in a layer's place."""

from dataclasses import replace

import numpy as np
import pytest
from edit_scenes import bounded, draws, edited, noise, picture
from hypothesis import given
from hypothesis import strategies as st

from model.affine import IDENTITY, then, translation
from model.edits import parse, scene_key, scene_of_stack
from model.edits.dirty import dirty
from model.edits.drawn import footprint
from model.edits.render import Sources, piece
from model.edits.scene_json import scene_from_json, scene_to_json
from model.edits.state import Text
from model.edits.words import check_texts, worded
from model.errors import InvalidEdit
from model.layers import Layer, Stack, TextLine
from model.typeset import Style, typeset
from tests.may_be_missing import fonts_with

CANVAS = 300, 120
RED, BOX = (204, 34, 0), (40, 30)


@pytest.fixture(autouse=True, scope="module")
def _fonts():
    fonts_with("Ag")


def _stack():
    """A ground, and the words SALE in red at 40, 30, as a decomposer would give them."""
    block = typeset("SALE", Style("sans-serif", 40, (*RED, 255), "left", 0.0, 300.0, baseline=40.0, pitch=48.0))
    height, width = block.pixels.shape[:2]
    x, y = BOX
    box = (x - 2.0, y - 2.0, x + width + 2.0, y + height + 2.0)
    corners = (box[:2], (box[2], box[1]), box[2:], (box[0], box[3]))
    line = TextLine("SALE", corners, color="#cc2200")
    ground = Layer(np.full((CANVAS[1], CANVAS[0], 4), 255, np.uint8), 0, 0, "ground")
    return Stack(*CANVAS, (ground, Layer(block.pixels, x, y, "headline", "text", "SALE", lines=(line,))))


def _scene(*operations):
    return edited(*operations, scene=scene_of_stack(_stack()))


def _set(**parameters):
    return {"op": "text", "layer": "headline", **parameters}


def _ink(scene):
    """``(left, top, right, bottom)`` of all that is not white, and its darkest colour."""
    shown = picture(scene, _stack())
    rows, columns = np.nonzero((shown[:, :, :3] < 128).any(axis=2) & (shown[:, :, 3] == 255))
    colours = shown[rows, columns, :3]
    darkest = tuple(int(v) for v in colours[colours.sum(axis=1).argmin()])
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), darkest


def test_the_same_words_look_the_same():
    before, after = (picture(scene, _stack()).astype(int) for scene in (_scene(), _scene(_set(value="SALE"))))
    assert np.abs(before - after).mean() < 1


def test_other_words_come_in_the_old_ones_place_and_look():
    (left, top, right, bottom), colour = _ink(_scene())
    box, new = _ink(_scene(_set(value="SOLE")))
    assert new == colour == RED
    assert box == pytest.approx((left, top, right, bottom), abs=4)


def test_what_is_given_is_heeded_and_kept_by_the_next():
    scene = _scene(_set(color="blue", size=20), _set(value="ALES"))
    box, colour = _ink(scene)
    assert colour == (0, 0, 255)
    before, _ = _ink(_scene())
    assert (box[3] - box[1]) == pytest.approx((before[3] - before[1]) / 2, abs=3)
    assert scene_key(scene) == scene_key(_scene(_set(value="ALES", size=20, color="blue")))


def test_a_size_is_of_the_canvas_as_the_layer_lies_now():
    double = {"op": "scale", "layer": "headline", "by": 2, "anchor": "top-left"}
    large, _ = _ink(_scene(double, _set(size=40)))
    plain, _ = _ink(_scene(_set(size=40)))
    assert large[3] - large[1] == pytest.approx(plain[3] - plain[1], abs=2)


def test_words_of_a_size_are_made_smaller_where_they_would_not_fit_if_asked_to():
    (left, _, right, _), _ = _ink(_scene())
    room = right - left
    short, long = (_ink(_scene(_set(value=words, size=30, fit="shrink")))[0] for words in ("SA", "A SALE AGAIN"))
    kept = _ink(_scene(_set(value="SA", size=30)))[0]
    assert short == kept
    assert long[2] - long[0] <= room + 3
    as_is = _ink(_scene(_set(value="A SALE AGAIN", size=30)))[0]
    assert as_is[2] - as_is[0] > room + 3
    guessed = _ink(_scene(_set(value="A SALE AGAIN", fit="none")))[0]
    assert guessed[2] - guessed[0] > room + 3


def test_enlarged_words_are_as_sharp_as_small_ones():
    scene = _scene({"op": "scale", "layer": "headline", "by": 3, "anchor": "top-left"}, _set(value="SALE"))
    shown = picture(scene, _stack())[:, :, 1].astype(int)
    assert ((shown > 60) & (shown < 220)).mean() < 0.03


def test_a_colour_is_the_one_it_ends_with_and_recolorings_after_it_count():
    tint = {"op": "recolor", "layer": "headline", "mode": "tint", "color": "lime"}
    assert _ink(_scene(tint, _set(value="SALE")))[1] == (0, 255, 0)
    assert _ink(_scene(tint, _set(color="blue")))[1] == (0, 0, 255)
    assert _ink(_scene(_set(color="blue"), tint))[1] == (0, 255, 0)


def test_words_go_with_their_layer():
    plain, _ = _ink(_scene(_set(value="SOLE")))
    moved, _ = _ink(_scene(_set(value="SOLE"), {"op": "move", "layer": "headline", "by": {"x": 31, "y": 7}}))
    assert moved == tuple(at + by for at, by in zip(plain, (31, 7, 31, 7), strict=True))


def test_a_picture_and_words_take_turns():
    swap = {"op": "replace", "layer": "headline", "asset": "0" * 64}
    assert _scene(swap, _set(value="SOLE")).layers[1].source == _scene(_set(value="SOLE")).layers[1].source
    assert _scene(_set(value="SOLE"), swap).layers[1] == _scene(swap).layers[1]


def test_words_stay_where_they_are_on_another_canvas():
    wider = _scene(_set(value="OLES"), {"op": "canvas", "width": 600, "anchor": "left"})
    assert _ink(wider)[0] == _ink(_scene(_set(value="OLES")))[0]
    assert scene_from_json(scene_to_json(wider)) == wider


def test_all_of_it_is_kept_as_json():
    scene = _scene(
        _set(value="a\nb", font="serif", size=20 / 3, color="#0a78", align="right", direction="rtl", fit="shrink")
    )
    assert scene_from_json(scene_to_json(scene)) == scene
    assert scene_from_json(scene_to_json(_scene(_set(size=9)))) == _scene(_set(size=9))


@pytest.mark.parametrize("one", [{"value": "x"}, {"font": "serif"}, {"size": 9}, {"color": "blue"}, {"align": "right"},
                                 {"direction": "rtl"}, {"fit": "none"}], ids=str)  # fmt: skip
def test_each_part_of_it_changes_the_key(one):
    others = {scene_key(_scene()), scene_key(_scene(_set(value="SALE")))}
    assert scene_key(_scene(_set(**{"value": "SALE", **one}))) not in others


@bounded
@given(st.lists(draws(["text", "move", "scale", "rotate", "adjust", "crop"], st.just("headline")), max_size=3))
def test_outside_the_box_nothing_differs(operations):
    old, new = _scene(_set(value="old")), _scene(_set(value="old"), *operations)
    box, (one, other) = dirty(old, new), (picture(scene, _stack()) for scene in (old, new))
    outside = np.ones(one.shape[:2], bool)
    if box is not None:
        outside[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = False
    assert np.array_equal(one[outside], other[outside])


@pytest.mark.parametrize("value", ["SOLE", "jÄgypten", "fff", "I", "Q" * 40, "two\nlines"])
@pytest.mark.parametrize("more", [{}, {"font": "serif"}, {"align": "right"}, {"align": "left"}])
def test_words_made_to_fit_change_only_what_is_near_them_and_are_not_cut_off(value, more):
    state = _scene(_set(value=value, **more)).layers[1]
    _, _, width, height = footprint(state, 1000, 1000)
    assert width < 500
    assert height < 300
    far = replace(state, matrix=then(state.matrix, translation(400, 400)))
    pixels, *_ = piece(far, 1000, 1000, Sources(_stack().layers.__getitem__, {}.__getitem__, stored_width=300))
    alone = _alpha_alone(value, more)
    assert abs(int(pixels[:, :, 3].sum()) - alone) <= 0.001 * alone


def _alpha_alone(value, more):
    """All alpha of the same words, cut nowhere."""
    text = Text(value, more.get("font"), align=more.get("align"))
    pixels, _ = worded(_stack().layers[1], text, IDENTITY, CANVAS[0])
    return int(pixels[:, :, 3].sum())


def test_a_layer_without_words_needs_some():
    with pytest.raises(InvalidEdit, match="The layer 0 'ground' has no words of its own; a value is needed") as caught:
        _scene({"op": "text", "layer": 0, "color": "red"})
    assert caught.value.pointer == "/operations/0/value"
    added = Stack(60, 40, (Layer(noise(1, 40, 60), 0, 0, "it"),))
    scene = edited({"op": "text", "layer": 0, "value": "Hi"}, scene=scene_of_stack(added))
    assert picture(scene, added)[:, :, 3].any()


@pytest.mark.parametrize(
    ("parameters", "pointer", "words"),
    [
        ({}, "", "Some of value, font, size, color, align, direction, fit are needed"),
        ({"value": 5}, "/value", "A text is needed here, not the number 5"),
        ({"value": ""}, "/value", "A text of 1 to 10000 characters"),
        ({"value": "x" * 10_001}, "/value", "A text of 1 to 10000"),
        ({"value": "a\0"}, "/value", "not valid text"),
        ({"value": "\ud800"}, "/value", "not valid text"),
        ({"size": 0}, "/size", "not within 0.5 and 10000"),
        ({"color": "blu"}, "/color", "not a CSS colour"),
        ({"align": "justify"}, "/align", "not one of start, left, center, right"),
        ({"direction": "up"}, "/direction", "not one of auto, ltr, rtl"),
        ({"fit": "grow"}, "/fit", "not one of shrink, none"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(parameters, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        _scene(_set(**parameters))
    assert caught.value.pointer == f"/operations/0{pointer}"


@pytest.mark.parametrize(
    ("parameters", "pointer"), [({"font": "No Such Font 17"}, "/font"), ({"value": "\U000f0000"}, "/value")]
)
def test_what_no_font_here_can_set_is_refused_before_it_is_folded(parameters, pointer):
    operations = parse([{"op": "hide", "layer": 0}, _set(**parameters)])
    with pytest.raises(InvalidEdit) as caught:
        check_texts(operations)
    assert caught.value.pointer == f"/operations/1{pointer}"
    check_texts(parse([_set(value="SALE", font="serif")]))


def test_words_too_large_to_be_drawn_are_refused():
    for many in (5000, 50):
        with pytest.raises(InvalidEdit, match="make it shorter or smaller") as caught:
            picture(_scene(_set(value="M" * many, size=10_000)), _stack())
        assert caught.value.pointer == "/operations/0"


def test_a_line_too_long_for_its_size_is_refused_when_it_is_asked_for_not_when_it_is_drawn():
    asked = {"op": "text", "layer": "badge", "value": "x" * 10_000, "size": 9000}
    with pytest.raises(InvalidEdit, match="too long a line"):
        edited(asked)
    small = edited({**asked, "size": 90})
    with pytest.raises(InvalidEdit, match="too long a line"):
        edited({"op": "text", "layer": "badge", "size": 101}, scene=small)


def test_a_long_line_without_a_size_is_made_smaller_whatever_its_layer_was_set_in():
    large = np.zeros((400, 600, 4), np.uint8)
    large[20:380, 20:580] = (204, 34, 0, 255)
    one = Stack(600, 400, (Layer(large, 0, 0, "it", text="I"),))
    scene = edited({"op": "text", "layer": "it", "value": "x" * 10_000}, scene=scene_of_stack(one))
    assert picture(scene, one)[:, :, 3].any()
