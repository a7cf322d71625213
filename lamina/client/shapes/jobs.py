"""Jobs, and how far they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lamina.client.problems import JobEnded, Problem
from lamina.client.shapes.answer import Answer

FINISHED = frozenset({"succeeded", "failed", "canceled"})


@dataclass(frozen=True, kw_only=True)
class Progress:
    """``fraction``, 0 to 1, is of the whole job."""

    fraction: float = 0.0
    stage: str | None = None
    step: int | None = None
    steps: int | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows of a batch; the rest are still to be drawn, or were canceled."""

    total: int
    succeeded: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A known decomposition of a picture that looks the same; ``distance`` 0 is no difference that can be seen."""

    decomposition_id: str
    distance: float
    width: int
    height: int
    model: str
    same_request: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class JobFields(Answer):
    """One run of work, as it was when it was asked about: ``queued``, ``running``, ``succeeded``, ``failed`` or
    ``canceled``; ``queue_position`` 1 is next."""

    id: str
    kind: str
    status: str
    progress: Progress = Progress()
    queue_position: int | None = None
    cached: bool
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int
    counts: Counts | None = None
    result: dict[str, Any] | None = None
    similar: tuple[Similar, ...] = ()
    urls: dict[str, Any]

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def decomposition_id(self) -> str | None:
        """Of what it made, once it has succeeded."""
        found = (self.result or {}).get("decomposition_id")
        return None if found is None else str(found)

    @property
    def error(self) -> Problem | None:
        """Why there is no result, where the job ended without one."""
        if self.status not in FINISHED or self.status == "succeeded":
            return None
        said = {"title": f"The job was {self.status}.", "code": self.status}
        return JobEnded(self.raw.get("error") or said, self)
