"""``/v1/webhooks``: addresses that are told when a job ends."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.flow.services import Services
from app.flow.webhooks import endpoints
from app.flow.webhooks.address import checked
from app.flow.webhooks.endpoints import WantedWebhook
from app.flow.webhooks.schedule import OVERLAP_S
from app.store import signing_keys, webhooks
from app.store.webhooks import Webhook
from app.web.answers import IdempotencyKey, fingerprint, key_of
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.fields import checked_as
from app.web.pages import Cursor, Limit, page
from app.web.receive import small_json
from app.web.webhook_schemas import (
    DeliveryOut,
    NewWebhookOut,
    SecretOut,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookPatch,
    body_of,
)

router = APIRouter(tags=["webhooks"])

ROUTE = "POST /v1/webhooks"
SECRET = {"Cache-Control": "no-store"}
_EXAMPLE = {"url": "https://example.com/hooks/lamina", "events": ["job.succeeded", "job.failed"]}


@router.post(
    "/v1/webhooks",
    summary="Be told when jobs end",
    description="Signed after Standard Webhooks 1.0.0 with the secret that is answered. Each job that ends from now "
    "on, also one that was answered from what is known, is posted as `{type, timestamp, data}`; the data is the job.",
    status_code=201,
    response_model=NewWebhookOut,
    openapi_extra=body_of(WebhookIn, _EXAMPLE),
    responses=responses(
        "invalid-request", "url-not-allowed", "unsupported-image", "too-many-webhooks", "idempotency-mismatch",
        "idempotency-conflict",
    ),
)  # fmt: skip
async def create_webhook(
    request: Request, services: ServicesOf, tenant: Tenant, idempotency_key: IdempotencyKey = None
) -> Response:
    asked = checked_as(WebhookIn, await small_json(request))
    address = await checked(asked.url, services.settings, "/url")
    key, what = key_of(idempotency_key), fingerprint("webhook", asked)
    wanted = WantedWebhook(tenant, address.url, asked.events, asked.description, ROUTE, key, what)
    created = await run_in_threadpool(endpoints.create, services, wanted, _described)
    kept = created if isinstance(created, dict) else _described(created)
    replayed = {"Idempotency-Replayed": "true"} if isinstance(created, dict) else {}
    return JSONResponse(kept["body"], kept["status"], {**kept["headers"], **SECRET, **replayed})


def _described(webhook: Webhook) -> dict[str, Any]:
    headers = {"Location": f"/v1/webhooks/{webhook.id}"}
    return {"status": 201, "headers": headers, "body": NewWebhookOut.of(webhook).model_dump(mode="json")}


@router.get(
    "/v1/webhooks", summary="List webhooks, newest first", response_model=WebhookList,
    responses=responses("invalid-request"),
)  # fmt: skip
def list_webhooks(services: ServicesOf, tenant: Tenant, limit: Limit = 20, cursor: Cursor = None) -> Response:
    with services.engine.connect() as connection:
        found = webhooks.list_(connection, tenant, limit=limit + 1, before=cursor)
    link, headers = page("/v1/webhooks", found, limit, {})
    listed = WebhookList(webhooks=[WebhookOut.of(one) for one in found[:limit]], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)


@router.get(
    "/v1/webhooks/secret",
    summary="Get the secret that signs what goes to a job's own webhook_url",
    response_model=SecretOut,
)
def get_default_secret(services: ServicesOf, tenant: Tenant) -> Response:
    with services.engine.begin() as connection:
        secrets = signing_keys.get(connection, tenant, "webhooks")
    return JSONResponse(SecretOut.of(secrets).model_dump(mode="json"), headers=SECRET)


@router.post(
    "/v1/webhooks/secret/rotate",
    summary="Make a new secret for webhook_url",
    description="For 24 hours everything is signed with both.",
    response_model=SecretOut,
)
def rotate_default_secret(services: ServicesOf, tenant: Tenant) -> Response:
    with services.engine.begin() as connection:
        secrets = signing_keys.rotate(connection, tenant, "webhooks", OVERLAP_S)
    return JSONResponse(SecretOut.of(secrets).model_dump(mode="json"), headers=SECRET)


@router.get(
    "/v1/webhooks/{webhook_id}", summary="Get a webhook", response_model=WebhookOut, responses=responses("not-found")
)
def get_webhook(services: ServicesOf, tenant: Tenant, webhook_id: str) -> WebhookOut:
    return WebhookOut.of(_find(services, tenant, webhook_id))


def _find(services: Services, tenant: str, webhook_id: str) -> Webhook:
    with services.engine.connect() as connection:
        return endpoints.find(connection, tenant, webhook_id)


@router.patch(
    "/v1/webhooks/{webhook_id}",
    summary="Change a webhook",
    description="`enabled: false` stops it: what waited has failed, and can be replayed later. What happens meanwhile "
    "is not kept for it.",
    response_model=WebhookOut,
    openapi_extra=body_of(WebhookPatch, {"enabled": True, "events": None}, "application/merge-patch+json"),
    responses=responses("invalid-request", "url-not-allowed", "unsupported-image", "not-found"),
)
async def change_webhook(request: Request, services: ServicesOf, tenant: Tenant, webhook_id: str) -> WebhookOut:
    asked = checked_as(WebhookPatch, await small_json(request))
    values = asked.model_dump(include=asked.model_fields_set)
    await run_in_threadpool(_find, services, tenant, webhook_id)
    if asked.url is not None:
        values["url"] = (await checked(asked.url, services.settings, "/url")).url

    def change() -> Webhook:
        if not values:
            return _find(services, tenant, webhook_id)
        with services.engine.begin() as connection:
            return endpoints.found(webhooks.change(connection, tenant, webhook_id, values), webhook_id)

    return WebhookOut.of(await run_in_threadpool(change))


@router.delete(
    "/v1/webhooks/{webhook_id}",
    summary="Delete a webhook",
    description="With the log of what it was sent; what still waited is not sent.",
    status_code=204,
    response_class=Response,
    responses=responses("not-found"),
)
def delete_webhook(services: ServicesOf, tenant: Tenant, webhook_id: str) -> Response:
    with services.engine.begin() as connection:
        if not webhooks.remove(connection, tenant, webhook_id):
            endpoints.found(None, webhook_id)
    return Response(status_code=204)


@router.get(
    "/v1/webhooks/{webhook_id}/secret",
    summary="Get the secret that signs what a webhook is sent",
    response_model=SecretOut,
    responses=responses("not-found"),
)
def get_secret(services: ServicesOf, tenant: Tenant, webhook_id: str) -> Response:
    secrets = _find(services, tenant, webhook_id).secrets
    return JSONResponse(SecretOut.of(secrets).model_dump(mode="json"), headers=SECRET)


@router.post(
    "/v1/webhooks/{webhook_id}/rotate",
    summary="Make a new secret for a webhook",
    description="For 24 hours everything is signed with both, so that a receiver can change over in its own time.",
    response_model=SecretOut,
    responses=responses("not-found"),
)
def rotate_secret(services: ServicesOf, tenant: Tenant, webhook_id: str) -> Response:
    with services.engine.begin() as connection:
        rotated = endpoints.found(webhooks.rotate(connection, tenant, webhook_id, OVERLAP_S), webhook_id)
    return JSONResponse(SecretOut.of(rotated.secrets).model_dump(mode="json"), headers=SECRET)


@router.post(
    "/v1/webhooks/{webhook_id}/test",
    summary="Send webhook.test to a webhook",
    description="Whatever events it hears of. The answer is the delivery; its address says what came of it.",
    status_code=202,
    response_model=DeliveryOut,
    responses=responses("not-found", "webhook-disabled"),
)
def test_webhook(services: ServicesOf, tenant: Tenant, webhook_id: str) -> Response:
    delivery = DeliveryOut.of(endpoints.test(services, tenant, webhook_id))
    return JSONResponse(delivery.model_dump(mode="json"), 202, {"Location": delivery.urls.self})
