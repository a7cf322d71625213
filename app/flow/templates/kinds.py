"""What a value must be, by what its variable sets."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from app.flow.templates.variable import Property, Variable
from model import blend
from model.edits.fields import Fields, length, number, shown
from model.edits.text import MAX_LETTERS
from model.errors import InvalidEdit

Way: TypeAlias = Literal["asset", "image_url", "image_base64"]
WAYS: tuple[Way, ...] = ("asset", "image_url", "image_base64")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"https?://", re.IGNORECASE)
_YES, _NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})


def check(variable: Variable, value: Any, pointer: str) -> None:
    """Whether a value is of the kind that the variable's property takes.

    Raises:
        InvalidEdit.
    """
    _CHECKS[variable.kind](variable, value, pointer)


def _check_text(variable: Variable, value: Any, pointer: str) -> None:
    text = Fields({"text": value}, "", {"text": pointer})
    if value == "":  # hides the layer
        return
    text.text("text", MAX_LETTERS)
    if variable.max_length is not None and len(value) > variable.max_length:
        raise InvalidEdit(f"It has {len(value)} letters; at most {variable.max_length} are taken.", pointer)


def _check_image(_: Variable, value: Any, pointer: str) -> None:
    picture_of(value, pointer)


def _check_color(_: Variable, value: Any, pointer: str) -> None:
    if not isinstance(value, str):
        raise InvalidEdit(f"A CSS colour is needed here, not {shown(value)}.", pointer)


def _check_visible(_: Variable, value: Any, pointer: str) -> None:
    if not isinstance(value, bool):
        raise InvalidEdit(f"true or false is needed here, not {shown(value)}.", pointer)


def _check_opacity(_: Variable, value: Any, pointer: str) -> None:
    number(value, pointer, 0, 1)


def _check_blend(_: Variable, value: Any, pointer: str) -> None:
    Fields({"mode": value}, "", {"mode": pointer}).choice("mode", tuple(blend.MODES))


def _check_length(_: Variable, value: Any, pointer: str) -> None:
    length(value, pointer)


def _check_position(_: Variable, value: Any, pointer: str) -> None:
    point = Fields.of(value, pointer)
    x, y = point.length("x"), point.length("y")
    point.done()
    if x is None and y is None:
        raise InvalidEdit("x, y or both are needed.", pointer)


_CHECKS: Mapping[Property, Callable[[Variable, Any, str], None]] = {
    "image": _check_image,
    "text": _check_text,
    "color": _check_color,
    "position": _check_position,
    "x": _check_length,
    "y": _check_length,
    "opacity": _check_opacity,
    "blend": _check_blend,
    "visible": _check_visible,
}


def picture_of(value: Any, pointer: str) -> tuple[Way, str]:
    """Which way a picture is asked for: an asset by its sha256, a URL to be fetched, or base64 of a file.

    Raises:
        InvalidEdit.
    """
    if isinstance(value, str):
        if _SHA256.fullmatch(value):
            return "asset", value
        if _URL.match(value):
            return "image_url", value
        if value.startswith("data:"):
            return "image_base64", value
        said = f"{shown(value)} is neither the SHA-256 of an asset nor an http or https address"
        raise InvalidEdit(f'{said}; a file itself is {{"image_base64": …}}.', pointer)
    fields = Fields.of(value, pointer)
    asked = fields.one_of(*WAYS)
    fields.done()
    way = next(one for one in WAYS if one == asked)
    text = fields.get(way)
    if not isinstance(text, str):
        raise InvalidEdit(f"A text is needed here, not {shown(text)}.", fields.at(way))
    if way == "asset" and not _SHA256.fullmatch(text):
        raise InvalidEdit("An asset is given by its SHA-256, 64 hex digits.", fields.at(way))
    return way, text


def read(variable: Variable, text: str) -> Any:
    """A value that came as text, as JSON would have it; what cannot be read stays a text, to be refused with its
    place. Nothing is no value, as a form sends it for a field that was left empty; but for words it is no words."""
    if text == "" and variable.kind != "text":
        return None
    match variable.kind:
        case "visible":
            said = text.strip().lower()
            return True if said in _YES else False if said in _NO else text
        case "opacity" | "x" | "y":
            return _number(text)
        case "position":
            x, comma, y = text.partition(",")
            return {"x": _number(x), "y": _number(y)} if comma else text
        case _:
            return text


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text.strip()
