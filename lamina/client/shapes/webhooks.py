"""Webhooks and what was sent to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lamina.client.shapes.answer import Answer


@dataclass(frozen=True, kw_only=True)
class WebhookFields(Answer):
    """``events`` ``None``: it hears of all."""

    id: str
    url: str
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    created_at: datetime
    secret: str | None = field(default=None, repr=False)
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Secret:
    """``secret`` is ``whsec_`` and the key in base64; both sign until ``previous_until``, after a rotation."""

    secret: str = field(repr=False)
    previous_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request of a delivery; ``error`` ``None``: it succeeded."""

    n: int
    at: datetime
    status_code: int | None = None
    error: str | None = None
    duration_ms: int
    response_excerpt: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryFields(Answer):
    """``status`` is ``pending``, ``succeeded`` or ``failed``; ``webhook_id`` ``None``: to a job's own address."""

    id: str
    event: dict[str, Any]
    job_id: str | None = None
    webhook_id: str | None = None
    url: str
    status: str
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None
    urls: dict[str, Any]
