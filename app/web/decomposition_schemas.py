"""Decompositions as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.store.layers import Decomposition, Parent
from app.web.export_addresses import EXPORTS, exports_of
from app.web.layer_schemas import GroupOut, LayerOut

_DECOMPOSITION = "dec_9f86d081884c7d659a2feaa0c55ad015"

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ImageOut(BaseModel):
    sha256: str = Field(description="Names the decoded pixels (RGBA, sRGB, upright), not the file.", examples=[_SHA])
    width: int
    height: int


class ModelOut(BaseModel):
    name: str = Field(examples=["classic"])
    revision: str


class ParentOut(BaseModel):
    """The decomposition of which one layer was split further. Layers below `children` have the index that they had
    there, those above it one that is higher by the parts less one; all of them are the same pictures as there."""

    decomposition_id: str
    layer_index: int = Field(description="Of the layer there.")
    children: tuple[int, int] = Field(description="The first and the last of its parts among the layers here.")


class DecompositionUrls(BaseModel):
    self: str
    source: str
    composite: str
    render: str
    exports: dict[str, str] = Field(description=EXPORTS)
    parent: str | None = Field(description="Of the decomposition whose layer was split; it may have been deleted.")


_NOTES = """What the model had to say; which of these are there depends on it.

* `noise`: of `classic`, the noise of the picture, in steps of 255.
* `separated`: whether the picture, or the layer that was split, came apart.
* `caption`: the model's own, where no prompt was given; give it back as `prompt` to change it.
* `attempts`: each seed tried, one or two, with its measures: `layers` that are not blank, `coverage`, the share of the
  picture that is above the background, and `difference`, the mean one there from the background (of one named object:
  from the picture), in steps of 255.
* `auto`: of `max_layers=auto`, `runs`, how often the model was asked again, and `splits`: the `layer` of the first run,
  `by` `line` or `model`, into how many `parts`; by the model also `strays`, how far they are from the layer in steps
  of 255, and the measures of that `run`.
* `adapter`: its name, sources, licence, and the settings used in place of the request's.
* `weights`, `numbers`, `memory`: where the weights came from, what they are held in, and how they shared the GPU.
* `retried_for_memory`: true where the memory ran out at first, and a smaller mode did it.
* `frozen`: of a document that was frozen, its `document_id`, `revision` and `decomposition_id`, of the first time.
* `imported`: of a file, its `format`, `psd`, `ora` or `zip`; `warnings`, sentences that say what of it could not be
  taken as it is; `difference`, by how many steps of 255 the picture of the whole in the file differs from these layers
  where it does most, null where it has none.
* `fell_back`: why other numbers were used than those chosen, where they overflowed.
"""


class DecompositionOut(BaseModel):
    """The manifest: an immutable stack of layers, bottom to top, that composites to the source bit for bit."""

    model_config = ConfigDict(title="Decomposition", json_schema_extra={"examples": [{
        "id": _DECOMPOSITION, "image": {"sha256": _SHA, "width": 1024, "height": 768},
        "model": {"name": "classic", "revision": "1"}, "parameters": {"max_layers": "auto", "seed": 0},
        "thumbnail_url": f"/v1/decompositions/{_DECOMPOSITION}/source.png?w=256",
        "layer_count": 1, "max_error": 0, "created_at": "2026-11-23T12:00:02Z", "notes": {},
        "layers": [{"index": 0, "name": "background", "kind": "background", "text": None, "lines": [],
                    "bbox": [0, 0, 1024, 768], "area_ratio": 1.0, "depth": 0.0, "opacity": 1.0, "blend": "normal",
                    "sha256": _SHA, "url": f"/v1/decompositions/{_DECOMPOSITION}/layers/0.png",
                    "thumbnail_url": f"/v1/decompositions/{_DECOMPOSITION}/layers/0.png?w=256"}],
        "urls": {"self": f"/v1/decompositions/{_DECOMPOSITION}",
                 "source": f"/v1/decompositions/{_DECOMPOSITION}/source.png",
                 "composite": f"/v1/decompositions/{_DECOMPOSITION}/composite.png",
                 "render": f"/v1/decompositions/{_DECOMPOSITION}/render",
                 "exports": {**exports_of(f"/v1/decompositions/{_DECOMPOSITION}")},
                 "parent": None}, "parent": None}]})  # fmt: skip

    id: str
    image: ImageOut
    model: ModelOut
    parameters: dict[str, Any]
    layer_count: int
    max_error: int = Field(description="Of the recomposition against the source, 0-255; always 0.")
    created_at: datetime
    notes: dict[str, Any] = Field(description=_NOTES)
    thumbnail_url: str = Field(description="Of the whole picture, 256 pixels wide; another `w` gives another width.")
    layers: list[LayerOut] = Field(description="Bottom to top.")
    groups: list[GroupOut] = Field([], description="Of an imported file; empty for all others.")
    parent: ParentOut | None = Field(description="Of a layer that was split further; null for that of a picture.")
    urls: DecompositionUrls

    @classmethod
    def of(cls, found: Decomposition) -> "DecompositionOut":
        base = f"/v1/decompositions/{found.id}"
        assert found.created_at is not None  # it was read from the database
        return cls(
            id=found.id,
            image=ImageOut(sha256=found.image_id, width=found.width, height=found.height),
            model=ModelOut(name=found.model_name, revision=found.model_revision),
            parameters=dict(found.parameters),
            layer_count=len(found.layers),
            max_error=found.max_error,
            created_at=found.created_at,
            notes=dict(found.notes or {}),
            thumbnail_url=f"{base}/source.png?w=256",
            layers=[_layer(base, layer) for layer in found.layers],
            groups=[GroupOut(index=at, **group) for at, group in enumerate(found.groups, len(found.layers))],
            parent=_parent(found.parent),
            urls=DecompositionUrls(
                self=base,
                source=f"{base}/source.png",
                composite=f"{base}/composite.png",
                render=f"{base}/render",
                exports=exports_of(base),
                parent=found.parent and f"/v1/decompositions/{found.parent.decomposition_id}",
            ),
        )


def _parent(parent: Parent | None) -> ParentOut | None:
    if parent is None:
        return None
    first = parent.layer_index
    return ParentOut(
        decomposition_id=parent.decomposition_id, layer_index=first, children=(first, first + parent.child_count - 1)
    )


def _layer(base: str, layer: Mapping[str, Any]) -> LayerOut:
    url = f"{base}/layers/{layer['index']}.png"
    return LayerOut(**layer, url=url, thumbnail_url=f"{url}?w=256")


class DecompositionList(BaseModel):
    decompositions: list[DecompositionOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")
