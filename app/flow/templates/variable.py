"""A variable of a template: a property of one or more layers, and which values it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

Property: TypeAlias = Literal["image", "text", "color", "position", "x", "y", "opacity", "blend", "visible"]
PROPERTIES: tuple[Property, ...] = get_args(Property)
"""In the order in which they are applied: a picture forgets the colours before it, words that are left out hide."""
OPTIONS: Mapping[Property, tuple[str, ...]] = {
    "image": ("fit", "anchor", "keep"),
    "text": ("font", "size", "color", "align", "direction", "fit"),
    "color": ("mode", "from", "tolerance", "strength"),
    "position": ("anchor",),
    "x": ("anchor",),
    "y": ("anchor",),
    "opacity": (),
    "blend": (),
    "visible": (),
}
"""What a variable may fix of the operation that it becomes; their meaning is that of the operation."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What may vary.

    Attributes:
        layers: the indices of the layers and groups in the template's scene; names may change, these do not.
        kind: which of their properties.
        listed: whether several layers could have been named.
        options: those of ``OPTIONS`` that are fixed.
        default: the value where none is given; ``None``: what the layer is.
        choices: the only values that it takes; ``None``: any.
        max_length: letters of a text.
    """

    name: str
    layers: tuple[int, ...]
    kind: Property
    options: Mapping[str, Any]
    listed: bool = False
    default: Any = None
    required: bool = False
    description: str | None = None
    choices: tuple[Any, ...] | None = None
    max_length: int | None = None

    @property
    def layer(self) -> int | list[int]:
        """As an operation names them."""
        return list(self.layers) if self.listed else self.layers[0]

    @classmethod
    def of(cls, name: str, said: Mapping[str, Any]) -> "Variable":
        """From what ``to_json`` gave."""
        layer, kind = said["layer"], PROPERTIES[PROPERTIES.index(said["property"])]
        choices = said.get("choices")
        return cls(
            name,
            tuple(layer) if isinstance(layer, list) else (layer,),
            kind,
            {key: said[key] for key in OPTIONS[kind] if key in said},
            isinstance(layer, list),
            said.get("default"),
            bool(said.get("required", False)),
            said.get("description"),
            None if choices is None else tuple(choices),
            said.get("max_length"),
        )

    def to_json(self) -> dict[str, Any]:
        """As it is kept and shown: JSON values, without what is not said."""
        said: dict[str, Any] = {"layer": self.layer, "property": self.kind, **self.options}
        also = {
            "default": self.default,
            "required": self.required or None,
            "description": self.description,
            "choices": None if self.choices is None else list(self.choices),
            "max_length": self.max_length,
        }
        return said | {key: value for key, value in also.items() if value is not None}


Variables: TypeAlias = Mapping[str, Variable]


def variables_of(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Variable]:
    """A template's, by name."""
    return {name: Variable.of(name, one) for name, one in said.items()}
