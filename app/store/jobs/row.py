"""A job as a row is read, and as it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Function, Row, func

from app.store.tables import jobs

State: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled"]

CHANNEL = "lamina_jobs"
"""Postgres NOTIFY tells the id of each changed job here."""

ACTIVE = ("queued", "running")


class Fenced(Exception):
    """The job is no longer this attempt's: its lease ran out, it was canceled or ended. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Callback:
    """An address that is told of one job's end; ``target`` names whose it is, as no one is sent too much at once."""

    url: str
    target: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is asked for. ``recompute`` runs the model although the answer may be known, and is never joined.

    ``parent_id`` and ``parent_layer`` name the layer of a decomposition that is to be split, where it is not a picture.
    ``similar`` says of what looks the same and is known already, nearest first.
    """

    tenant_id: str
    model_name: str
    model_revision: str
    parameters: Mapping[str, object]
    image_id: str
    decomposition_id: str
    recompute: bool = False
    priority: int = 0
    request_id: str | None = None
    kind: str = "decomposition"
    parent_id: str | None = None
    parent_layer: int | None = None
    similar: Sequence[Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A row of ``jobs``; the columns are explained in ``app/store/tables/jobs.py``."""

    tenant_id: str
    id: str
    kind: str
    state: State
    model_name: str
    model_revision: str
    parameters: dict[str, Any]
    image_id: str
    decomposition_id: str
    parent_id: str | None
    parent_layer: int | None
    recompute: bool
    cached: bool
    priority: int
    run_at: datetime
    rung_at: datetime | None
    token: int
    attempt: int
    crashes: int
    worker_id: str | None
    lease_until: datetime | None
    deadline_at: datetime | None
    cancel_requested: bool
    stage: str | None
    step: int | None
    steps: int | None
    fraction: float | None
    progress_at: datetime | None
    version: int
    result: dict[str, Any] | None
    similar: list[dict[str, Any]] | None
    error: dict[str, Any] | None
    request_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def status(self) -> State:
        """What users are told: as ``state``, but a job that goes back to the queue stays ``running``."""
        return "running" if self.state == "queued" and self.attempt > 0 else self.state

    @property
    def is_finished(self) -> bool:
        return self.state not in ACTIVE


def read(row: Row[Any]) -> Job:
    """The job of a row that holds at least all columns of ``jobs``."""
    found = row._mapping
    return Job(**{column.name: found[column] for column in jobs.c})


def announced() -> Function[Any]:
    """Goes into a statement's RETURNING: tells listeners of each row it changed, when the transaction commits."""
    return func.pg_notify(CHANNEL, jobs.c.id)
