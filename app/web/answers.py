"""What is answered to who asked for a decomposition: the job, at once or awaited, or the first answer again."""

import hashlib
import json
from typing import Annotated, Any, Protocol

from fastapi import Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.flow.decide import Submitted
from app.flow.services import Services
from app.flow.wait import Seen, wait
from app.flow.webhooks.address import checked
from app.store.jobs import Callback, Job
from app.web.errors import responses
from app.web.job_schemas import JobOut
from app.web.jobs import POLL_AFTER_S, job_body, job_response

HIT = "lamina; hit"
SIMILAR = "lamina; hit; detail=similar"
MISS = "lamina; fwd=miss"
MAX_KEY = 255

Prefer = Annotated[str | None, Header(description="`wait=N`: answer when done, or after N (60 at most) s.")]
IdempotencyKey = Annotated[str | None, Header(max_length=MAX_KEY, description="Replays the first answer.")]


def docs(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of such a route for OpenAPI; ``codes`` are problems that others of its kind do not have."""
    return {
        200: {"description": "Known already, or done within `Prefer: wait`: the job has finished.", "model": JobOut},
        202: {"description": "Accepted; the job is at `Location`."},
        **responses(
            "invalid-request", "unsupported-image", *codes, "not-cached", "idempotency-mismatch",
            "idempotency-conflict", "quota-exceeded", "queue-full", "model-unavailable",
        ),
    }  # fmt: skip


def key_of(header: str | None) -> str | None:
    """The Idempotency-Key; quotes around it are the header's, not the key's."""
    return (header or "").strip().strip('"') or None


def fingerprint(what: str, asked: BaseModel) -> str:
    """Of what was asked under a key: of what a decomposition is wanted, and every field."""
    fields = asked.model_dump(mode="json")
    return hashlib.sha256(json.dumps([what, fields], sort_keys=True).encode()).hexdigest()


class MayCallBack(Protocol):
    """A body that may name a webhook_url."""

    @property
    def webhook_url(self) -> str | None: ...


async def callback_of(asked: MayCallBack, services: Services) -> Callback | None:
    """Who is to be told of the job's end; raises ``UrlNotAllowed``, ``InvalidRequest``."""
    if asked.webhook_url is None:
        return None
    return await checked(asked.webhook_url, services.settings, "/webhook_url")


async def answered(services: Services, tenant: str, submitted: Submitted, seconds: float | None) -> Response:
    """The answer, after ``seconds`` at most; ``None``: waiting was not asked for."""
    if submitted.job is None:
        answer = _replay(submitted)
    elif seconds and not submitted.job.is_finished:
        answer = _answer(await wait(services, tenant, submitted.job.id, seconds, lambda seen: seen.job.is_finished))
    else:
        answer = _answer(Seen(submitted.job, submitted.queue_position))
    if seconds is not None and submitted.job is not None:  # a replay is the first answer, and waits for nothing
        answer.headers["Preference-Applied"] = f"wait={seconds:g}"
    return answer


def describe(submitted: Submitted) -> dict[str, Any]:
    """The answer as it is kept under its Idempotency-Key."""
    assert submitted.job is not None
    seen = Seen(submitted.job, submitted.queue_position)
    answer = _answer(seen)
    headers = {name: answer.headers[name] for name in ("Location", "Cache-Status", "ETag") if name in answer.headers}
    return {"status": answer.status_code, "headers": headers, "body": json.loads(job_body(seen))}


def _answer(seen: Seen) -> Response:
    job = seen.job
    headers = {"Location": f"/v1/jobs/{job.id}", "Cache-Status": _cache_status(job), "Vary": "Prefer"}
    return job_response(seen, 200 if job.is_finished else 202, **headers)


def _cache_status(job: Job) -> str:
    if not job.cached:
        return MISS
    return SIMILAR if "similar" in (job.result or {}) else HIT


def _replay(submitted: Submitted) -> Response:
    kept = submitted.answer or {}
    headers = {**kept["headers"], "Idempotency-Replayed": "true"}
    if kept["status"] == 202:
        headers["Retry-After"] = str(POLL_AFTER_S)
    return JSONResponse(kept["body"], kept["status"], headers)
