"""Variables as somebody declares them, checked against the scene that they are of."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.flow.errors import FieldError
from app.flow.templates.kinds import WAYS, check
from app.flow.templates.locks import unlocked
from app.flow.templates.names import MAX_VARIABLE_NAME, name_of
from app.flow.templates.values import Step, refused, steps_of
from app.flow.templates.variable import OPTIONS, PROPERTIES, Variable, Variables
from model.edits import Scene
from model.edits.fields import Fields, shown
from model.edits.selector import Selector
from model.edits.text import MAX_LETTERS
from model.errors import InvalidEdit

AT = "/variables"
MAX_VARIABLES = 100
MAX_CHOICES = 50
MAX_DESCRIPTION = 1000
_PLAIN: Mapping[str, Any] = {
    "image": "0" * 64,
    "text": "Aa",
    "color": "black",
    "position": {"x": 0},
    "x": 0,
    "y": 0,
    "opacity": 1,
    "blend": "normal",
    "visible": True,
}
"""A value that each property takes."""
_SAME_AS_POSITION = frozenset({"x", "y"})


def declared(value: object, scene: Scene) -> dict[str, Variable]:
    """The variables, by name, their layers as indices of the scene.

    Raises:
        InvalidRequest: lists each variable that is wrong.
    """
    if not isinstance(value, Mapping):
        raise refused([FieldError(AT, "An object is needed here: variables by their names.")])
    if len(value) > MAX_VARIABLES:
        raise refused([FieldError(AT, f"There are {len(value)} variables; at most {MAX_VARIABLES} are taken.")])
    found: dict[str, Variable] = {}
    errors: list[FieldError] = []
    root = Fields(value, AT)
    for key in value:
        try:
            variable = _variable(root, key, scene)
            _check_new(variable, found, root.at(key))
            found[variable.name] = variable
        except InvalidEdit as error:
            errors.append(FieldError(error.pointer, str(error)))
    if errors:
        raise refused(errors)
    return found


def samples(variables: Variables) -> Iterator[Step]:
    """An operation for each value that a variable is sure to meet, and one at least for each variable: what they cannot
    do is to be found when the template is made."""
    for name, variable in variables.items():
        pointer = Fields({}, AT).at(name)
        values = {f"{pointer}/choices/{at}": choice for at, choice in enumerate(variable.choices or ())}
        if variable.default is not None:
            values[f"{pointer}/default"] = variable.default
        for place, value in (values or {pointer: _PLAIN[variable.kind]}).items():
            for step in steps_of({name: variable}, {name: value}):
                yield Step(step.operation, place)


def pictures_in(variables: Variables) -> dict[str, str]:
    """The pointer to where each asset, by its sha256, is a default or a choice."""
    found: dict[str, str] = {}
    for name, variable in variables.items():
        if variable.kind == "image":
            pointer = Fields({}, AT).at(name)
            found |= {choice: f"{pointer}/choices/{at}" for at, choice in enumerate(variable.choices or ())}
            found |= {} if variable.default is None else {variable.default: f"{pointer}/default"}
    return found


def _variable(root: Fields, key: str, scene: Scene) -> Variable:
    try:
        name = name_of(key, MAX_VARIABLE_NAME)
    except ValueError as error:
        raise InvalidEdit(str(error), root.at(key)) from error
    fields = root.object(key)
    kind = PROPERTIES[PROPERTIES.index(fields.choice("property", PROPERTIES))]
    layer = Selector.read(fields)
    indices = layer.pictures(unlocked(scene)) if kind in ("image", "text") else layer.indices(scene)
    if not indices:
        raise InvalidEdit("There is no layer for it.", layer.pointer)
    bare = Variable(
        name=name,
        layers=indices,
        kind=kind,
        options={option: fields.get(option) for option in OPTIONS[kind] if fields.has(option)},
        listed=layer.listed or len(indices) > 1,
        required=_flag(fields, "required"),
        description=fields.text("description", MAX_DESCRIPTION) if fields.has("description") else None,
        max_length=fields.whole("max_length", 1, MAX_LETTERS) if kind == "text" and fields.has("max_length") else None,
    )
    return _with_values(bare, fields)


def _with_values(variable: Variable, fields: Fields) -> Variable:
    """With its choices and its default, which must be one of them."""
    choices: tuple[Any, ...] | None = None
    if fields.has("choices"):
        given = fields.get("choices")
        if not isinstance(given, list) or not 1 <= len(given) <= MAX_CHOICES:
            raise InvalidEdit(f"A list of 1 to {MAX_CHOICES} values is needed here.", fields.at("choices"))
        choices = tuple(_value(variable, one, f"{fields.at('choices')}/{at}") for at, one in enumerate(given))
    default = _value(variable, fields.get("default"), fields.at("default")) if fields.has("default") else None
    if choices is not None and default is not None and default not in choices:
        raise InvalidEdit(f"The default {shown(default)} is not one of the choices.", fields.at("default"))
    fields.done()
    return replace(variable, choices=choices, default=default)


def _value(variable: Variable, value: Any, pointer: str) -> Any:
    check(variable, value, pointer)
    if variable.kind == "image":
        value = value.get("asset") if isinstance(value, Mapping) else value
        if not isinstance(value, str) or value.startswith(("http", "data:")):
            said = f"An asset's SHA-256 is needed here, not {' or '.join(WAYS[1:])}; upload it to /v1/assets first."
            raise InvalidEdit(said, pointer)
    return value


def _flag(fields: Fields, key: str) -> bool:
    value = fields.get(key) if fields.has(key) else False
    if not isinstance(value, bool):
        raise InvalidEdit(f"true or false is needed here, not {shown(value)}.", fields.at(key))
    return value


def _check_new(variable: Variable, before: Variables, pointer: str) -> None:
    """Whether none before it is called so or sets the same of the same layer: one of them would never show."""
    if variable.name in before:
        raise InvalidEdit(f"There are two variables {variable.name}.", pointer)
    for other in before.values():
        kinds = {variable.kind, other.kind}
        same = len(kinds) == 1 or ("position" in kinds and kinds & _SAME_AS_POSITION)
        both = set(variable.layers) & set(other.layers)
        if same and both:
            said = f"The variable {other.name} sets the {other.kind} of layer {min(both)} already."
            raise InvalidEdit(said, f"{pointer}/layer")
