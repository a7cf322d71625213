"""``/v1/jobs``: how far is it?"""

import hashlib
import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event
from sqlalchemy.exc import SQLAlchemyError

from app.flow.cancel import cancel
from app.flow.services import Services
from app.flow.wait import Seen, follow, look_async, seen_of, wait
from app.store import jobs
from app.web.conditional import is_known, not_modified, quoted
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.job_schemas import JobList, JobOut, Status
from app.web.pages import Cursor, Limit, page
from app.web.prefer import MAX_WAIT_S

logger = logging.getLogger(__name__)
router = APIRouter(tags=["jobs"])

POLL_AFTER_S = 1
PING_S = 15.0
RECONNECT_MS = 3000


class EventStream(StreamingResponse):
    """Server-sent events. Not FastAPI's own class: its routes are generators, which cannot answer 204 or 404."""

    media_type = "text/event-stream"


def job_body(seen: Seen) -> str:
    """The job object as JSON; the same row gives the same bytes."""
    return JobOut.of(seen.job, seen.queue_position).model_dump_json()


def etag_of(body: str) -> str:
    """The (quoted) ETag of a JSON body."""
    return quoted(hashlib.sha256(body.encode()).hexdigest()[:32])


def job_response(seen: Seen, status: int = 200, **headers: str) -> Response:
    """The job object with its ETag, and ``Retry-After`` until it is done."""
    body = job_body(seen)
    sent = {"ETag": etag_of(body), "Cache-Control": "no-cache", **headers}
    if not seen.job.is_finished:
        sent["Retry-After"] = str(POLL_AFTER_S)
    return Response(body, status, sent, media_type="application/json")


@router.get(
    "/v1/jobs",
    summary="List jobs, newest first",
    response_model=JobList,
    responses=responses("invalid-request", "service-unavailable"),
)
def list_jobs(
    services: ServicesOf, tenant: Tenant, limit: Limit = 20, cursor: Cursor = None, status: Status | None = None
) -> Response:
    with services.engine.connect() as connection:
        found = jobs.list_(connection, tenant, status=status, limit=limit + 1, before=cursor)
        seen = [seen_of(connection, job) for job in found[:limit]]
    query = {"status": status} if status else {}
    link, headers = page("/v1/jobs", found, limit, query)
    listed = JobList(jobs=[JobOut.of(one.job, one.queue_position) for one in seen], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)


@router.get(
    "/v1/jobs/{job_id}",
    summary="Get a job",
    response_model=JobOut,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("not-found", "invalid-request")},
)
async def get_job(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    job_id: str,
    wait_s: Annotated[
        float,
        Query(
            alias="wait",
            ge=0,
            description="Seconds to wait for the job to finish, 60 at most; with If-None-Match, to change at all.",
        ),
    ] = 0,
) -> Response:
    conditional = "if-none-match" in request.headers

    def enough(seen: Seen) -> bool:
        return seen.job.is_finished or (conditional and not is_known(request, etag_of(job_body(seen))))

    if wait_s:
        seen = await wait(services, tenant, job_id, min(wait_s, MAX_WAIT_S), enough)
    else:
        seen = await look_async(services, tenant, job_id)
    answer = job_response(seen)
    if is_known(request, answer.headers["ETag"]):
        return not_modified({name: answer.headers[name] for name in ("ETag", "Retry-After") if name in answer.headers})
    return answer


@router.get(
    "/v1/jobs/{job_id}/events",
    summary="Follow a job (server-sent events)",
    description="The data of each event is the job object, its id the job's version. Last-Event-ID resumes. A comment "
    "is sent every 15 s. The stream ends after the job's last state; 204 where there is nothing newer to tell.",
    response_class=EventStream,
    responses={204: {"description": "Finished, and Last-Event-ID saw it."}, **responses("not-found")},
)
async def get_events(
    services: ServicesOf, tenant: Tenant, job_id: str, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    after = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else 0
    seen = await look_async(services, tenant, job_id)
    if seen.job.is_finished and seen.job.version <= after:
        return Response(status_code=204)  # the one answer that keeps a browser from connecting again
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return EventStream(_events(services, tenant, job_id, after), headers=headers)


async def _events(services: Services, tenant: str, job_id: str, after: int) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=RECONNECT_MS)
    try:
        async for seen in follow(services, tenant, job_id, after, PING_S):
            if seen is None:
                yield format_sse_event(comment="still here")
            else:
                yield format_sse_event(data_str=job_body(seen), id=str(seen.job.version))
    except SQLAlchemyError as error:  # the client connects again after RECONNECT_MS, and goes on where it was
        logger.warning("a stream of events broke off: %s", error, extra={"job_id": job_id})


@router.post(
    "/v1/jobs/{job_id}/cancel",
    summary="Cancel a job",
    description="Requests for the same decomposition share one job while it is queued or running: whoever cancels it "
    "cancels it for all of them, and a request after that starts a new one. `cache=bypass` has a job of its own. A "
    "batch stops between two rows, and keeps the pictures that it has.",
    response_model=JobOut,
    responses={
        200: {"description": "It was waiting, and is canceled."},
        202: {
            "description": "It is running, and stops at the model's next step, or the batch's next row.",
            "model": JobOut,
        },
        **responses("not-found", "job-already-finished"),
    },
)
def cancel_job(services: ServicesOf, tenant: Tenant, job_id: str) -> Response:
    job, was_waiting = cancel(services, tenant, job_id)
    return job_response(Seen(job, None), 200 if was_waiting else 202)
