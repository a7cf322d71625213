"""Keeps the lease of the job at hand: carries progress to Postgres and brings the wish to cancel back."""

import logging
import threading
import time
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.settings import Settings
from app.store import jobs
from app.store.jobs import Fenced, Job
from model.errors import Canceled

PROGRESS_EVERY_S = 0.2
TRY_AGAIN_S = 1.0

_logger = logging.getLogger(__name__)

_Progress = tuple[str, int, int, float]


class Heartbeat:
    """A thread that beats for one job, so that the model neither waits for the database nor must think of it.

    Progress is written five times a second at most, and counts as a beat.
    """

    def __init__(self, engine: Engine, settings: Settings, job: Job) -> None:
        self._engine, self._settings, self._job = engine, settings, job
        self._changed = threading.Condition()
        self._latest: _Progress | None = None
        self._over = False
        self._stop_with: Canceled | Fenced | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()

    def report(self, stage: str, step: int, steps: int, fraction: float) -> None:
        """Note how far the job is; returns at once.

        Raises:
            Canceled: somebody asked for it.
            Fenced: the job is no longer ours, so going on is of no use.
        """
        if self._stop_with is not None:
            raise self._stop_with
        with self._changed:
            if self._latest is None:
                self._changed.notify()
            self._latest = (stage, step, steps, fraction)

    def _run(self) -> None:
        now = time.monotonic()
        beat_at, show_at = now + self._settings.heartbeat_s, now + PROGRESS_EVERY_S
        while self._wait(beat_at, show_at):
            beating = time.monotonic() >= beat_at
            if not self._write(beating):
                beat_at = show_at = time.monotonic() + TRY_AGAIN_S
            elif isinstance(self._stop_with, Fenced):
                return  # a canceled job is ours until it has stopped, which a long step may delay
            else:
                show_at = time.monotonic() + PROGRESS_EVERY_S
                beat_at = time.monotonic() + self._settings.heartbeat_s if beating else beat_at

    def _wait(self, beat_at: float, show_at: float) -> bool:
        """Until there is something to write; false when the job is over."""
        with self._changed:
            while not self._over:
                due = beat_at if self._latest is None else min(beat_at, show_at)
                if due <= time.monotonic():
                    return True
                self._changed.wait(due - time.monotonic())
            return False

    def _write(self, beating: bool) -> bool:
        """Whether the database took it; what stands in the way of going on is left in ``_stop_with``."""
        with self._changed:
            progress, self._latest = self._latest, None
        cancel = False
        try:
            with self._engine.begin() as connection:
                if beating:
                    cancel = jobs.heartbeat(connection, self._job, self._settings.lease_s)
                if progress is not None:
                    cancel = jobs.progress(connection, self._job, *progress)
        except Fenced as fenced:
            self._stop_with = fenced
        except SQLAlchemyError as error:
            _logger.warning("a heartbeat was lost: %s", error, extra={"job_id": self._job.id})
            return False
        else:
            if cancel:
                self._stop_with = Canceled("Canceled on request.")
        return True
