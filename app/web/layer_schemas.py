"""The layers and groups of a manifest as they go out, as pydantic shapes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["background", "object", "shape", "text", "residual"]


class TextWordOut(BaseModel):
    model_config = ConfigDict(title="TextWord")

    text: str
    bbox: tuple[int, int, int, int] = Field(description="x, y, width, height on the canvas, in pixels.")


class TextLineOut(BaseModel):
    """One line of a text layer as it stands in the picture: enough to set it anew in its place."""

    model_config = ConfigDict(title="TextLine")

    text: str = Field(description="All its words.", examples=["OPEN AIR"])
    polygon: list[tuple[float, float]] = Field(
        min_length=4, max_length=4,
        description="Its corners, [x, y] on the canvas in pixels, clockwise from the line's own top left. Those of "
        "a turned line are turned with it, and may lie a little outside the canvas.",
    )  # fmt: skip
    color: str | None = Field(description="Of its ink, #rrggbb; null where that is not known.", examples=["#1e293b"])
    words: list[TextWordOut] = Field(description="In the order of the text; empty where only the line is known.")


class LayerOut(BaseModel):
    index: int = Field(description="0 is the bottom.")
    name: str
    kind: Kind
    text: str | None = Field(description="The words of a text layer, all of them; null where none could be read.")
    lines: list[TextLineOut] = Field(
        [],
        description="Where the words of a text layer stand, in reading order; empty for other kinds, for models that "
        "do not read, and for decompositions made by versions that did not keep them.",
    )
    bbox: tuple[int, int, int, int] = Field(
        description="x, y, width, height on the canvas, in pixels. That of an imported layer may reach beyond it: the "
        "picture at url has what lies on the canvas, and with `trim=1` all of it. 0, 0, 0, 0 where there is nothing."
    )
    area_ratio: float = Field(description="The share of the canvas that is not transparent.")
    depth: float | None = Field(description="0 is farthest, 1 nearest.")
    opacity: float
    blend: str
    visible: bool = Field(
        True, description="A layer of an imported file may be hidden; it is no part of the picture then."
    )
    parent: int | None = Field(None, description="The index of the group that it is in, of an imported file.")
    sha256: str = Field(description="Of the bytes at url.")
    url: str
    thumbnail_url: str


class GroupOut(BaseModel):
    """A group of an imported file. One of opacity 1 and mode normal is not composed by itself; any other is laid over
    itself first, and then as one over what is below it."""

    model_config = ConfigDict(title="Group")

    index: int = Field(description="Groups are counted on after the layers.")
    name: str
    opacity: float
    blend: str
    visible: bool = True
    parent: int | None = Field(None, description="The index of the group that it is in itself.")
    position: int = Field(description="Its place in the order of all, bottom to top; right above what is in it.")
