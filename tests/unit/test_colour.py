from contextlib import suppress

import pytest
from edit_scenes import bounded
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from model.colour import parse_colour


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("red", (255, 0, 0, 255)),
        ("RebeccaPurple", (102, 51, 153, 255)),
        (" transparent ", (0, 0, 0, 0)),
        ("#f80", (255, 136, 0, 255)),
        ("#F80c", (255, 136, 0, 204)),
        ("#0b7285", (11, 114, 133, 255)),
        ("#0b728580", (11, 114, 133, 128)),
        ("rgb(1, 2, 3)", (1, 2, 3, 255)),
        ("rgb(1 2 3)", (1, 2, 3, 255)),
        ("rgb(100% 0% 50% / 50%)", (255, 0, 128, 128)),
        ("rgba(1,2,3,.5)", (1, 2, 3, 128)),
        ("rgb(300 -5 0)", (255, 0, 0, 255)),
        ("hsl(120 100% 50%)", (0, 255, 0, 255)),
        ("hsl(-120deg, 100%, 50%)", (0, 0, 255, 255)),
        ("hsl(0.5turn 100% 25%)", (0, 128, 128, 255)),
        ("hsla(0, 0%, 50%, 0.25)", (128, 128, 128, 64)),
    ],
)
def test_css_colours_are_read(css, expected):
    assert parse_colour(css) == expected


def test_a_name_is_known_after_pillow_has_looked_it_up_too():
    ImageColor.getrgb("tomato")  # Pillow replaces the text in its table by a tuple
    assert parse_colour("tomato") == (255, 99, 71, 255)


@pytest.mark.parametrize(
    "text",
    [
        *("", "#", "#12", "#12345", "#ggg", "#" + "f" * 500, "reddish", "red;", "currentcolor", "url(x)"),
        *("rgb()", "rgb(1,2)", "rgb(1,2,3,4,5)", "rgb(a,b,c)", "rgb(1 2 3", "rgb(" + "9" * 500 + ")"),
        *("rgb(1deg 2 3)", "hsl(50% 50% 50%)", "hsl(1 2turn 3)", "hsl(1 2% 3deg)", "rgb(1 2 3 / 4deg)"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match="not a CSS colour; write a name"):
        parse_colour(text)


@bounded
@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_hex_and_functions_say_the_same(colour):
    red, green, blue, alpha = colour
    assert parse_colour(f"#{red:02x}{green:02X}{blue:02x}{alpha:02x}") == colour
    assert parse_colour(f"rgb({red} {green} {blue} / {alpha / 255:.6f})") == colour


@bounded
@given(st.text(max_size=80))
def test_any_text_is_a_colour_or_a_value_error(text):
    with suppress(ValueError):
        assert all(0 <= part <= 255 for part in parse_colour(text))
