"""A picture comes in: is its decomposition known, is it being made, or must somebody make it?"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection

from app.flow.errors import IdempotencyConflict, IdempotencyMismatch, NotCached, QueueFull, QuotaExceeded
from app.flow.identified import Identified, identify, to_png
from app.flow.services import Services
from app.settings import Settings
from app.store import counters, idempotency, images, jobs, layers
from app.store.jobs import Job, Load, NewJob
from model.content_hash import decomposition_id
from model.decomposers import Parameters
from model.errors import ModelUnavailable

Outcome: TypeAlias = Literal["created", "joined", "cached", "replayed"]
MAX_RETRY_AFTER_S = 3600
ROUTE = "POST /v1/decompositions"


@dataclass(frozen=True, slots=True)
class Wanted:
    """``upload`` is a file with the picture as it came, ``sha256`` its bytes' hash; ``key`` is the Idempotency-Key and
    ``fingerprint`` what was asked under it."""

    tenant_id: str
    upload: Path
    sha256: str
    model_name: str
    parameters: Parameters
    cache: Literal["use", "bypass", "only"]
    request_id: str
    key: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of it; ``job`` is ``None`` for a replayed ``answer`` only. ``queue_position`` is 1 for the next."""

    outcome: Outcome
    job: Job | None
    queue_position: int | None = None
    answer: dict[str, Any] | None = None  # the first answer, when it is replayed


Describe: TypeAlias = Callable[[Submitted], dict[str, Any]]
"""The HTTP answer of a submission, kept under its Idempotency-Key."""


def submit(services: Services, wanted: Wanted, describe: Describe) -> Submitted:
    """Decode, name, and write it down: one transaction decides, then the bell rings.

    Raises:
        ImageRejected, ImageTooLarge: of the picture.
        ModelUnavailable: not offered here.
        NotCached: ``cache="only"`` and unknown.
        QuotaExceeded, QueueFull: too much is waiting.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    if wanted.model_name not in services.settings.models:
        offered = ", ".join(services.settings.models)
        raise ModelUnavailable(f"The model {wanted.model_name!r} is not offered here; offered are {offered}.")
    identified = identify(services.pixels, services.known, services.settings, wanted.upload, wanted.sha256)
    new = _new_job(services.settings, wanted, identified)
    with services.engine.begin() as connection:
        submitted = _decide(connection, services.settings, wanted, new, describe)
    if submitted is None:  # a picture never seen before is encoded outside of any transaction
        png = _encoded(services, wanted)
        with services.engine.begin() as connection:
            images.put(connection, new.tenant_id, new.image_id, identified.width, identified.height, png)
            submitted = _decide(connection, services.settings, wanted, new, describe)
    assert submitted is not None
    if submitted.outcome == "created":
        services.bell.ring(wanted.model_name)
    return submitted


def replayed(services: Services, tenant_id: str, key: str, fingerprint: str) -> Submitted | None:
    """The first answer under a key, for who would have to fetch an address to find out; ``None``: there is none.

    Raises:
        IdempotencyMismatch, IdempotencyConflict.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken in the job's own transaction
        answer = _first_answer(connection, tenant_id, key, fingerprint)
    return None if answer is None else Submitted("replayed", None, answer=answer)


def _decide(
    connection: Connection, settings: Settings, wanted: Wanted, new: NewJob, describe: Describe
) -> Submitted | None:
    """``None``: the picture itself must be stored first. The key is written in the same transaction as the job, so a
    crash leaves both or neither."""
    known = not new.recompute and layers.get(connection, new.tenant_id, new.decomposition_id) is not None
    if not known and wanted.cache == "only":
        raise NotCached(f"The decomposition {new.decomposition_id} is not known, and cache=only was asked for.")
    if not known and images.get(connection, new.tenant_id, new.image_id) is None:
        return None
    if wanted.key is not None:
        answer = _first_answer(connection, wanted.tenant_id, wanted.key, wanted.fingerprint)
        if answer is not None:
            return Submitted("replayed", None, answer=answer)
    submitted = _cached(connection, new) if known else _queued(connection, settings, new)
    if wanted.key is not None:
        idempotency.finish(connection, wanted.tenant_id, ROUTE, wanted.key, describe(submitted))
    return submitted


def _first_answer(connection: Connection, tenant_id: str, key: str, fingerprint: str) -> dict[str, Any] | None:
    """What was answered under this key, or ``None`` where this request is the first."""
    try:
        begun = idempotency.begin(connection, tenant_id, ROUTE, key, fingerprint)
    except idempotency.Mismatch as error:
        raise IdempotencyMismatch("This Idempotency-Key was used for another request.") from error
    except idempotency.InFlight as error:
        raise IdempotencyConflict("The first request with this Idempotency-Key is still under way.", 1) from error
    return begun.response if isinstance(begun, idempotency.Replay) else None


def _cached(connection: Connection, new: NewJob) -> Submitted:
    submitted = Submitted("cached", jobs.insert_cached(connection, new))
    counters.add(connection, "cache_hits", new.model_name)
    return submitted


def _queued(connection: Connection, settings: Settings, new: NewJob) -> Submitted:
    job, created = jobs.submit(connection, new)
    if created:
        _make_room(settings, jobs.load(connection, new.tenant_id))
    position = jobs.queue_position(connection, job) if job.status == "queued" else None
    return Submitted("created" if created else "joined", job, position)


def _make_room(settings: Settings, load: Load) -> None:
    """Back-pressure; the new job is counted already, and goes with the transaction when this raises."""
    if load.queued_for_tenant > settings.max_queued_per_tenant:
        raise QuotaExceeded(
            f"{load.queued_for_tenant - 1} of your jobs are waiting already.", _wait_s(load.queued_for_tenant, load)
        )
    if load.queued > settings.max_queued:
        raise QueueFull(f"{load.queued - 1} jobs are waiting already.", _wait_s(load.queued, load))


def _wait_s(depth: int, load: Load) -> int:
    """When about the queue will have moved on: depth × median run / live workers, 1 s to an hour."""
    run_s = load.median_run_s or 3.0
    return max(1, min(MAX_RETRY_AFTER_S, math.ceil(depth * run_s / max(1, load.live_workers))))


def _encoded(services: Services, wanted: Wanted) -> Path:
    target = wanted.upload.with_suffix(".png")
    to_png(services.pixels, services.settings, wanted.upload, target)
    return target


def _new_job(settings: Settings, wanted: Wanted, identified: Identified) -> NewJob:
    parameters = dataclasses.asdict(wanted.parameters)
    revision = settings.revision_of(wanted.model_name)
    return NewJob(
        tenant_id=wanted.tenant_id,
        model_name=wanted.model_name,
        model_revision=revision,
        parameters=parameters,
        image_id=identified.image_id,
        decomposition_id=decomposition_id(identified.image_id, wanted.model_name, revision, parameters),
        recompute=wanted.cache == "bypass",
        request_id=wanted.request_id,
    )
