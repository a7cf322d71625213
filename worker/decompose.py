"""One job, from the claim to its last state.

claim   the best waiting job of a model, or what is stored already
make    the layers, exact
keep    blobs, layers and the job's state in one transaction, if the job is still ours
"""

import hashlib
import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Engine

from app.settings import Settings
from app.store import blobs, counters, jobs, layers
from app.store.jobs import Job
from app.store.layers import Decomposition
from model.layers import Stack
from model.result import entry
from worker.endings import end, names, out_of_time, settle
from worker.gpu import Decomposers
from worker.heartbeat import Heartbeat
from worker.make import Made, finished, proposed
from worker.progress import Progress
from worker.watchdog import Watchdog

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What one worker process keeps from job to job.

    Attributes:
        engine: for claims and results.
        heartbeats: for heartbeats; its statements are given up after seconds.
        worker_id: names this process in the jobs it holds.
    """

    engine: Engine
    heartbeats: Engine
    settings: Settings
    decomposers: Decomposers
    worker_id: str


def run(runtime: Runtime, model_name: str) -> Job | None:
    """Claim the best waiting job of a model and bring it to an end; ``None`` when none was waiting."""
    started = time.perf_counter()
    job = _claim(runtime, model_name)
    if job is None or job.is_finished:
        return job
    with Heartbeat(runtime.heartbeats, runtime.settings, job) as heartbeat:
        try:
            with Watchdog(runtime.settings, partial(out_of_time, runtime.heartbeats, job)) as watchdog:
                progress = Progress(heartbeat, watchdog)
                made = finished(proposed(runtime.engine, runtime.decomposers, job, progress), progress)
                state = settle(runtime.engine, job, partial(_keep, job=job, made=made), "succeeded")
        except Exception as error:
            state = end(runtime.engine, job, error)
    seconds = round(time.perf_counter() - started, 3)
    _logger.info("an attempt ended", extra=names(job) | {"state": state, "seconds": seconds})
    return job


def _claim(runtime: Runtime, model_name: str) -> Job | None:
    settings = runtime.settings
    setup_s = 0.0 if runtime.decomposers.is_ready(model_name) else settings.setup_s
    with runtime.engine.begin() as connection:
        job = jobs.claim(
            connection,
            worker_id=runtime.worker_id,
            models=[model_name],
            lease_s=settings.lease_s,
            # The watchdog is first; this is for an attempt whose watchdog cannot run.
            deadline_s=settings.deadline_s + setup_s + settings.lease_s,
        )
        if job is None:
            return None
        if not job.recompute and layers.get(connection, job.tenant_id, job.decomposition_id) is not None:
            jobs.succeed(connection, job, {"decomposition_id": job.decomposition_id})
            counters.add(connection, "jobs_finished", "succeeded")
            return replace(job, state="succeeded")
        counters.add(connection, "model_calls", job.model_name)
        return job


def _keep(connection: Connection, job: Job, made: Made) -> None:
    result: dict[str, object] = {"decomposition_id": job.decomposition_id}
    hashes = [hashlib.sha256(png).hexdigest() for png in made.pngs]
    for _, png in sorted(zip(hashes, made.pngs, strict=True)):  # two that keep the same bytes must not cross
        blobs.put(connection, job.tenant_id, png, "image/png")
    if not layers.save(connection, _decomposition(job, made, hashes)) and job.recompute:
        stored = layers.get(connection, job.tenant_id, job.decomposition_id)
        result["identical"] = stored is not None and [layer["sha256"] for layer in stored.layers] == hashes
    jobs.succeed(connection, job, result)


def _decomposition(job: Job, made: Made, hashes: list[str]) -> Decomposition:
    stack = made.stack
    return Decomposition(
        id=job.decomposition_id,
        tenant_id=job.tenant_id,
        image_id=job.image_id,
        width=stack.width,
        height=stack.height,
        source_sha256=made.source_sha256,
        model_name=job.model_name,
        model_revision=job.model_revision,
        parameters=job.parameters,
        layers=[_manifest(stack, index, sha256) for index, sha256 in enumerate(hashes)],
        max_error=0,
        notes=dict(stack.notes),
        created_at=datetime.now(UTC),
    )


def _manifest(stack: Stack, index: int, sha256: str) -> dict[str, object]:
    return {**entry(stack, index), "opacity": 1.0, "blend": "normal", "sha256": sha256}
