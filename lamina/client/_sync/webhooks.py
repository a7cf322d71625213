# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Webhooks: addresses that are told when jobs end."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from lamina.client._sync.service import Service
from lamina.client.reading import read
from lamina.client.request import Request, get, path, post
from lamina.client.shapes import DeliveryFields, Raw, Secret, WebhookFields


@dataclass(frozen=True, kw_only=True)
class Delivery(DeliveryFields):
    """An event on its way to one address, as it was when it was asked about."""

    service: Service = field(repr=False, compare=False)

    def refresh(self) -> "Delivery":
        """As it is now."""
        return read(Delivery, self.service.json(get(self.urls["self"])), service=self.service)

    def replay(self) -> "Delivery":
        """Sent once more, under the same id."""
        asked = Request("POST", self.urls["replay"], repeatable=False)
        return read(Delivery, self.service.json(asked), service=self.service)


@dataclass(frozen=True, kw_only=True)
class Webhook(WebhookFields):
    """An address that is told. ``secret`` is there where it was made just now."""

    service: Service = field(repr=False, compare=False)

    @classmethod
    def of(cls, service: Service, raw: Raw) -> "Webhook":
        return read(cls, raw, service=service)

    def change(self, **fields: Any) -> "Webhook":
        """``url``, ``events``, ``description`` or ``enabled``; what is not named stays."""
        asked = Request("PATCH", self.urls["self"], json=fields)
        return self.of(self.service, self.service.json(asked))

    def delete(self) -> None:
        """It is gone, with its log."""
        self.service.send(Request("DELETE", self.urls["self"]))

    def get_secret(self) -> Secret:
        """What signs what it is sent."""
        return read(Secret, self.service.json(get(self.urls["secret"])))

    def rotate(self) -> Secret:
        """A new secret; for a day everything is signed with both."""
        return read(Secret, self.service.json(Request("POST", self.urls["rotate"], repeatable=False)))

    def test(self) -> Delivery:
        """Send ``webhook.test``."""
        asked = Request("POST", self.urls["test"], repeatable=False)
        return read(Delivery, self.service.json(asked), service=self.service)

    def deliveries(self, *, status: str | None = None, job_id: str | None = None) -> Generator[Delivery]:
        """What it was sent, newest first."""
        asked = get(self.urls["deliveries"], status=status, job_id=job_id, limit=100)
        with closing(self.service.listed(asked, "deliveries")) as found:
            for raw in found:
                yield read(Delivery, raw, service=self.service)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """``client.webhooks``."""

    service: Service

    def create(self, url: str, *, events: Sequence[str] | None = None, description: str | None = None) -> Webhook:
        """Tell an address of all ``events``, or of some: ``job.succeeded``, ``job.failed``, ``job.canceled``."""
        told = None if events is None else [*events]
        asked = post("/v1/webhooks", {"url": url, "events": told, "description": description})
        return Webhook.of(self.service, self.service.json(asked))

    def get(self, webhook_id: str) -> Webhook:
        return Webhook.of(self.service, self.service.json(get(path("webhooks", webhook_id))))

    def list(self) -> Generator[Webhook]:
        """All of them, newest first, fetched in pages."""
        with closing(self.service.listed(get("/v1/webhooks", limit=100), "webhooks")) as found:
            for raw in found:
                yield Webhook.of(self.service, raw)

    def get_secret(self) -> Secret:
        """What signs what goes to the ``webhook_url`` of single jobs."""
        return read(Secret, self.service.json(get("/v1/webhooks/secret")))

    def deliveries(self, *, status: str | None = None, job_id: str | None = None) -> Generator[Delivery]:
        """What was sent to any address, newest first."""
        asked = get("/v1/webhooks/deliveries", status=status, job_id=job_id, limit=100)
        with closing(self.service.listed(asked, "deliveries")) as found:
            for raw in found:
                yield read(Delivery, raw, service=self.service)
