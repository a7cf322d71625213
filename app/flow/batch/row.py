"""One row of a batch as it was sent, and what can be wrong with it or with the whole."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.flow.json_pointer import escaped
from app.flow.storable import is_storable

NAME = "name"
"""What a row calls its file; every other key is a variable."""
LONGEST_NAME = 200


class Unreadable(Exception):
    """The body is no table at all; ``pointer`` is the JSON pointer of the place."""

    def __init__(self, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` are by variable; where a row cannot be used, ``detail`` says why and ``pointer`` where in the row."""

    values: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    pointer: str = ""
    detail: str | None = None


def checked(given: object) -> Row:
    """A JSON value as a row: its name taken out, its texts such as can be stored and given back."""
    if not isinstance(given, dict):
        return Row(detail="It must be an object: variables and their values")
    values = dict(given)
    name = values.pop(NAME, None)
    if name is not None and (not isinstance(name, str) or len(name) > LONGEST_NAME):
        return Row(pointer=f"/{NAME}", detail=f"It must be a text of at most {LONGEST_NAME} characters")
    try:
        wrong = _unstorable(given, "")
    except RecursionError:
        return Row(detail="It is nested too deeply")
    if wrong is not None:
        return Row(pointer=wrong, detail="This is not a text or number that can be kept")
    return Row(values, name or None)


def _unstorable(value: object, pointer: str) -> str | None:
    """Where there is a text with a NUL or half a surrogate pair, or no number, none of which Postgres keeps."""
    if isinstance(value, str):
        return None if is_storable(value) else pointer
    if isinstance(value, float):
        return None if math.isfinite(value) else pointer
    inside: list[tuple[object, object]] = []
    if isinstance(value, dict):
        if not all(is_storable(key) for key in value):
            return pointer
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    places = (_unstorable(one, f"{pointer}/{escaped(str(key))}") for key, one in inside)
    return next((place for place in places if place is not None), None)
