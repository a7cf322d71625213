"""What one check of ``lamina doctor`` found."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "missing", "optional"]
STATES: tuple[State, ...] = ("ok", "missing", "optional")


@dataclass(frozen=True, slots=True)
class Check:
    """``optional`` is missing too, but only some models or wishes need it; ``remedy`` says how to get it."""

    name: str
    state: State
    detail: str
    remedy: str = ""
