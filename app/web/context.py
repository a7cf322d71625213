"""What the routes are given: the services, and who is asking. Coroutines, because FastAPI sends plain functions to a
thread, even ones that only look something up."""

from typing import Annotated, cast

from fastapi import Depends, Request

from app.flow.services import Services
from app.store.tables import DEFAULT_TENANT


async def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def _tenant() -> str:
    """Everybody is the one default tenant until keys come."""
    return DEFAULT_TENANT


async def _request_id(request: Request) -> str:
    return cast(str, request.state.request_id)


ServicesOf = Annotated[Services, Depends(_services)]
Tenant = Annotated[str, Depends(_tenant)]
RequestId = Annotated[str, Depends(_request_id)]
