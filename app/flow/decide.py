"""Something is to be taken apart: is its decomposition known, is it being made, or must somebody make it?

One transaction decides, for a picture (``app/flow/submit.py``) and for a layer (``app/flow/split.py``) alike.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection

from app.flow.errors import (
    NotCached,
    QueueFull,
    QuotaExceeded,
    invalid_field,
)
from app.flow.keyed import first_answer, keep_answer
from app.flow.similar import Similar
from app.settings import Settings
from app.store import counters, images, jobs, layers
from app.store.jobs import Callback, Job, Load, NewJob
from model.decomposers import NAMES, Parameters
from model.errors import ModelUnavailable

Outcome: TypeAlias = Literal["created", "joined", "cached", "replayed"]
MAX_RETRY_AFTER_S = 3600


@dataclass(frozen=True, slots=True)
class Terms:
    """On which somebody asks. ``key`` is the Idempotency-Key, ``fingerprint`` what was asked under it at this
    ``route``, ``callback`` an address to be told of the end."""

    tenant_id: str
    parameters: Parameters
    cache: Literal["use", "bypass", "only", "similar"]
    request_id: str
    route: str
    key: str | None = None
    fingerprint: str = ""
    callback: Callback | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of it; ``job`` is ``None`` for a replayed ``answer`` only. ``queue_position`` is 1 for the next."""

    outcome: Outcome
    job: Job | None
    queue_position: int | None = None
    answer: dict[str, Any] | None = None  # the first answer, when it is replayed


Describe: TypeAlias = Callable[[Submitted], dict[str, Any]]
"""The HTTP answer of a submission, kept under its Idempotency-Key."""


def must_be_offered(settings: Settings, model_name: str) -> None:
    """Raises ``ModelUnavailable`` for a model that is not offered here."""
    if model_name not in settings.models:
        offered = ", ".join(settings.models)
        raise ModelUnavailable(f"The model {model_name!r} is not offered here; offered are {offered}.")


def must_be_told_what(model_name: str, parameters: Parameters) -> None:
    """Raises ``InvalidRequest`` where a model needs a prompt and has none."""
    if NAMES[model_name].needs_prompt and not (parameters.prompt or "").strip():
        raise invalid_field("/prompt", f"The model {model_name} takes out the one thing that prompt names: name one.")


def decide(
    connection: Connection,
    settings: Settings,
    terms: Terms,
    new: NewJob,
    describe: Describe,
    similar: Sequence[Similar] | None = (),
) -> Submitted | None:
    """``None``: it is not known, and either the picture itself must be stored first, or ``similar`` is ``None``: nobody
    has looked yet for what looks the same. The key is written in the same transaction as the job, so a crash leaves
    both or neither.

    Raises:
        NotCached: ``cache="only"`` and unknown.
        QuotaExceeded, QueueFull: too much is waiting.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    known = not new.recompute and layers.get(connection, new.tenant_id, new.decomposition_id) is not None
    if not known and terms.cache == "only":
        raise NotCached(f"The decomposition {new.decomposition_id} is not known, and cache=only was asked for.")
    if not known and similar is None:
        return None
    used = None if known or terms.cache != "similar" else _usable(connection, new, similar or ())
    if not known and used is None and images.get(connection, new.tenant_id, new.image_id) is None:
        return None
    answer = first_answer(connection, terms)
    if answer is not None:
        return Submitted("replayed", None, answer=answer)
    if known:
        submitted = _cached(connection, new, terms)
    else:
        told = replace(new, similar=[one.told() for one in similar or ()] or None)
        submitted = _queued(connection, settings, told, terms) if used is None else _like(connection, told, terms, used)
    keep_answer(connection, terms, lambda: describe(submitted))
    return submitted


def _cached(connection: Connection, new: NewJob, terms: Terms) -> Submitted:
    submitted = Submitted("cached", jobs.insert_cached(connection, new, terms.callback))
    counters.add(connection, "cache_hits", new.model_name)
    return submitted


def _usable(connection: Connection, new: NewJob, similar: Sequence[Similar]) -> Similar | None:
    """The nearest that is what was asked for, if it is still there."""
    asked = (one for one in similar if one.same_request)
    return next((one for one in asked if layers.get(connection, new.tenant_id, one.decomposition_id)), None)


def _like(connection: Connection, new: NewJob, terms: Terms, used: Similar) -> Submitted:
    """The job of the picture that looks the same: nothing of the new one is kept."""
    known = replace(new, image_id=used.image_id, decomposition_id=used.decomposition_id)
    found = {"similar": {"distance": used.distance, "width": used.width, "height": used.height}}
    submitted = Submitted("cached", jobs.insert_cached(connection, known, terms.callback, found))
    counters.add(connection, "cache_hits", new.model_name)
    return submitted


def _queued(connection: Connection, settings: Settings, new: NewJob, terms: Terms) -> Submitted:
    job, created = jobs.submit(connection, new, terms.callback)
    if created:
        make_room(settings, jobs.load(connection, new.tenant_id))
    position = jobs.queue_position(connection, job) if job.status == "queued" else None
    return Submitted("created" if created else "joined", job, position)


def make_room(settings: Settings, load: Load) -> None:
    """Back-pressure; the new job is counted already, and goes with the transaction when this raises."""
    if load.queued_for_tenant > settings.max_queued_per_tenant:
        raise QuotaExceeded(
            f"{load.queued_for_tenant - 1} of your jobs are waiting already.", wait_s(load.queued_for_tenant, load)
        )
    if load.queued > settings.max_queued:
        raise QueueFull(f"{load.queued - 1} jobs are waiting already.", wait_s(load.queued, load))


def wait_s(depth: int, load: Load) -> int:
    """When about the queue will have moved on: depth × median run / live workers, 1 s to an hour."""
    run_s = load.median_run_s or 3.0
    return max(1, min(MAX_RETRY_AFTER_S, math.ceil(depth * run_s / max(1, load.live_workers))))
