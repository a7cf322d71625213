"""Reading one operation's JSON object: every value checked, every complaint with a pointer to its place."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, TypeAlias

from model.colour import Colour, parse_colour
from model.errors import InvalidEdit

MAX_LENGTH = 1_000_000.0
"""Pixels, and percent; far outside any canvas, and safe in any arithmetic."""
MAX_SCALE = 10_000.0
MAX_SIDE = 16_384
MAX_PIXELS = 40_000_000
"""Of a canvas that an edit makes, and of a result larger than its canvas, where nobody says otherwise."""
MAX_NAME = 256
ANCHORS: Mapping[str, tuple[float, float]] = {
    "top-left": (0.0, 0.0),
    "top": (0.5, 0.0),
    "top-right": (1.0, 0.0),
    "left": (0.0, 0.5),
    "center": (0.5, 0.5),
    "right": (1.0, 0.5),
    "bottom-left": (0.0, 1.0),
    "bottom": (0.5, 1.0),
    "bottom-right": (1.0, 1.0),
}
Anchor: TypeAlias = tuple[float, float]
"""A point of a box: fractions of its width and height."""
Fit: TypeAlias = Literal["contain", "cover", "fill"]
FITS: tuple[Fit, ...] = ("contain", "cover", "fill")

_SHOWN = 60  # characters of a value that an error repeats at most
_PERCENT = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*%")


@dataclass(frozen=True, slots=True)
class Length:
    """Pixels of the canvas, or percent of its side."""

    value: float
    percent: bool = False

    def pixels(self, side: int) -> float:
        return self.value * side / 100 if self.percent else self.value


@dataclass(slots=True)
class Fields:
    """A JSON object being read. Every method that takes a value raises ``InvalidEdit`` where it is wrong;
    ``done`` complains of keys that nobody asked for. ``places`` are the pointers of keys that stand elsewhere."""

    values: Mapping[str, object]
    pointer: str
    places: Mapping[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, value: object, pointer: str) -> "Fields":
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise InvalidEdit(f"An object is needed here, not {_kind(value)}.", pointer)
        return cls(value, pointer)

    def at(self, key: str) -> str:
        """The JSON pointer of a key; of one too long to be meant, its beginning."""
        if key in self.places:
            return self.places[key]
        sound = key[:_SHOWN].encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent back
        return f"{self.pointer}/{sound.replace('~', '~0').replace('/', '~1')}"

    def has(self, key: str) -> bool:
        """Whether the key is there; null counts as absent."""
        self._asked.add(key)
        return self.values.get(key) is not None

    def get(self, key: str) -> object:
        """The value as it came.

        Raises:
            InvalidEdit: there is none.
        """
        if not self.has(key):
            raise InvalidEdit(f"{key!r} is missing.", self.at(key))
        return self.values[key]

    def done(self) -> None:
        for key in self.values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise InvalidEdit(f"There is no parameter {shown(key)} here; known are {known}.", self.at(key))

    def object(self, key: str) -> "Fields":
        return Fields.of(self.get(key), self.at(key))

    def list(self, key: str, count: int) -> "Fields":
        """A list of so many values, each under its place: ``"0"``, ``"1"`` and so on."""
        value = self.get(key)
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
            raise InvalidEdit(f"A list of {count} is needed here.", self.at(key))
        return Fields({str(at): entry for at, entry in enumerate(value)}, self.at(key))

    def true(self, key: str) -> bool:
        """For what can only be asked for, not refused."""
        if self.get(key) is not True:
            raise InvalidEdit("Only true can stand here.", self.at(key))
        return True

    def factor(self, key: str, high: float) -> float:
        """A number from 0, or as percent of 1, such as ``"150%"``."""
        value = self.get(key)
        share = length(value, self.at(key)).value / 100 if isinstance(value, str) else value
        return number(share, self.at(key), 0, high)

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        if default is not None and not self.has(key):
            return default
        return number(self.get(key), self.at(key), low, high)

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.number(key, low, high)
        if not value.is_integer():
            raise InvalidEdit("A whole number is needed here.", self.at(key))
        return int(value)

    def name(self, key: str) -> str:
        """What a layer may be called."""
        value = self.get(key)
        if not isinstance(value, str):
            raise InvalidEdit(f"A name is needed here, not {_kind(value)}.", self.at(key))
        if not value.strip() or value == "*" or len(value) > MAX_NAME:
            raise InvalidEdit(f'A name has 1 to {MAX_NAME} characters, and is not "*".', self.at(key))
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value):
            raise InvalidEdit("A name has no control characters.", self.at(key))
        return value

    def name_or_none(self, key: str) -> str | None:
        """``name``, or none where none is asked for."""
        return self.name(key) if self.has(key) else None

    def text(self, key: str, longest: int) -> str:
        """Some text of at most so many characters, all of which can be written down."""
        value = self.get(key)
        if not isinstance(value, str):
            raise InvalidEdit(f"A text is needed here, not {_kind(value)}.", self.at(key))
        if not 1 <= len(value) <= longest:
            raise InvalidEdit(f"A text of 1 to {longest} characters is needed here.", self.at(key))
        if any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in value):
            raise InvalidEdit("This is not valid text.", self.at(key))
        return value

    def choice(self, key: str, among: Sequence[str], default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self.get(key)
        if not isinstance(value, str) or value not in among:
            raise InvalidEdit(f"{shown(value)} is not one of {', '.join(among)}.{_nearest(value, among)}", self.at(key))
        return value

    def one_of(self, *keys: str) -> str:
        """The single one of the keys that is there."""
        present = [key for key in keys if self.has(key)]
        if len(present) != 1:
            said = "Exactly one" if not present else "Only one"
            raise InvalidEdit(
                f"{said} of {', '.join(keys)} is needed.", self.at(present[1]) if present else self.pointer
            )
        return present[0]

    def length(self, key: str, low: float = -MAX_LENGTH) -> Length | None:
        return length(self.get(key), self.at(key), low) if self.has(key) else None

    def anchor(self, default: str) -> Anchor:
        if not self.has("anchor"):
            return ANCHORS[default]
        value = self.values["anchor"]
        if isinstance(value, str) and value in ANCHORS:
            return ANCHORS[value]
        if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
            fx, fy = (number(part, f"{self.at('anchor')}/{at}", -100, 100) for at, part in enumerate(value))
            return fx, fy
        raise InvalidEdit(f"{shown(value)} is not one of {', '.join(ANCHORS)} or [fx, fy].", self.at("anchor"))

    def fit(self) -> Fit:
        value = self.choice("fit", FITS, "contain")
        return "cover" if value == "cover" else "fill" if value == "fill" else "contain"

    def colour(self, key: str) -> Colour:
        value = self.get(key)
        if not isinstance(value, str):
            raise InvalidEdit(f"A CSS colour is needed here, not {_kind(value)}.", self.at(key))
        try:
            return parse_colour(value)
        except ValueError as error:
            raise InvalidEdit(f"{error}.", self.at(key)) from error


def number(value: object, pointer: str, low: float, high: float) -> float:
    """A finite number within ``low`` … ``high``; true and false are none.

    Raises:
        InvalidEdit.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InvalidEdit(f"A number is needed here, not {_kind(value)}.", pointer)
    if not low <= value <= high:  # also NaN
        raise InvalidEdit(f"{shown(value)} is not within {low:.10g} and {high:.10g}.", pointer)
    return float(value)


def length(value: object, pointer: str, low: float = -MAX_LENGTH) -> Length:
    """Pixels as a number, or a string such as ``"12.5%"``.

    Raises:
        InvalidEdit.
    """
    if isinstance(value, str):
        match = _PERCENT.fullmatch(value.strip()[:40])
        if not match:
            raise InvalidEdit(f'{shown(value)} is neither a number of pixels nor a string such as "12.5%".', pointer)
        return Length(number(float(match[1]), pointer, low, MAX_LENGTH), percent=True)
    return Length(number(value, pointer, low, MAX_LENGTH))


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    return "an object" if isinstance(value, Mapping) else "a list"


def shown(value: object) -> str:
    """A value from a request as an error may repeat it."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"  # thousands of them cannot even be written out
    text = repr(value[:_SHOWN] if isinstance(value, str | list) else value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _nearest(value: object, among: Sequence[str]) -> str:
    near = get_close_matches(value[:_SHOWN].lower(), among, n=1) if isinstance(value, str) else []
    return f" Did you mean {near[0]}?" if near else ""
