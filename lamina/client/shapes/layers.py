"""Layers of a decomposition as the model left them, the words on them, and the groups that they are in."""

from dataclasses import dataclass

from lamina.client.shapes.answer import Answer, Box


@dataclass(frozen=True, kw_only=True)
class TextWord:
    text: str
    bbox: Box


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """``polygon``: its corners, clockwise from its own top left; ``color`` ``#rrggbb`` of its ink."""

    text: str
    polygon: tuple[tuple[float, float], ...] = ()
    color: str | None = None
    words: tuple[TextWord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayerFields(Answer):
    """``index`` 0 is the bottom; ``kind`` is ``background``, ``object``, ``shape``, ``text`` or ``residual``;
    ``sha256`` is of the bytes at ``url``; ``parent`` is the group that it is in, of an imported file."""

    index: int
    name: str
    kind: str
    text: str | None = None
    lines: tuple[TextLine, ...] = ()
    bbox: Box
    area_ratio: float
    depth: float | None = None
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    parent: int | None = None
    sha256: str
    url: str
    thumbnail_url: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Of an imported file. Groups are counted on after the layers; ``position`` is among all, bottom to top."""

    index: int
    name: str
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    parent: int | None = None
    position: int
