"""Webhooks: addresses that are told when jobs end."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from lamina.client._async.service import AsyncService
from lamina.client.reading import read
from lamina.client.request import Request, get, path, post
from lamina.client.shapes import DeliveryFields, Raw, Secret, WebhookFields


@dataclass(frozen=True, kw_only=True)
class AsyncDelivery(DeliveryFields):
    """An event on its way to one address, as it was when it was asked about."""

    service: AsyncService = field(repr=False, compare=False)

    async def refresh(self) -> "AsyncDelivery":
        """As it is now."""
        return read(AsyncDelivery, await self.service.json(get(self.urls["self"])), service=self.service)

    async def replay(self) -> "AsyncDelivery":
        """Sent once more, under the same id."""
        asked = Request("POST", self.urls["replay"], repeatable=False)
        return read(AsyncDelivery, await self.service.json(asked), service=self.service)


@dataclass(frozen=True, kw_only=True)
class AsyncWebhook(WebhookFields):
    """An address that is told. ``secret`` is there where it was made just now."""

    service: AsyncService = field(repr=False, compare=False)

    @classmethod
    def of(cls, service: AsyncService, raw: Raw) -> "AsyncWebhook":
        return read(cls, raw, service=service)

    async def change(self, **fields: Any) -> "AsyncWebhook":
        """``url``, ``events``, ``description`` or ``enabled``; what is not named stays."""
        asked = Request("PATCH", self.urls["self"], json=fields)
        return self.of(self.service, await self.service.json(asked))

    async def delete(self) -> None:
        """It is gone, with its log."""
        await self.service.send(Request("DELETE", self.urls["self"]))

    async def get_secret(self) -> Secret:
        """What signs what it is sent."""
        return read(Secret, await self.service.json(get(self.urls["secret"])))

    async def rotate(self) -> Secret:
        """A new secret; for a day everything is signed with both."""
        return read(Secret, await self.service.json(Request("POST", self.urls["rotate"], repeatable=False)))

    async def test(self) -> AsyncDelivery:
        """Send ``webhook.test``."""
        asked = Request("POST", self.urls["test"], repeatable=False)
        return read(AsyncDelivery, await self.service.json(asked), service=self.service)

    async def deliveries(
        self, *, status: str | None = None, job_id: str | None = None
    ) -> AsyncGenerator[AsyncDelivery]:
        """What it was sent, newest first."""
        asked = get(self.urls["deliveries"], status=status, job_id=job_id, limit=100)
        async with aclosing(self.service.listed(asked, "deliveries")) as found:
            async for raw in found:
                yield read(AsyncDelivery, raw, service=self.service)


@dataclass(frozen=True, slots=True)
class AsyncWebhooks:
    """``client.webhooks``."""

    service: AsyncService

    async def create(
        self, url: str, *, events: Sequence[str] | None = None, description: str | None = None
    ) -> AsyncWebhook:
        """Tell an address of all ``events``, or of some: ``job.succeeded``, ``job.failed``, ``job.canceled``."""
        told = None if events is None else [*events]
        asked = post("/v1/webhooks", {"url": url, "events": told, "description": description})
        return AsyncWebhook.of(self.service, await self.service.json(asked))

    async def get(self, webhook_id: str) -> AsyncWebhook:
        return AsyncWebhook.of(self.service, await self.service.json(get(path("webhooks", webhook_id))))

    async def list(self) -> AsyncGenerator[AsyncWebhook]:
        """All of them, newest first, fetched in pages."""
        async with aclosing(self.service.listed(get("/v1/webhooks", limit=100), "webhooks")) as found:
            async for raw in found:
                yield AsyncWebhook.of(self.service, raw)

    async def get_secret(self) -> Secret:
        """What signs what goes to the ``webhook_url`` of single jobs."""
        return read(Secret, await self.service.json(get("/v1/webhooks/secret")))

    async def deliveries(
        self, *, status: str | None = None, job_id: str | None = None
    ) -> AsyncGenerator[AsyncDelivery]:
        """What was sent to any address, newest first."""
        asked = get("/v1/webhooks/deliveries", status=status, job_id=job_id, limit=100)
        async with aclosing(self.service.listed(asked, "deliveries")) as found:
            async for raw in found:
                yield read(AsyncDelivery, raw, service=self.service)
