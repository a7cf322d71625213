"""The JSON of webhooks, in and out, as pydantic shapes with examples."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from app.flow.public_address import MAX_URL_LENGTH
from app.flow.webhooks.signature import written
from app.store.signing_keys import Secrets
from app.store.webhook_log import Delivery, Logged
from app.store.webhooks import Webhook
from app.web.asked import storable

EventType = Literal["job.succeeded", "job.failed", "job.canceled"]

_ID = "wh_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"
_JOB = "job_9f86d081884c7d659a2feaa0c55ad015"
_DELIVERY = "dlv_1b4f0e9851971998e732078544c96b36"
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0eYBSqBsUTU="
_SELF = f"/v1/webhooks/{_ID}"
_URLS = {"self": _SELF, **{name: f"{_SELF}/{name}" for name in ("secret", "rotate", "test", "deliveries")}}
_EXAMPLE: dict[str, Any] = {
    "id": _ID, "url": "https://example.com/hooks/lamina", "events": ["job.succeeded", "job.failed"],
    "description": "The shop", "enabled": True, "disabled_reason": None, "failing_since": None,
    "created_at": "2026-11-28T12:00:00Z", "urls": _URLS,
}  # fmt: skip

Url = Annotated[str, Field(max_length=MAX_URL_LENGTH), AfterValidator(storable)]
Description = Annotated[str, Field(max_length=1000), AfterValidator(storable)]
_URL = "Public, http or https, at port 80, 443 or above 1023; without a name and password."
_EVENTS = "Those it hears of; null: all."


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    events: list[EventType] | None = Field(None, min_length=1, max_length=10, description=_EVENTS)
    description: Description | None = None

    @field_validator("events")
    @classmethod
    def _each_once(cls, value: list[EventType] | None) -> list[EventType] | None:
        return None if value is None else list(dict.fromkeys(value))


class WebhookIn(_Fields):
    """Who is to be told, and of what."""

    model_config = ConfigDict(extra="forbid", title="WebhookRequest")

    url: Url = Field(description=_URL)


class WebhookPatch(_Fields):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", title="WebhookPatch")

    url: Url | None = Field(None, description=_URL)
    enabled: bool | None = Field(
        None, strict=True, description="false: nothing is sent, and what waited has failed. true: as if it were new."
    )

    @field_validator("url", "enabled")
    @classmethod
    def _never_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("It must not be null")
        return value


class WebhookUrls(BaseModel):
    self: str
    secret: str
    rotate: str
    test: str
    deliveries: str


class WebhookOut(BaseModel):
    """An address that is told when a job ends."""

    model_config = ConfigDict(title="Webhook", json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    url: str
    events: list[EventType] | None = Field(description=_EVENTS)
    description: str | None
    enabled: bool
    disabled_reason: Literal["gone", "failing"] | None = Field(
        description="gone: it answered 410. failing: it took nothing for five days. null: it is enabled, or a user "
        "disabled it."
    )
    failing_since: datetime | None = Field(description="When the first of the failures after its last success was.")
    created_at: datetime
    urls: WebhookUrls

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookOut":
        return cls(**_shown(webhook))


class NewWebhookOut(WebhookOut):
    """The same, with the secret that signs what it is sent."""

    model_config = ConfigDict(title="NewWebhook", json_schema_extra={"examples": [{**_EXAMPLE, "secret": _SECRET}]})

    secret: str = Field(description="Here and at urls.secret only.", examples=[_SECRET])

    @classmethod
    def of(cls, webhook: Webhook) -> "NewWebhookOut":
        return cls(**_shown(webhook), secret=written(webhook.secrets.secret))


def _shown(webhook: Webhook) -> dict[str, Any]:
    base = f"/v1/webhooks/{webhook.id}"
    urls = {"self": base, **{name: f"{base}/{name}" for name in ("secret", "rotate", "test", "deliveries")}}
    names = ("id", "url", "events", "description", "enabled", "disabled_reason", "failing_since", "created_at")
    return {**{name: getattr(webhook, name) for name in names}, "urls": urls}


class WebhookList(BaseModel):
    webhooks: list[WebhookOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


class SecretOut(BaseModel):
    model_config = ConfigDict(title="WebhookSecret")

    secret: str = Field(description="`whsec_` and the key in base64.", examples=[_SECRET])
    previous_until: datetime | None = Field(
        description="Until then everything is signed with the secret before the last rotation too; null: there is none."
    )

    @classmethod
    def of(cls, secrets: Secrets) -> "SecretOut":
        return cls(secret=written(secrets.secret), previous_until=secrets.previous_until)


class AttemptOut(BaseModel):
    """One request that was made, and what came of it."""

    model_config = ConfigDict(title="WebhookAttempt")

    n: int = Field(description="1 is the first; a number that is missing is of a sender that was lost.")
    at: datetime = Field(description="When it was over.")
    status_code: int | None = Field(description="null: there was no answer.")
    error: str | None = Field(description="Why it counts as failed; null: it succeeded.")
    duration_ms: int
    response_excerpt: str | None = Field(description="How the answer's body began, 1,000 characters at most.")

    @classmethod
    def of(cls, logged: Logged) -> "AttemptOut":
        return cls(
            n=logged.n, at=logged.at, status_code=logged.status_code, error=logged.error,
            duration_ms=logged.duration_ms, response_excerpt=logged.excerpt,
        )  # fmt: skip


class DeliveryUrls(BaseModel):
    self: str
    replay: str


class DeliveryOut(BaseModel):
    """An event on its way to one address."""

    model_config = ConfigDict(title="WebhookDelivery", json_schema_extra={"examples": [{
        "id": _DELIVERY, "event": {"id": f"evt_{_JOB[4:]}", "type": "job.succeeded"}, "job_id": _JOB,
        "webhook_id": _ID, "url": "https://example.com/hooks/lamina", "status": "pending",
        "attempts": [{"n": 1, "at": "2026-11-28T12:00:00.2Z", "status_code": 503, "error": "It answered 503.",
                      "duration_ms": 112, "response_excerpt": "Down for a moment"}],
        "next_attempt_at": "2026-11-28T12:00:05Z", "created_at": "2026-11-28T12:00:00Z", "finished_at": None,
        "urls": {"self": f"/v1/webhooks/deliveries/{_DELIVERY}",
                 "replay": f"/v1/webhooks/deliveries/{_DELIVERY}/replay"}}]})  # fmt: skip

    id: str
    event: dict[str, str] = Field(description="Its id, the webhook-id of every attempt, and its type.")
    job_id: str | None
    webhook_id: str | None = Field(description="null: it goes to a job's own webhook_url.")
    url: str
    status: Literal["pending", "succeeded", "failed"]
    attempts: list[AttemptOut] = Field(description="The first one first.")
    next_attempt_at: datetime | None = Field(description="null unless it is pending.")
    created_at: datetime
    finished_at: datetime | None
    urls: DeliveryUrls

    @classmethod
    def of(cls, found: Delivery) -> "DeliveryOut":
        base = f"/v1/webhooks/deliveries/{found.id}"
        return cls(
            id=found.id,
            event={"id": found.event_id, "type": found.event_type},
            job_id=found.job_id,
            webhook_id=found.webhook_id,
            url=found.url,
            status=found.state,
            attempts=[AttemptOut.of(logged) for logged in found.attempts],
            next_attempt_at=found.due_at if found.state == "pending" else None,
            created_at=found.created_at,
            finished_at=found.finished_at,
            urls=DeliveryUrls(self=base, replay=f"{base}/replay"),
        )


class DeliveryList(BaseModel):
    deliveries: list[DeliveryOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


def body_of(shape: type[BaseModel], example: dict[str, Any], *media_types: str) -> dict[str, Any]:
    """A request body for OpenAPI, which its route reads by hand."""
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    told = {"schema": schema, "examples": {"one": {"value": example}}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(("application/json", *media_types), told)}}
