"""One job, from the claim to its last state.

claim   the best waiting job of a model, or what is stored already
make    the layers, exact
keep    blobs, layers and the job's state in one transaction, if the job is still ours

A model that runs on a GPU is needed for the first part of the making only (``worker/make.py``); the rest, and the
keeping, is then left to the finisher's thread, and the next job is claimed meanwhile.
"""

import hashlib
from contextlib import ExitStack
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
from worker.attempt import Attempt
from worker.finisher import Finisher
from worker.gpu import Decomposers
from worker.make import Made, Proposal, finished, proposed


@dataclass(frozen=True, slots=True)
class Runtime:
    """What one worker process keeps from job to job.

    Attributes:
        engine: for claims and results.
        heartbeats: for heartbeats; its statements are given up after seconds.
        worker_id: names this process in the jobs it holds.
        finisher: where jobs for a GPU are finished; ``None`` finishes each where it was begun.
    """

    engine: Engine
    heartbeats: Engine
    settings: Settings
    decomposers: Decomposers
    worker_id: str
    finisher: Finisher | None = None


def run(runtime: Runtime, model_name: str) -> Job | None:
    """Claim the best waiting job of a model and bring it to an end; ``None`` when none was waiting.

    Where the runtime has a finisher and the model is one for a GPU, this returns as soon as the GPU is free again.
    """
    job = _claim(runtime, model_name)
    if job is None or job.is_finished:
        return job
    finisher = runtime.finisher
    with ExitStack() as here:
        attempt = here.enter_context(Attempt(runtime.engine, runtime.heartbeats, runtime.settings, job))
        if finisher and job.crashes:  # it may be what ends processes, so it has this one for itself
            with attempt.waiting():
                finisher.wait()
        proposal = proposed(runtime.engine, runtime.decomposers, job, attempt.progress)
        if finisher and not job.crashes and runtime.decomposers.is_on_gpu(model_name):
            with attempt.waiting():
                finisher.wait()
            finisher.start(partial(_finish_there, runtime, job, attempt, proposal))
            here.pop_all()  # it is the other thread's now
        else:
            _finish(runtime, job, attempt, proposal)
    return job


def _finish_there(runtime: Runtime, job: Job, attempt: Attempt, proposal: Proposal) -> None:
    with ExitStack() as here:
        here.push(attempt)
        _finish(runtime, job, attempt, proposal)


def _finish(runtime: Runtime, job: Job, attempt: Attempt, proposal: Proposal) -> None:
    made = finished(proposal, attempt.progress)
    attempt.succeed(partial(_keep, job=job, made=made))


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
        parent=made.parent,
        created_at=datetime.now(UTC),
    )


def _manifest(stack: Stack, index: int, sha256: str) -> dict[str, object]:
    return {**entry(stack, index), "opacity": 1.0, "blend": "normal", "sha256": sha256}
