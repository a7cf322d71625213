"""The order of the parts of a line, and FriBidi's own order against it."""

from dataclasses import replace

import numpy as np
import pytest
from edit_scenes import bounded
from hypothesis import given
from hypothesis import strategies as st

from model.typeset.bidi import levels, visual_order
from model.typeset.fonts import faces_for
from model.typeset.shape import ink
from tests.may_be_missing import fonts_with


def _seen(text, direction):
    """The letters from left to right."""
    high = levels(text, direction)
    return "".join(text[at] for at in visual_order(high))


@pytest.mark.parametrize(
    ("text", "direction", "seen"),
    [
        ("Sale אבג 50%", "ltr", "Sale 50% גבא"),
        ("אבג 50% off", "rtl", "off 50% גבא"),
        ("אבג 1,299.00 ₪", "rtl", "₪ 1,299.00 גבא"),
        ("מחיר: $12-15", "rtl", "$12-15 :ריחמ"),
        ("a אב, גד b", "ltr", "a דג ,בא b"),
        ("سعر 12/15", "rtl", "12/15 رعس"),
        ("plain 5", "ltr", "plain 5"),
        ("", "ltr", ""),
    ],
)
def test_letters_stand_as_unicode_says(text, direction, seen):
    assert _seen(text, direction) == seen


WORDS = st.lists(
    st.sampled_from(["Ab", "אבג", "ש", "50%", "1,299.00", "-", "x", "12/15", "!", ","]), min_size=2, max_size=6
)


@bounded
@given(WORDS.map(" ".join), st.sampled_from(["ltr", "rtl"]))
def test_a_line_of_two_fonts_is_ordered_as_fribidi_orders_one_of_one(text, direction):
    (one, *_) = faces_for(fonts_with("Agאבגש")[0], "Agאבגש")
    hebrew = replace(one, family="Hebrew only", _starts=(0x590,), _ends=(0x5FF,))
    latin = replace(one, family="the rest", _starts=(0x20,), _ends=(0x58F,))
    together, apart = (ink(text, faces, 40, direction) for faces in ((one,), (latin, hebrew)))
    assert abs(together[1] - apart[1]) <= 3  # parts are not kerned with each other
    pages = [np.zeros((80, 1200), np.float32) for _ in range(2)]
    for page, (cover, _, _) in zip(pages, (together, apart), strict=True):
        page[: cover.shape[0], : cover.shape[1]] = cover
    columns = [np.convolve(page.sum(0), np.ones(9) / 9, "same") for page in pages]
    assert np.corrcoef(columns)[0, 1] > 0.9
