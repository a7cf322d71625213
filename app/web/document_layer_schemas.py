"""The JSON of a document's layers, as edits left them, with the addresses of their pictures."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from app.flow.documents.looks import Looks, looks
from app.store.documents import Document
from app.web.document_style_schemas import WordsOut, blur_of, colors_of, words_of
from model.edits import Scene
from model.edits.alone import extents
from model.edits.drawn import Box
from model.edits.state import LayerState, Picture, Replacement, Text

THUMBNAIL = 256
"""Pixels across, at most."""
_NOISE = 1e-6  # of floating point: an edge that is this close to a pixel's lies on it

Change: TypeAlias = Literal["picture", "text", "colours", "blur", "crop"]


class DocumentLayerOut(BaseModel):
    """A layer as the edits left it."""

    model_config = ConfigDict(title="DocumentLayer")

    index: int = Field(description="Names it in operations, wherever it lies by now.")
    name: str
    kind: str
    bbox: tuple[int, int, int, int] = Field(
        description="x, y, width, height of the box around it on the canvas, in whole pixels; it may reach outside."
    )
    matrix: tuple[float, float, float, float, float, float] = Field(
        description="a, b, c, d, e, f as in CSS: from the pixels of source_bbox, its corner being 0, 0, to the canvas."
    )
    source_bbox: tuple[int, int, int, int] = Field(description="Where its pixels lie in the picture at url.")
    angle: float = Field(description="Degrees clockwise that rotations have added up to.")
    changed: list[Change] = Field(
        description="What edits did to its pixels. Where this is empty, the picture at url, placed by matrix, is all "
        "there is to it, and a viewer can draw it itself."
    )
    colors: list[dict[str, Any]] = Field(
        description="What edits did to its colours, step by step, each as the `recolor` or `adjust` that asks for it, "
        "its layer left out."
    )
    blur: float | None = Field(description="The standard deviation that blurs have come to, in pixels of the canvas.")
    words: WordsOut | None = Field(description="How edits set its words; null where they did not.")
    opacity: float
    blend: str
    visible: bool
    locked: bool
    deleted: bool = Field(description="It waits for `restore`.")
    parent: int | None = Field(description="The index of the group that it is in.")
    text: str | None = Field(description="The words of a text layer.")
    asset: str | None = Field(description="The picture that is shown in its place: /v1/assets/{asset}.")
    url: str | None = Field(description="Its own pixels, unedited.")
    thumbnail_url: str | None = Field(
        description="As it is now, on the canvas, by itself, whether or not it shows; null where there is nothing."
    )
    edited_url: str | None = Field(
        description="The layer as edits left it, trimmed: to be drawn with its top left corner at that of edited_bbox. "
        "It stays the same for as long as the picture does, however the layer is moved, renamed, hidden or faded, and "
        "may be kept for ever. With `.webp` for `.png` too. Null where there is nothing to draw."
    )
    edited_bbox: tuple[int, int, int, int] | None = Field(
        description="x, y, width, height on the canvas of the picture at edited_url; it may reach outside, and "
        "is larger than bbox where something reaches out of it, as blur does."
    )


def layers_of(document: Document, scene: Scene) -> list[dict[str, Any]]:
    """The fields of all, bottom to top, the deleted included."""
    base, stack = f"/v1/documents/{document.id}", f"/v1/decompositions/{document.decomposition_id}"
    since, boxes = looks(document), extents(scene)
    return [
        {
            **layer_of(stack, scene, index, document.layers),
            **_pictures(base, stack, scene.layers[index], since, boxes[index]),
        }
        for index in scene.order
    ]


def layer_of(stack: str, scene: Scene, index: int, layers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All that is to be said of a layer but where its pictures are, as edits left them.

    Args:
        stack: the decomposition's address.
        layers: of its manifest.
    """
    state = scene.layers[index]
    stored = layers[state.origin] if isinstance(state.origin, int) else None
    a, c, e, b, d, f = state.settled
    left, top, right, bottom = scene.bounds(index) or (0.0, 0.0, 0.0, 0.0)
    x, y = math.floor(left + _NOISE), math.floor(top + _NOISE)
    source = state.source
    added = state.origin if isinstance(state.origin, Picture) else None
    shown = source.picture if isinstance(source, Replacement) else added
    return {
        "index": state.index,
        "name": state.name,
        "kind": stored["kind"] if stored is not None else "group" if state.group else "object",
        "bbox": (x, y, max(0, math.ceil(right - _NOISE) - x), max(0, math.ceil(bottom - _NOISE) - y)),
        "matrix": (a, b, c, d, e, f),
        "source_bbox": state.bbox,
        "angle": state.angle,
        "changed": _changed(state),
        "colors": colors_of(state),
        "blur": blur_of(state),
        "words": words_of(state),
        "opacity": state.opacity,
        "blend": state.blend,
        "visible": state.visible,
        "locked": state.locked,
        "deleted": state.deleted,
        "parent": state.parent,
        "text": source.value if isinstance(source, Text) else stored.get("text") if stored is not None else None,
        "asset": shown and shown.image,
        "url": f"{stack}/layers/{stored['index']}.png" if stored is not None else None,
    }


def _pictures(base: str, stack: str, state: LayerState, since: Looks, box: Box | None) -> dict[str, str | Box | None]:
    """Addresses that name the revision since which the layer looks so; what no edit has changed is the stored one's."""
    index = state.index
    if box is None:
        return {"thumbnail_url": None, "edited_url": None, "edited_bbox": None}
    own = f"{base}/layers/{index}.png"
    is_stored = since.placed[index] == 1
    return {
        "thumbnail_url": f"{stack}/layers/{state.origin}.png?w={THUMBNAIL}"
        if is_stored and isinstance(state.origin, int)
        else f"{own}?revision={since.placed[index]}&w={THUMBNAIL}",
        "edited_url": f"{own}?revision={since.trimmed[index]}&trim=1",
        "edited_bbox": box,
    }


def _changed(state: LayerState) -> list[Change]:
    found: list[tuple[Change, bool]] = [
        ("picture", isinstance(state.source, Replacement)),
        ("text", isinstance(state.source, Text)),
        ("colours", bool(state.colours)),
        ("blur", state.blur is not None),
        ("crop", state.crop is not None),
    ]
    return [name for name, is_so in found if is_so]
