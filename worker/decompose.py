"""One job, from the claim to its last state.

claim       the best waiting job of a model, or what is stored already
load        the picture
decompose   the model proposes a raw stack
refine      back to the picture's size, exact
encode      one PNG a layer, read back and composited: equal to the picture, or nothing is stored
keep        blobs, layers and the job's state in one transaction, if the job is still ours
"""

import hashlib
import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Engine

from app.settings import Settings
from app.store import blobs, counters, images, jobs, layers
from app.store.jobs import Job
from app.store.layers import Decomposition
from model import encode
from model.decomposers import OnProgress, Parameters
from model.errors import DecompositionFailed
from model.layers import Pixels, Stack
from model.refine import refine
from model.result import entry, exact_pngs
from worker.endings import end, names, out_of_time, settle
from worker.gpu import Decomposers
from worker.heartbeat import Heartbeat
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


@dataclass(frozen=True, slots=True)
class Made:
    """A decomposition whose PNGs were read back and found exact."""

    stack: Stack
    pngs: tuple[bytes, ...]
    source_sha256: str


def run(runtime: Runtime, model_name: str) -> Job | None:
    """Claim the best waiting job of a model and bring it to an end; ``None`` when none was waiting."""
    started = time.perf_counter()
    job = _claim(runtime, model_name)
    if job is None or job.is_finished:
        return job
    with Heartbeat(runtime.heartbeats, runtime.settings, job) as heartbeat:
        try:
            with Watchdog(runtime.settings, partial(out_of_time, runtime.heartbeats, job)) as watchdog:
                made = _make(runtime, job, Progress(heartbeat, watchdog))
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


def _make(runtime: Runtime, job: Job, progress: "Progress") -> Made:
    source_sha256, image = _load(runtime.engine, job)
    decomposer = runtime.decomposers.get(job.model_name)
    progress.set_up()
    parameters = Parameters(**job.parameters)
    raw = decomposer.decompose(image, parameters, progress.phase(0.0, 0.75))
    stack = refine(raw, image, parameters, progress.phase(0.75, 0.9))
    return Made(stack, exact_pngs(stack, image, progress.phase(0.9, 1.0)), source_sha256)


def _load(engine: Engine, job: Job) -> tuple[str, Pixels]:
    with engine.connect() as connection:
        source = images.get(connection, job.tenant_id, job.image_id)
        png = source and blobs.get(connection, job.tenant_id, source.sha256)
    if not source or not png:
        raise DecompositionFailed("The picture of this job was deleted.")
    return source.sha256, encode.decode_own(png)


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


class Progress:
    """Turns each step into the job's overall fraction, which never falls, and shows the watchdog that work goes on."""

    def __init__(self, heartbeat: Heartbeat, watchdog: Watchdog) -> None:
        self._heartbeat, self._watchdog = heartbeat, watchdog
        self._fraction = 0.0
        heartbeat.report("setup", 0, 1, 0.0)

    def set_up(self) -> None:
        self._watchdog.set_up()

    def phase(self, start: float, stop: float) -> OnProgress:
        """An ``on_progress`` whose steps fill the job's fraction from ``start`` to ``stop``."""

        def on_progress(stage: str, step: int, steps: int) -> None:
            self._watchdog.feed()
            share = min(1.0, step / max(1, steps))
            self._fraction = max(self._fraction, start + (stop - start) * share)
            self._heartbeat.report(stage, step, steps, round(self._fraction, 4))

        return on_progress
