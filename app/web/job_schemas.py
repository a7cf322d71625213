"""Jobs as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.store.batches import KIND as BATCH
from app.store.jobs import Job
from app.web.problem_schemas import ProblemOut

Status = Literal["queued", "running", "succeeded", "failed", "canceled"]

_JOB = "job_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"

_DECOMPOSITION = "dec_9f86d081884c7d659a2feaa0c55ad015"


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
