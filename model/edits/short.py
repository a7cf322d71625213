"""The short form of edits: for each layer what it is to be, in place of a list of operations.

    {"headline": {"text": "Sale", "color": "#e11d48"}, "logo": {"x": 40, "scale": 0.5}, "2": {"visible": false}}

A key is a layer's name, or its index in digits, or ``"*"``. Layers are taken in the order in which they stand, and of
each the properties in the order of ``PROPERTIES``, whatever theirs: what fills it, its colours, where it lies, at last
how it shows. Each becomes an operation; what is wrong with it is pointed at where it stands here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from model.edits.fields import Fields
from model.edits.fold import MAX_OPERATIONS, OPERATIONS
from model.edits.operation import Operation
from model.errors import InvalidEdit

MAX_LAYERS = 256


@dataclass(frozen=True, slots=True)
class Spelled:
    """An operation in full.

    Attributes:
        body: its JSON object.
        operation: the same, read.
    """

    body: Mapping[str, Any]
    operation: Operation


@dataclass(slots=True)
class _Draft:
    """A body in the making; ``places`` are pointers to where its parameters stand, ``pointer`` to where the rest do."""

    body: dict[str, Any]
    pointer: str
    places: dict[str, str] = field(default_factory=dict)


_Writer: TypeAlias = Callable[[Fields, str], _Draft]


def spelled(layers: object, pointer: str = "/layers") -> tuple[Spelled, ...]:
    """The operations that the short form stands for, each checked by itself.

    Raises:
        InvalidEdit: with the pointer of the first offending place.
    """
    asked = Fields.of(layers, pointer)
    if len(asked.values) > MAX_LAYERS:
        raise InvalidEdit(f"At most {MAX_LAYERS} layers are taken here.", pointer)
    found = [one for key in asked.values for one in _of_layer(asked, key)]
    if len(found) > MAX_OPERATIONS:
        raise InvalidEdit(f"These are {len(found)} operations; at most {MAX_OPERATIONS} are taken.", pointer)
    return tuple(found)


def _of_layer(asked: Fields, key: str) -> list[Spelled]:
    if not asked.has(key):  # null asks for nothing
        return []
    properties = asked.object(key)
    layer: int | str = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else key
    drafts = [write(properties, name) for name, write in PROPERTIES.items() if properties.has(name)]
    properties.has("anchor")
    properties.done()
    return [_read(draft, layer, asked.at(key)) for draft in drafts if draft.body]


def _read(draft: _Draft, layer: int | str, pointer: str) -> Spelled:
    body = {"op": draft.body["op"], "layer": layer, **draft.body}
    fields = Fields(body, draft.pointer, {"op": pointer, "layer": pointer, **draft.places})
    fields.has("op")
    operation = OPERATIONS[draft.body["op"]].read(fields)
    fields.done()
    return Spelled(body, operation)


def _value(op: str, parameter: str) -> _Writer:
    """The property is the one parameter of an operation."""

    def write(properties: Fields, name: str) -> _Draft:
        return _Draft(
            {"op": op, parameter: properties.get(name)}, properties.at(name), {parameter: properties.at(name)}
        )

    return write


def _all(op: str) -> _Writer:
    """The property holds the parameters of an operation."""

    def write(properties: Fields, name: str) -> _Draft:
        inner = properties.object(name)
        return _Draft({"op": op, **_parameters(inner)}, inner.pointer)

    return write


def _parameters(inner: Fields) -> dict[str, Any]:
    for key in ("op", "layer"):
        if key in inner.values:
            raise InvalidEdit(f"There is no parameter {key!r} here.", inner.at(key))
    return dict(inner.values)


def _image(properties: Fields, name: str) -> _Draft:
    """An asset's name, or a picture's file as base64; or all parameters of ``replace``."""
    value = properties.get(name)
    if not isinstance(value, str):
        return _all("replace")(properties, name)
    key = "asset" if len(value) == 64 and not value.strip("0123456789abcdef") else "image_base64"
    return _value("replace", key)(properties, name)


def _text(properties: Fields, name: str) -> _Draft:
    """The words, or all parameters of ``text``; the colour beside them is theirs."""
    if isinstance(properties.get(name), Mapping):
        draft = _all("text")(properties, name)
    else:
        draft = _value("text", "value")(properties, name)
    if isinstance(properties.values.get("color"), str) and "color" not in draft.body:
        draft.body["color"] = properties.get("color")
        draft.places["color"] = properties.at("color")
    return draft


def _color(properties: Fields, name: str) -> _Draft:
    """A colour that the layer is tinted with; or all parameters of ``recolor``."""
    value = properties.get(name)
    if not isinstance(value, str):
        return _all("recolor")(properties, name)
    if properties.has("text"):
        return _Draft({}, "")  # the words have it
    draft = _value("recolor", "color")(properties, name)
    draft.body["mode"] = "tint"
    return draft


def _scale(properties: Fields, name: str) -> _Draft:
    """A factor, or one for each axis; or a box's ``width`` and ``height``, with ``fit``."""
    value = properties.get(name)
    if not isinstance(value, Mapping) or not {"width", "height"} & set(value):
        return _value("scale", "by")(properties, name)
    inner = properties.object(name)
    parameters = _parameters(inner)
    sides = {key: parameters.pop(key) for key in ("width", "height") if key in parameters}
    return _Draft({"op": "scale", "to": sides, **parameters}, inner.pointer, {"to": inner.pointer})


def _crop(properties: Fields, name: str) -> _Draft:
    """A box of the canvas."""
    return _value("crop", "box")(properties, name)


def _place(properties: Fields, name: str) -> _Draft:
    """Where the ``anchor`` comes to lie, its top left by default; one draft for both axes."""
    if name == "y" and properties.has("x"):
        return _Draft({}, "")
    point = {axis: properties.get(axis) for axis in ("x", "y") if properties.has(axis)}
    body: dict[str, Any] = {"op": "move", "to": point}
    if properties.has("anchor"):
        body["anchor"] = properties.get("anchor")
    return _Draft(body, properties.pointer, {"to": properties.pointer, "anchor": properties.at("anchor")})


def _visible(properties: Fields, name: str) -> _Draft:
    value = properties.get(name)
    if not isinstance(value, bool):
        raise InvalidEdit("true or false is needed here.", properties.at(name))
    return _Draft({"op": "show" if value else "hide"}, properties.at(name))


PROPERTIES: Mapping[str, _Writer] = {
    "image": _image,
    "text": _text,
    "color": _color,
    "adjust": _all("adjust"),
    "crop": _crop,
    "flip": _value("flip", "axis"),
    "scale": _scale,
    "rotate": _value("rotate", "to"),
    "x": _place,
    "y": _place,
    "opacity": _value("opacity", "to"),
    "blend": _value("blend", "mode"),
    "visible": _visible,
}
"""In the order in which they are applied; ``anchor`` belongs to ``x`` and ``y``."""
