"""What all answers have, and the words that their fields are written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Box: TypeAlias = tuple[int, int, int, int]

Raw: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``raw`` is all of it."""

    raw: Raw = field(repr=False, compare=False, hash=False)
