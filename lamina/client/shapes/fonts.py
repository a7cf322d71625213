"""The fonts that the service has."""

from dataclasses import dataclass

from lamina.client.shapes.answer import Answer


@dataclass(frozen=True, kw_only=True)
class Font:
    """``name`` is how the operation ``text`` takes it."""

    name: str
    family: str
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Fonts(Answer):
    fonts: tuple[Font, ...] = ()
    generic: tuple[str, ...] = ()
