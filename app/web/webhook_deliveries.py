"""``/v1/webhooks/…/deliveries``: what was sent, what came of it, and once more."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator

from app.flow.services import Services
from app.flow.webhooks import endpoints
from app.store import webhook_log
from app.store.jobs import Before
from app.store.webhook_log import DeliveryState
from app.web.asked import storable
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.pages import Cursor, Limit, page
from app.web.webhook_schemas import DeliveryList, DeliveryOut

router = APIRouter(tags=["webhooks"])

JobId = Annotated[str | None, Query(max_length=200, description="Only of this job."), AfterValidator(storable)]
State = Annotated[DeliveryState | None, Query(alias="status", description="Only these.")]
_KEPT = "Newest first, kept for 30 days."
_AGAIN = "At once, and with all its retries, under the same webhook-id. One that is being sent just now is left alone."


@router.get(
    "/v1/webhooks/deliveries",
    summary="List what was sent to any address",
    description=f"{_KEPT} To a job's own webhook_url too.",
    response_model=DeliveryList,
    responses=responses("invalid-request"),
)
def list_all(
    services: ServicesOf,
    tenant: Tenant,
    limit: Limit = 20,
    cursor: Cursor = None,
    job_id: JobId = None,
    status: State = None,
) -> Response:
    return _listed(services, tenant, "/v1/webhooks/deliveries", limit, cursor, job_id=job_id, state=status)


@router.get(
    "/v1/webhooks/deliveries/{delivery_id}",
    summary="Get a delivery",
    response_model=DeliveryOut,
    responses=responses("not-found"),
)
def get_delivery(services: ServicesOf, tenant: Tenant, delivery_id: str) -> DeliveryOut:
    with services.engine.connect() as connection:
        return DeliveryOut.of(endpoints.find_delivery(connection, tenant, delivery_id))


@router.post(
    "/v1/webhooks/deliveries/{delivery_id}/replay",
    summary="Send a delivery once more",
    description=_AGAIN,
    status_code=202,
    response_model=DeliveryOut,
    responses=responses("not-found", "webhook-disabled"),
)
def replay_delivery(services: ServicesOf, tenant: Tenant, delivery_id: str) -> DeliveryOut:
    return DeliveryOut.of(endpoints.replay(services, tenant, delivery_id))


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries",
    summary="List what a webhook was sent",
    description=_KEPT,
    response_model=DeliveryList,
    responses=responses("invalid-request", "not-found"),
)
def list_of_webhook(
    services: ServicesOf,
    tenant: Tenant,
    webhook_id: str,
    limit: Limit = 20,
    cursor: Cursor = None,
    job_id: JobId = None,
    status: State = None,
) -> Response:
    with services.engine.connect() as connection:
        endpoints.find(connection, tenant, webhook_id)
    path = f"/v1/webhooks/{webhook_id}/deliveries"
    return _listed(services, tenant, path, limit, cursor, webhook_id=webhook_id, job_id=job_id, state=status)


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}",
    summary="Get a delivery of a webhook",
    response_model=DeliveryOut,
    responses=responses("not-found"),
)
def get_of_webhook(services: ServicesOf, tenant: Tenant, webhook_id: str, delivery_id: str) -> DeliveryOut:
    with services.engine.connect() as connection:
        return DeliveryOut.of(endpoints.find_delivery(connection, tenant, delivery_id, webhook_id))


@router.post(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    summary="Send a delivery of a webhook once more",
    description=_AGAIN,
    status_code=202,
    response_model=DeliveryOut,
    responses=responses("not-found", "webhook-disabled"),
)
def replay_of_webhook(services: ServicesOf, tenant: Tenant, webhook_id: str, delivery_id: str) -> DeliveryOut:
    return DeliveryOut.of(endpoints.replay(services, tenant, delivery_id, webhook_id))


def _listed(
    services: Services,
    tenant: str,
    path: str,
    limit: int,
    cursor: Before | None,
    *,
    webhook_id: str | None = None,
    job_id: str | None = None,
    state: DeliveryState | None = None,
) -> Response:
    only: dict[str, Any] = {"job_id": job_id, "state": state}
    with services.engine.connect() as connection:
        found = webhook_log.list_(connection, tenant, webhook_id=webhook_id, **only, limit=limit + 1, before=cursor)
    query = {name: value for name, value in (("job_id", job_id), ("status", state)) if value is not None}
    link, headers = page(path, found, limit, query)
    listed = DeliveryList(deliveries=[DeliveryOut.of(one) for one in found[:limit]], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)
