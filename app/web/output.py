"""What a picture is asked for as, in a body and in a query, and what its routes say of it: told once for all."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from app.web.errors import responses

MOST_REVISIONS = 2**31 - 1
REVISION = "Of the document; immutable then. By default the newest one."
_BOX = (
    "of the canvas, in pixels or as percent of its sides: only what lies in it is sent, and `width` scales it. What is "
    "beyond the canvas is cut off."
)
_QUALITY = "WebP is lossless without it; JPEG takes 90, AVIF 70. PNG is always lossless."
_IN_QUERY = ("width", "background", "box", "quality")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


class _Shape(BaseModel):
    width: int | None = Field(None, ge=1, le=16_384, description="In pixels; the height follows.")
    background: str | None = Field(
        None,
        max_length=100,
        description="Laid under the picture: a CSS colour, or `checkerboard`, squares of 8 pixels of the result. By "
        "default `transparent`, for which JPEG has white.",
        examples=["#ffffff", "transparent", "checkerboard"],
    )


class OutputIn(_Shape):
    """What the picture is sent as."""

    model_config = ConfigDict(extra="forbid", title="Output")

    format: Literal["png", "webp", "jpeg", "jpg", "avif"] = "png"
    quality: int | None = Field(None, ge=1, le=100, description=_QUALITY)
    box: list[float | str] | None = Field(
        None,
        min_length=4,
        max_length=4,
        description=f"`[x, y, width, height]` {_BOX}",
        examples=[[40, "10%", "50%", 300]],
    )


class ShapeQuery(_Shape):
    """The same in a query; its format is in the path."""

    box: str | None = Field(None, max_length=200, description=f"`x,y,width,height` {_BOX}", examples=["40,10%,50%,300"])

    def given(self) -> dict[str, Any]:
        """What was asked for; of what is to be shown, nothing."""
        return self.model_dump(include=set(_IN_QUERY), exclude_none=True)

    def output(self, format_: str) -> dict[str, Any]:
        """As a body would have it."""
        given = self.given()
        if self.box is not None:
            given["box"] = _parts(self.box)
        return {"format": format_, **given}


class OutputQuery(ShapeQuery):
    """Of a document."""

    revision: int | None = Field(None, ge=1, le=MOST_REVISIONS, description=REVISION)


class LossyQuery(OutputQuery):
    quality: int | None = Field(None, ge=1, le=100, description=_QUALITY)


def _parts(box: str) -> list[float | str]:
    """The list that stands for it in a body; what is no number stays a text, to be read or refused there."""
    parts = (part.strip() for part in box.split(","))
    return [float(part) if _NUMBER.fullmatch(part) else part for part in parts]


def picture_docs(*media_types: str, codes: Sequence[str] = (), made: bool = False) -> dict[str, Any]:
    """What the route of a picture says to OpenAPI; ``made`` of one that is drawn when it is first asked for."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    told = "The picture."
    if made:
        told += " The ETag names what it comes to, whatever way that was edited; Cache-Status says if it was there."
        codes = ("invalid-request", "unsupported-image", *codes)
    return {
        "response_class": Response,
        "responses": {
            200: {"description": told, "content": dict.fromkeys(media_types, binary)},
            304: {"description": "It is as If-None-Match says."},
            **responses("not-found", *codes),
        },
    }


def served_docs(media_type: str, codes: Sequence[str] = (), *, made: bool = False) -> dict[str, Any]:
    """The same of a GET, of which ranges can be asked for."""
    docs = picture_docs(
        media_type, codes=("range-not-satisfiable", "wrong-signature", "link-expired", *codes), made=made
    )
    docs["responses"][206] = {"description": "The range that was asked for."}
    return docs
