"""A claimed job, from its claim to its end, whichever threads are at it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import TracebackType

from sqlalchemy import Connection, Engine

from app.settings import Settings
from app.store.jobs import Job
from worker.endings import end, names, out_of_time, settle
from worker.heartbeat import Heartbeat
from worker.progress import Progress
from worker.watchdog import Watchdog

_logger = logging.getLogger(__name__)


class Attempt:
    """Inside the ``with`` the job's lease is kept and its clocks run; what is raised there becomes the job's end.

    It may be entered by one thread and left by another (``ExitStack.push``), and has one ``progress`` for both.
    """

    def __init__(self, engine: Engine, heartbeats: Engine, settings: Settings, job: Job) -> None:
        self._engine, self._job = engine, job
        self._started = time.perf_counter()
        self._state = "running"
        self._heartbeat = Heartbeat(heartbeats, settings, job)
        self._watchdog = Watchdog(settings, partial(out_of_time, heartbeats, job))
        self.progress = Progress(self._heartbeat, self._watchdog)

    def __enter__(self) -> "Attempt":
        with ExitStack() as starting:
            starting.enter_context(self._heartbeat)
            starting.enter_context(self._watchdog)
            starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._watchdog.__exit__(kind, error, trace)
        try:
            if isinstance(error, Exception):
                self._state = end(self._engine, self._job, error)
        finally:
            self._heartbeat.__exit__(kind, error, trace)
        if error is not None and not isinstance(error, Exception):
            return False  # the process was told to end; the lease runs out
        seconds = round(time.perf_counter() - self._started, 3)
        _logger.info("an attempt ended", extra=names(self._job) | {"state": self._state, "seconds": seconds})
        return True

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While this lasts it is another job's turn, and the lack of progress is not held against this one."""
        self._watchdog.excuse()
        yield
        self._watchdog.feed()

    def succeed(self, write: Callable[[Connection], None]) -> None:
        """``write`` all that is kept, in one transaction.

        Raises:
            Fenced: the job is no longer ours; nothing was written.
            SQLAlchemyError: the database stayed away.
        """
        self._state = settle(self._engine, self._job, write, "succeeded")
