"""Values for a template's variables -> the operations on top of its scene.

No pixels here, and nothing that only pixels can tell: whether a font has a letter, or a text is a colour, is found out
where the operations are applied (``apply.py``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeAlias

from app.flow.errors import FieldError, InvalidRequest
from app.flow.json_pointer import escaped
from app.flow.templates.kinds import WAYS, Way, check, picture_of, read
from app.flow.templates.variable import PROPERTIES, Variable, Variables
from model.edits.fields import shown
from model.errors import InvalidEdit

Values: TypeAlias = Mapping[str, Any]
"""As they came: by the name of the variable, or by ``name.property``."""
AT = "/values"
_LISTED = 16  # variables that an error names at most
_TOLD = 3  # errors whose sentences stand in the detail
_LONGEST = 64  # characters of a name that likeness is looked for in


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, as JSON, and the pointer to the value that asks for it."""

    operation: dict[str, Any]
    pointer: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that a value names: an asset by its sha256, a URL to be fetched, or base64 of a file."""

    variable: str
    way: Way
    value: str
    pointer: str


def operations_of(
    variables: Variables, values: Values, pictures: Mapping[str, str] = MappingProxyType({}), at: str = AT
) -> list[dict[str, Any]]:
    """The operations of ``steps_of`` by themselves."""
    return [step.operation for step in steps_of(variables, values, pictures, at)]


def steps_of(
    variables: Variables, values: Values, pictures: Mapping[str, str] = MappingProxyType({}), at: str = AT
) -> list[Step]:
    """What to put on top of the template's scene, at most one operation for each variable.

    Args:
        pictures: the asset that the picture of each variable has become, where it is none yet; see ``wanted``.
        at: the pointer to the values in the request.

    Raises:
        InvalidRequest: lists every value that is wrong, missing or of no variable.
    """
    given = _read(variables, values, at)
    ordered = sorted(given, key=lambda one: PROPERTIES.index(one.variable.kind))
    return [Step(_operation(one, pictures), one.pointer) for one in ordered]


def wanted(variables: Variables, values: Values, at: str = AT) -> list[Wanted]:
    """The pictures that are asked for, whichever way; raises as ``steps_of``."""
    return [
        Wanted(one.variable.name, *picture_of(one.value, one.pointer), one.pointer)
        for one in _read(variables, values, at)
        if one.variable.kind == "image"
    ]


def values_of_texts(variables: Variables, texts: Mapping[str, str]) -> dict[str, Any]:
    """Values that came as text, from a query or a CSV file, as JSON would have them."""
    found: dict[str, Any] = {}
    for key, text in texts.items():
        variable = _variable(variables, key)
        found[key] = text if variable is None else read(variable, text)
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    variable: Variable
    value: Any
    pointer: str


def _read(variables: Variables, values: Values, at: str) -> list[_Given]:
    """The values that count, in the variables' order: those given, and the defaults of the others."""
    errors: list[FieldError] = []
    given: dict[str, _Given] = {}
    for key, value in values.items():
        pointer = f"{at}/{escaped(key)}"
        variable = _variable(variables, key)
        if variable is None:
            errors.append(FieldError(pointer, _unknown(variables, key)))
        elif variable.name in given:
            errors.append(FieldError(pointer, f"The variable {variable.name} is given twice."))
        elif value is not None:
            given[variable.name] = _Given(variable, _in_its_way(variable, key, value), pointer)
    for one in given.values():
        errors += _complaints(one)
    for variable in variables.values():
        if variable.name in given:
            continue
        pointer = f"{at}/{escaped(variable.name)}"
        if variable.default is not None:
            given[variable.name] = _Given(variable, variable.default, pointer)
        elif variable.required:
            errors.append(FieldError(pointer, f"The variable {variable.name} is required."))
    if errors:
        raise refused(errors)
    return [given[name] for name in variables if name in given]


def refused(errors: Sequence[FieldError]) -> InvalidRequest:
    """One error that lists all fields."""
    sentences = [f"{error.pointer}: {error.detail}" for error in errors]
    return InvalidRequest(" ".join(sentences[:_TOLD]) + (" …" if len(sentences) > _TOLD else ""), errors)


def _variable(variables: Variables, key: str) -> Variable | None:
    """By its name, or by its name and its property."""
    found = variables.get(key)
    if found is not None:
        return found
    name, _, property_ = key.rpartition(".")
    found = variables.get(name)
    if found is None or (property_ != found.kind and not (found.kind == "image" and property_ in WAYS)):
        return None
    return found


def _unknown(variables: Variables, key: str) -> str:
    if not variables:
        return f"There is no variable {shown(key)}; the template has none."
    near = get_close_matches(key[:_LONGEST], variables, n=3, cutoff=0.5)
    if near:
        return f"There is no variable {shown(key)}; did you mean {' or '.join(near)}?"
    known = ", ".join(list(variables)[:_LISTED]) + (" and others" if len(variables) > _LISTED else "")
    return f"There is no variable {shown(key)}; known are {known}."


def _in_its_way(variable: Variable, key: str, value: Any) -> Any:
    """``product.image_url`` says of its text what it is."""
    way = key.removeprefix(f"{variable.name}.")
    return {way: value} if key != variable.name and way in WAYS else value


def _complaints(given: _Given) -> Iterator[FieldError]:
    variable, value, pointer = given.variable, given.value, given.pointer
    try:
        check(variable, value, pointer)
    except InvalidEdit as error:
        yield FieldError(error.pointer, str(error))
        return
    if variable.choices is not None and value not in variable.choices:
        listed = ", ".join(shown(choice) for choice in variable.choices[:_LISTED])
        yield FieldError(pointer, f"{shown(value)} is not one of {listed}.")


def _operation(given: _Given, pictures: Mapping[str, str]) -> dict[str, Any]:
    variable, value = given.variable, given.value
    layer, fixed = {"layer": variable.layer}, dict(variable.options)
    match variable.kind:
        case "image":
            way, picture = picture_of(value, given.pointer)
            return {"op": "replace", **layer, "asset": picture if way == "asset" else pictures[variable.name], **fixed}
        case "text":
            shrinks = {"fit": "shrink"} if "size" in fixed else {}  # whoever fills a template sees no box to fit
            return {"op": "text", **layer, "value": value, **shrinks, **fixed} if value else {"op": "hide", **layer}
        case "color":
            return {"op": "recolor", **layer, "mode": "tint", "color": value, **fixed}
        case "position":
            return {"op": "move", **layer, "to": value, **fixed}
        case "x" | "y":
            return {"op": "move", **layer, "to": {variable.kind: value}, **fixed}
        case "opacity":
            return {"op": "opacity", **layer, "to": value}
        case "blend":
            return {"op": "blend", **layer, "mode": value}
        case "visible":
            return {"op": "show" if value else "hide", **layer}
