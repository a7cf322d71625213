"""The JSON of an exported scene: what lies where, how it is laid over others, and where its pixels are."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.flow.export import Subject
from app.web.document_layer_schemas import Change, layer_of, layers_of
from model.edits.alone import extents
from model.edits.scene import Scene
from model.edits.scene_json import scene_from_json
from model.edits.state import LayerState, Picture

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_STACK = "/v1/decompositions/dec_9f86d081884c7d659a2feaa0c55ad015"
_DOCUMENT = "/v1/documents/doc_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"
_EXAMPLE: dict[str, Any] = {
    "format": "lamina-scene", "version": 1, "width": 1024, "height": 768,
    "decomposition_id": _STACK.rpartition("/")[2], "document_id": _DOCUMENT.rpartition("/")[2], "revision": 2,
    "url": f"{_DOCUMENT}/render.png?revision=2", "source": {"sha256": _SHA, "url": f"{_STACK}/source.png"},
    "layers": [
        {"index": 1, "name": "headline", "type": "layer", "parent": None, "kind": "text", "text": "OPEN AIR",
         "bbox": [104, 60, 420, 90], "url": f"{_DOCUMENT}/layers/1.png?revision=2&trim=1",
         "opacity": 0.8, "blend": "normal", "visible": True, "locked": False,
         "matrix": [1, 0, 0, 1, 104, 60], "angle": 0.0, "changed": ["colours"], "asset": None,
         "source": {"sha256": _SHA, "url": f"{_STACK}/layers/1.png", "bbox": [80, 60, 420, 90]}},
    ],
}  # fmt: skip
_STRICT = ConfigDict(extra="forbid")


class ScenePictureOut(BaseModel):
    """A stored picture."""

    model_config = ConfigDict(**_STRICT, title="ScenePicture")

    sha256: str = Field(description="Of the bytes at url; the same ones for ever.")
    url: str


class SceneFrameOut(ScenePictureOut):
    """What a layer was before any edit."""

    model_config = ConfigDict(**_STRICT, title="SceneFrame")

    bbox: tuple[int, int, int, int] = Field(
        description="x, y, width, height of the part of the picture at url that is the layer's own."
    )


class SceneLayerOut(BaseModel):
    """A layer or a group."""

    model_config = ConfigDict(**_STRICT, title="SceneLayer")

    index: int = Field(description="Names it in operations, and within this file.")
    name: str
    type: Literal["layer", "group"]
    parent: int | None = Field(description="The index of the group that it is in.")
    kind: str = Field(description="background, object, shape, text, residual or group.")
    text: str | None = Field(description="The words of a text layer.")
    bbox: tuple[int, int, int, int] | None = Field(
        description="x, y, width, height on the canvas of the picture at url; it may reach outside. Null where there "
        "is nothing."
    )
    url: str | None = Field(
        description="The layer as edits left it, a PNG with straight alpha, trimmed: to be drawn with its corner at "
        "that of bbox, with opacity and blend. Of a document's group, all in it. Null where there is nothing."
    )
    opacity: float = Field(description="0-1; not in the picture's alpha.")
    blend: str = Field(
        description="CSS mix-blend-mode. A group of opacity 1 and mode normal is not composed by itself: its layers "
        "lie on what is below it."
    )
    visible: bool = Field(description="By itself; what is in a hidden group is hidden all the same.")
    locked: bool
    matrix: tuple[float, float, float, float, float, float] = Field(
        description="a, b, c, d, e, f as in CSS: from the pixels of source, the corner of its bbox being 0, 0, to the "
        "canvas. Where changed is empty, source placed by it is the layer."
    )
    angle: float = Field(description="Degrees clockwise that rotations have added up to.")
    changed: list[Change] = Field(description="What edits did to its pixels, beside placing them.")
    asset: str | None = Field(description="SHA-256 of the picture that is shown in its place.")
    source: SceneFrameOut | None = Field(description="Null of a group.")


class SceneOut(BaseModel):
    """A decomposition or a document without pixels. Addresses are of the service that it comes from."""

    model_config = ConfigDict(**_STRICT, title="Scene", json_schema_extra={"examples": [_EXAMPLE]})

    format: Literal["lamina-scene"] = "lamina-scene"
    version: Literal[1] = 1
    width: int = Field(description="Of the canvas, in pixels.")
    height: int
    decomposition_id: str
    document_id: str | None = Field(description="Null of a decomposition without edits.")
    revision: int | None = Field(description="Of the document: the one that made it so.")
    url: str = Field(description="The picture that all of it comes to.")
    source: ScenePictureOut | None = Field(
        description="The picture that was taken apart, before any edit; null where it has been deleted."
    )
    layers: list[SceneLayerOut] = Field(
        description="Bottom to top, hidden ones too, deleted ones not; a group stands right above its members."
    )

    @classmethod
    def of(cls, subject: Subject) -> "SceneOut":
        scene, document = scene_from_json(subject.scene), subject.document
        stack = f"/v1/decompositions/{subject.decomposition_id}"
        found = _stored_layers(stack, scene, subject.layers) if document is None else layers_of(document, scene)
        live = set(scene.live)
        return cls(
            width=scene.width,
            height=scene.height,
            decomposition_id=subject.decomposition_id,
            document_id=document and document.id,
            revision=document and document.revision.state,
            url=f"/v1/documents/{document.id}/render.png?revision={document.revision.state}"
            if document is not None
            else f"{stack}/composite.png",
            source=_source(stack, subject),
            layers=[
                _layer(stack, scene.layers[one["index"]], one, subject.layers) for one in found if one["index"] in live
            ],
        )


def _stored_layers(stack: str, scene: Scene, layers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a decomposition's layers and groups, as ``layers_of`` has those of a document."""
    boxes = extents(scene)
    return [
        {
            **layer_of(stack, scene, index, layers),
            "edited_url": None
            if boxes[index] is None or scene.layers[index].group
            else f"{stack}/layers/{index}.png?trim=1",
            "edited_bbox": boxes[index],
        }
        for index in scene.order
    ]


def _layer(
    stack: str, state: LayerState, told: Mapping[str, Any], layers: Sequence[Mapping[str, Any]]
) -> SceneLayerOut:
    same = ("index", "name", "parent", "kind", "text", "opacity", "blend", "visible", "locked", "matrix", "angle",
            "changed", "asset")  # fmt: skip
    return SceneLayerOut(
        **{name: told[name] for name in same},
        type="group" if state.group else "layer",
        bbox=told["edited_bbox"],
        url=told["edited_url"],
        source=_frame(stack, state, layers),
    )


def _frame(stack: str, state: LayerState, layers: Sequence[Mapping[str, Any]]) -> SceneFrameOut | None:
    if isinstance(state.origin, Picture):
        sha256, url = state.origin.image, f"/v1/assets/{state.origin.image}"
    elif state.origin is not None:
        stored = layers[state.origin]
        sha256, url = stored["sha256"], f"{stack}/layers/{stored['index']}.png"
    else:
        return None
    return SceneFrameOut(sha256=sha256, url=url, bbox=state.bbox)


def _source(stack: str, subject: Subject) -> ScenePictureOut | None:
    sha256 = subject.source_sha256
    return None if sha256 is None else ScenePictureOut(sha256=sha256, url=f"{stack}/source.png")
