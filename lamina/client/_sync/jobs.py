# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Jobs: how far they are, their end, and stopping them."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lamina.client._sync.batches import Row, rows_of
from lamina.client._sync.files import saved
from lamina.client._sync.service import Service
from lamina.client.events import EventLines
from lamina.client.problems import LaminaError, TimedOut
from lamina.client.reading import read
from lamina.client.request import Request, get, path
from lamina.client.shapes import JobFields, Raw

if TYPE_CHECKING:
    from lamina.client._sync.decompositions import Decomposition

_POLL_S = 20.0
_VAIN_STREAMS = 2  # after so many without an event only polls are used: something on the way holds them back


@dataclass(frozen=True, kw_only=True)
class Job(JobFields):
    """One run of work, as it was when it was asked about."""

    service: Service = field(repr=False, compare=False)

    @classmethod
    def of(cls, service: Service, raw: Raw) -> "Job":
        return read(cls, raw, service=service)

    def refresh(self) -> "Job":
        """As it is now."""
        return self.of(self.service, self.service.json(get(self.urls["self"])))

    def follow(self, *, timeout_s: float | None = None) -> Generator["Job"]:
        """Every state from this one to the last: by server-sent events, which are resumed when they break off, and by
        polls that wait where there are none.

        Raises:
            TimedOut: it takes longer than ``timeout_s``; the job goes on.
        """
        until = None if timeout_s is None else time.monotonic() + timeout_s
        job, feed, polls, vain = self, EventLines(), _Polls(self), 0
        yield job
        while not job.is_finished:
            if vain < _VAIN_STREAMS and until is None:  # a read of events cannot be told when to end
                vain += 1
                with closing(self.service.events(self.urls["events"], feed)) as events:
                    for event in events:
                        job, vain = self.of(self.service, loads(event.data)), 0
                        yield job
            if not job.is_finished:
                changed = polls.next(until)
                if changed is not None:
                    job = changed
                    yield job

    def wait(
        self,
        *,
        timeout_s: float | None = None,
        on_progress: Callable[["Job"], Any] | None = None,
        cancel_on_interrupt: bool = False,
    ) -> "Job":
        """The job when it has succeeded.

        Args:
            timeout_s: of all the waiting; for ever where it is not given.
            on_progress: called with every state, from now to the last.
            cancel_on_interrupt: Ctrl-C (or a cancelled task) cancels the job too. One that others asked for as well is
                canceled for all of them.

        Raises:
            JobEnded: it failed, or was canceled.
            TimedOut: it goes on.
        """
        job = self
        try:
            with closing(self.follow(timeout_s=timeout_s)) as states:
                for job in states:
                    if on_progress is not None:
                        on_progress(job)
        except BaseException as error:
            if cancel_on_interrupt and not isinstance(error, Exception):
                with suppress(LaminaError):  # it has ended meanwhile, or nobody answers
                    self.cancel()
            raise
        if job.error is not None:
            raise job.error
        return job

    def cancel(self) -> "Job":
        """Stop it: at once where it waits, at the model's next step where it runs.

        Raises:
            Problem: ``job-already-finished``.
        """
        asked = Request("POST", self.urls["cancel"], repeatable=False)
        return self.of(self.service, self.service.json(asked))

    def rows(self, *, status: str | None = None) -> Generator[Row]:
        """What came of each row of a batch so far, in their order; only those that are ``succeeded``, ``failed``, …

        Raises:
            ValueError: it is no batch.
        """
        if not self.urls.get("rows"):
            raise ValueError(f"The job {self.id} is no batch.")
        with closing(rows_of(self.service, self.urls["rows"], status)) as rows:
            for row in rows:
                yield row

    def save_zip(self, to: str | os.PathLike[str]) -> Path:
        """The pictures of a batch that has ended, and ``rows.ndjson``.

        Raises:
            Problem: it has not ended, or has no picture.
        """
        return (saved(self.service, get(path("jobs", self.id, "result.zip")), to))[0]

    def decomposition(self) -> "Decomposition":
        """What it made.

        Raises:
            JobEnded: it failed, or was canceled.
            ValueError: it has not ended, or makes something else.
        """
        from lamina.client._sync.decompositions import Decompositions

        if self.error is not None:
            raise self.error
        if self.decomposition_id is None:
            raise ValueError(f"The job {self.id} is {self.status} and has no decomposition.")
        return Decompositions(self.service).get(self.decomposition_id)


class _Polls:
    """Asks again and again, each answer as soon as something has changed."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._patience_s = job.service.where.timeout_s / 2
        self._tag: str | None = None

    def next(self, until: float | None) -> Job | None:
        """The state, at once the first time; ``None`` where it has not changed for a while."""
        left = _POLL_S if until is None else until - time.monotonic()
        if left <= 0:
            raise TimedOut(f"The job {self._job.id} takes longer; it goes on.")
        asked = get(self._job.urls["self"])
        if self._tag is not None:
            asked = replace(
                asked,
                query={"wait": f"{min(left, _POLL_S, self._patience_s):.3f}"},
                headers={"If-None-Match": self._tag},
            )
        answer = self._job.service.send(asked)
        self._tag = answer.headers.get("etag")
        return None if answer.status_code == 304 else Job.of(self._job.service, answer.json())


@dataclass(frozen=True, slots=True)
class Jobs:
    """``client.jobs``."""

    service: Service

    def get(self, job_id: str) -> Job:
        return Job.of(self.service, self.service.json(get(path("jobs", job_id))))

    def list(self, *, status: str | None = None) -> Generator[Job]:
        """All of them, newest first, fetched in pages."""
        with closing(self.service.listed(get("/v1/jobs", status=status, limit=100), "jobs")) as found:
            for raw in found:
                yield Job.of(self.service, raw)
