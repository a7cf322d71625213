"""The JSON that goes out, as pydantic shapes with examples; ``/openapi.json`` shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.store.batches import KIND as BATCH
from app.store.jobs import Job
from app.store.layers import Decomposition, Parent
from app.web.export_addresses import EXPORTS, exports_of
from app.web.layer_schemas import GroupOut, LayerOut

Status = Literal["queued", "running", "succeeded", "failed", "canceled"]

_JOB = "job_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"
_DECOMPOSITION = "dec_9f86d081884c7d659a2feaa0c55ad015"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class FieldErrorOut(BaseModel):
    pointer: str = Field(description="JSON pointer (RFC 6901) of the field.")
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457; every error has this shape, and so has the `error` of a failed job."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="Where the code is explained.", examples=["/problems/not-found"])
    title: str = Field(examples=["There is no such thing here"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no job job_4c1f."])
    code: str = Field(examples=["not-found"])
    request_id: str | None = Field(None, description="Of X-Request-Id; quote it in a report.")
    errors: list[FieldErrorOut] | None = None
    revision: int | None = Field(None, description="The newest of the document, in a `revision-conflict`.")
    version: int | None = Field(None, description="The newest of the template, in a `revision-conflict`; 0: none.")


class ProgressOut(BaseModel):
    fraction: float = Field(ge=0, le=1, description="Of the whole job.")
    stage: str | None = Field(None, description="What is being done.", examples=["text"])
    step: int | None = None
    steps: int | None = None
    eta_seconds: float | None = Field(None, description="Until done, judged by the pace so far.")


class CountsOut(BaseModel):
    """Rows of a batch; those that are in neither number are still to be drawn, or were canceled."""

    model_config = ConfigDict(title="Counts")

    total: int
    succeeded: int
    failed: int


class JobUrls(BaseModel):
    self: str
    events: str
    cancel: str
    result: str | None = Field(
        description="Of the decomposition, once there is one; of a batch the ZIP, once it has ended with any picture."
    )
    rows: str | None = Field(None, description="Of a batch: what came of each row so far, as NDJSON.")


class SimilarOut(BaseModel):
    """A known decomposition of a picture that looks the same: compressed anew, scaled, or cropped by a pixel."""

    model_config = ConfigDict(title="Similar", json_schema_extra={"examples": [{
        "decomposition_id": _DECOMPOSITION, "distance": 0.31, "width": 2000, "height": 3000, "model": "classic",
        "same_request": True, "url": f"/v1/decompositions/{_DECOMPOSITION}"}]})  # fmt: skip

    decomposition_id: str
    distance: float = Field(description="0: no difference can be seen; at 1 it would be another picture.")
    width: int = Field(description="Of that picture and of its layers; the new one may be of another size.")
    height: int
    model: str
    same_request: bool = Field(description="Made by the model and parameters asked for: `cache=similar` may use it.")
    url: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "SimilarOut":
        fields = {name: told[name] for name in ("decomposition_id", "distance", "width", "height", "same_request")}
        url = f"/v1/decompositions/{told['decomposition_id']}"
        return cls(**fields, model=told["model_name"], url=url)


class JobOut(BaseModel):
    """One run of work. A status never moves backwards."""

    model_config = ConfigDict(title="Job", json_schema_extra={"examples": [{
        "id": _JOB, "kind": "decomposition", "status": "running",
        "progress": {"fraction": 0.4, "stage": "text", "step": 2, "steps": 5, "eta_seconds": 1.2},
        "queue_position": None, "cached": False, "created_at": "2026-11-23T12:00:00Z",
        "started_at": "2026-11-23T12:00:00.1Z", "finished_at": None, "attempts": 1, "error": None, "counts": None,
        "result": None, "similar": [], "urls": {"self": f"/v1/jobs/{_JOB}", "events": f"/v1/jobs/{_JOB}/events",
                 "cancel": f"/v1/jobs/{_JOB}/cancel", "result": None, "rows": None}}]})  # fmt: skip

    id: str
    kind: str = Field(
        description="decomposition, of a picture; layer_decomposition, of a layer; batch, of a template's rows."
    )
    status: Status
    progress: ProgressOut
    queue_position: int | None = Field(description="1 is next; null unless queued.")
    cached: bool = Field(description="Answered from what was known; no model ran.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    error: ProblemOut | None
    counts: CountsOut | None = Field(None, description="Of a batch.")
    result: dict[str, Any] | None = Field(
        description="decomposition_id and what the job found out; `similar` has the distance of the picture whose "
        "layers these are, where `cache=similar` used another one. Of a batch `template`, `version`, `counts` and "
        "`errors`, the first 50 rows that failed: `row`, `name`, `pointer`, `code`, `detail`."
    )
    similar: list[SimilarOut] = Field(
        [],
        description="What was known, when this was asked for, of pictures that look the same, the nearest first. None "
        "of it is used unless `cache=similar` was asked for; empty where the very picture was known.",
    )
    urls: JobUrls

    @classmethod
    def of(cls, job: Job, queue_position: int | None) -> "JobOut":
        counts = job.result["counts"] if job.kind == BATCH and job.result else None
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            progress=_progress(job),
            queue_position=queue_position,
            cached=job.cached,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            attempts=job.attempt,
            error=ProblemOut.model_validate(job.error) if job.status == "failed" else None,
            counts=counts,
            result=job.result if job.is_finished else None,
            similar=[SimilarOut.of(told) for told in job.similar or ()],
            urls=_urls(job),
        )


def _urls(job: Job) -> JobUrls:
    self_url = f"/v1/jobs/{job.id}"
    rows = None
    if job.kind == BATCH:
        rows = f"{self_url}/result.ndjson"
        drawn = job.is_finished and job.result is not None and job.result["counts"]["succeeded"]
        result = f"{self_url}/result.zip" if drawn else None
    else:
        result = f"/v1/decompositions/{job.decomposition_id}" if job.status == "succeeded" else None
    return JobUrls(self=self_url, events=f"{self_url}/events", cancel=f"{self_url}/cancel", result=result, rows=rows)


def _progress(job: Job) -> ProgressOut:
    """The pace is taken up to the last report, so that the same row always gives the same object (and ETag)."""
    if job.status == "succeeded":
        return ProgressOut(fraction=1.0, stage="done", eta_seconds=0.0)
    fraction = min(1.0, job.fraction or 0.0)
    eta = None
    if job.status == "running" and fraction > 0.02 and job.started_at and job.progress_at:
        elapsed = (job.progress_at - job.started_at).total_seconds()
        eta = round(max(0.0, elapsed) * (1 - fraction) / fraction, 1)
    return ProgressOut(fraction=fraction, stage=job.stage, step=job.step, steps=job.steps, eta_seconds=eta)


class JobList(BaseModel):
    jobs: list[JobOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


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


class AssetOut(BaseModel):
    model_config = ConfigDict(title="Asset")

    sha256: str = Field(description="Of the bytes at url: the picture as decoded.", examples=[_SHA])
    width: int
    height: int
    url: str
