"""What users do with webhooks: make, change and try them, read what was sent, send it once more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from app.flow.errors import NotFound, TooManyWebhooks, WebhookDisabled
from app.flow.keyed import first_answer, keep_answer
from app.flow.services import Services
from app.flow.webhooks.body import event_body
from app.store import webhook_log, webhook_outbox, webhooks
from app.store.webhook_log import Delivery
from app.store.webhooks import Webhook

MOST = 50
"""Webhooks of a tenant."""


@dataclass(frozen=True, slots=True)
class WantedWebhook:
    """``url`` was checked; ``events`` of ``None`` are all. ``key`` and the rest are of the Idempotency-Key."""

    tenant_id: str
    url: str
    events: Sequence[str] | None
    description: str | None
    route: str
    key: str | None
    fingerprint: str


def create(
    services: Services, wanted: WantedWebhook, describe: Callable[[Webhook], dict[str, Any]]
) -> Webhook | dict[str, Any]:
    """A new webhook, or what was answered first under the same key.

    Raises:
        TooManyWebhooks: the tenant has ``MOST``.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.begin() as connection:
        answer = first_answer(connection, wanted)
        if answer is not None:
            return answer
        if webhooks.count(connection, wanted.tenant_id) >= MOST:
            raise TooManyWebhooks(f"There are {MOST} webhooks already; that is all there may be.")
        created = webhooks.create(connection, wanted.tenant_id, wanted.url, wanted.events, wanted.description)
        keep_answer(connection, wanted, lambda: describe(created))
    return created


def find(connection: Connection, tenant_id: str, webhook_id: str) -> Webhook:
    """Raises ``NotFound``."""
    return found(webhooks.get(connection, tenant_id, webhook_id), webhook_id)


def found(webhook: Webhook | None, webhook_id: str) -> Webhook:
    """Raises ``NotFound`` for ``None``."""
    if webhook is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return webhook


def test(services: Services, tenant_id: str, webhook_id: str) -> Delivery:
    """Send ``webhook.test``, whatever events the webhook hears of.

    Raises:
        NotFound: there is no such webhook.
        WebhookDisabled: nothing is sent to it.
    """
    now = datetime.now(UTC)
    data = {"webhook_id": webhook_id, "message": "This is a test; nothing has happened."}
    body = event_body(webhook_outbox.TEST, now, data)
    with services.engine.begin() as connection:
        webhook = find(connection, tenant_id, webhook_id)
        if not webhook.enabled:
            raise _disabled(webhook_id)
        event_id = f"evt_{uuid4().hex}"
        delivery_id = webhook_outbox.put(connection, tenant_id, webhook_id, webhook_outbox.TEST, body, event_id)
        delivery = webhook_log.get(connection, tenant_id, delivery_id)
    assert delivery is not None
    return delivery


def find_delivery(connection: Connection, tenant_id: str, delivery_id: str, webhook_id: str | None = None) -> Delivery:
    """Raises ``NotFound``; ``webhook_id`` of ``None`` is any, or none."""
    delivery = webhook_log.get(connection, tenant_id, delivery_id, webhook_id)
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    return delivery


def replay(services: Services, tenant_id: str, delivery_id: str, webhook_id: str | None = None) -> Delivery:
    """Send it once more, at once, under the same ``webhook-id``.

    Raises:
        NotFound: there is no such delivery.
        WebhookDisabled: nothing is sent to its webhook.
    """
    with services.engine.begin() as connection:
        outcome = webhook_log.replay(connection, tenant_id, delivery_id, webhook_id)
        if outcome == "missing":
            raise NotFound(f"There is no delivery {delivery_id}.")
        delivery = find_delivery(connection, tenant_id, delivery_id)
        if outcome == "disabled":
            raise _disabled(str(delivery.webhook_id))
    return delivery


def _disabled(webhook_id: str) -> WebhookDisabled:
    return WebhookDisabled(f"The webhook {webhook_id} is disabled; nothing is sent to it.")
