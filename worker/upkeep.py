"""What a worker's main process does besides taking messages, from one thread, whatever its child is at.

Each round: say that the worker lives; give back the jobs of dead children; end children that stopped beating; requeue
jobs whose lease ran out; ring again for jobs nobody came for. Each minute: collect blobs, forget old keys, jobs and
workers. A round that fails because Postgres or Redis is away is logged, and the next one comes.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import asdict

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.enqueue import Bell, served
from app.settings import Settings
from app.store import blobs, counters, idempotency, jobs, leases, webhook_log, workers
from app.store.jobs import Swept
from app.store.leases import Held
from worker.batch_upkeep import BatchUpkeep
from worker.own_child import is_alive, kill, pid_of

RING_LIMIT = 200
COLLECT_EVERY_S = 60.0
COLLECT_LIMIT = 500
JOBS_KEPT_S = 30 * 86_400.0
"""Jobs that ended are forgotten after so long, and what was sent of them; the layers stay."""
WORKERS_KEPT_S = 86_400.0
NOTHING = Swept(0, 0, 0)

_logger = logging.getLogger(__name__)


class Upkeep:
    """The thread and its clocks; ``start`` once, ``drain`` when the worker is told to stop, ``stop`` at its end."""

    def __init__(self, settings: Settings, engine: Engine, bell: Bell, worker_id: str) -> None:
        self._settings, self._engine, self._bell, self._worker_id = settings, engine, bell, worker_id
        self._served = served(settings)
        self._rows = BatchUpkeep(settings, engine, worker_id)
        self._stopping, self._draining = threading.Event(), threading.Event()
        self._drained_at = float("inf")
        self._patient_until = 0.0
        self._collect_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def drain(self) -> None:
        """The worker takes no more messages; in ``drain_s`` the job at hand goes back to the queue."""
        self._drained_at = time.monotonic() + self._settings.drain_s
        self._draining.set()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5.0)
        self._bell.close()

    def _run(self) -> None:
        while not self._stopping.wait(self._pause_s()):
            try:
                self._round()
            except SQLAlchemyError as error:
                # Heartbeats failed as well: after the outage they get one lease to come back before any job is lost.
                self._patient_until = time.monotonic() + self._settings.lease_s
                _logger.warning("the upkeep could not reach the database: %s", error)
            except Exception:
                _logger.exception("a round of upkeep failed")
        self._say_goodbye()

    def _pause_s(self) -> float:
        if self._draining.is_set():
            return max(0.05, min(self._settings.sweep_s, self._drained_at - time.monotonic()))
        return self._settings.sweep_s

    def _round(self) -> None:
        with self._engine.begin() as connection:
            if not self._draining.is_set():
                workers.seen(connection, self._worker_id, list(self._served))
            held = leases.held(connection, self._worker_id)
        for lease in held:
            self._look_after(lease)
        self._look_after_rows()
        if time.monotonic() >= self._patient_until:
            self._sweep()
        if time.monotonic() >= self._collect_at:
            self._collect_at = time.monotonic() + COLLECT_EVERY_S
            self._collect()

    def _look_after(self, lease: Held) -> None:
        child_pid = pid_of(lease.worker_id)
        told = {"job_id": lease.job_id, "pid": child_pid}
        dead = not is_alive(child_pid)
        # Celery ends its children at about the same moment; that is no crash either.
        if time.monotonic() >= self._drained_at or (dead and self._draining.is_set()):
            with self._engine.begin() as connection:
                leases.hand_back(connection, lease)
            kill(child_pid)
            _logger.info("a stopping worker handed its job back", extra=told)
        elif dead:
            with self._engine.begin() as connection:
                leases.end(connection, lease)
            _logger.warning("a child died with its job", extra=told)
        elif lease.expired and time.monotonic() >= self._patient_until:
            kill(child_pid)
            _logger.error("a child that did not beat was ended", extra=told)

    def _look_after_rows(self) -> None:
        now = time.monotonic()
        self._rows.look_after(
            draining=self._draining.is_set(), drained=now >= self._drained_at, patient=now < self._patient_until
        )

    def _sweep(self) -> None:
        settings = self._settings
        with self._engine.begin() as connection:
            if not leases.lock_sweep(connection):
                return  # another worker is at it
            swept = jobs.requeue_lost(connection, max_crashes=settings.max_crashes)
            for state, count in (("failed", swept.failed), ("canceled", swept.canceled)):
                if count:
                    counters.add(connection, "jobs_finished", state, count)
        if swept != NOTHING:
            _logger.warning("lost jobs were found", extra=asdict(swept))
        self._rows.sweep()
        self._ring_again(0.0 if swept.requeued else settings.ring_again_s)

    def _ring_again(self, older_than_s: float) -> None:
        """Ring for jobs that nobody came for, no more often than messages are missing: a long queue stays one message
        a job, however often it is swept."""
        waiting = {model: self._bell.waiting(model) for model in self._served}
        rung: Counter[str] = Counter()
        with self._engine.begin() as connection:
            answering = [model for model, count in waiting.items() if count is not None]
            for tenant_id, job_id, model in jobs.unrung(connection, answering, older_than_s, RING_LIMIT):
                jobs.mark_rung(connection, tenant_id, job_id)
                rung[model] += 1
        # Only now: a claim passes over rows that a transaction is still changing.
        for model, count in rung.items():
            for _ in range(count - (waiting[model] or 0)):
                self._bell.ring(model)

    def _collect(self) -> None:
        self._rows.purge(JOBS_KEPT_S)
        with self._engine.begin() as connection:
            blobs.collect(connection, self._settings.blob_grace_s, COLLECT_LIMIT)
            idempotency.purge(connection, self._settings.idempotency_s)
            jobs.purge(connection, JOBS_KEPT_S)
            webhook_log.purge(connection, JOBS_KEPT_S)
            workers.purge(connection, WORKERS_KEPT_S)

    def _say_goodbye(self) -> None:
        try:
            with self._engine.begin() as connection:
                held = leases.held(connection, self._worker_id)
                workers.gone(connection, self._worker_id)
            for lease in held:
                self._look_after(lease)
            self._look_after_rows()
        except SQLAlchemyError as error:
            _logger.warning("the worker could not say goodbye: %s", error)
