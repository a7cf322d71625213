"""What templates and their variables may be called: what stands in an address and in a column's head as it is."""

import re
import unicodedata

MAX_TEMPLATE_NAME = 100
MAX_VARIABLE_NAME = 64
RULE = "letters and digits of any script, -, _ and ., the first one a letter or a digit"
_ALSO = frozenset("-_.")
_OTHER = re.compile(r"[\s/\\]+")


def name_of(value: str, longest: int) -> str:
    """The name in Unicode's normal form C.

    Raises:
        ValueError: it is none; says so, and what could be one.
    """
    name = unicodedata.normalize("NFC", value)
    if len(name) > longest or not name or not _is_first(name[0]) or not all(map(_is_inner, name)):
        raise ValueError(f"A name has 1 to {longest} characters: {RULE}{_instead(name, longest)}.")
    return name


def _is_first(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"


def _is_inner(letter: str) -> bool:
    return letter in _ALSO or unicodedata.category(letter)[0] in "LNM"


def _instead(name: str, longest: int) -> str:
    """What the same would be as a name."""
    kept = "".join(letter for letter in _OTHER.sub("-", name[:longest].strip()) if _is_inner(letter)).lstrip("-_.")
    return f"; {kept!r} would be one" if kept and _is_first(kept[0]) else ""
