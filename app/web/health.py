"""``/healthz`` and ``/readyz``: is the process alive, can it serve?"""

import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from app.flow.errors import Unavailable
from app.flow.services import Services
from app.store import figures, migrate
from app.web.context import ServicesOf
from app.web.errors import responses

logger = logging.getLogger(__name__)
router = APIRouter(tags=["operations"])


class Health(BaseModel):
    status: str = Field(examples=["ok"])


class Readiness(BaseModel):
    status: str = Field(examples=["ready"])
    database: str = Field(examples=["ok"])
    redis: str = Field(description="down is no reason to stay away: jobs are taken, and start a little later.")
    models: list[str]


@router.get("/healthz", summary="The process is alive", response_model=Health)
async def healthz() -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get(
    "/readyz",
    summary="The service can serve",
    description="Postgres answers and has today's tables. Redis is told but not needed.",
    response_model=Readiness,
    responses=responses("service-unavailable"),
)
def readyz(request: Request, services: ServicesOf) -> JSONResponse:
    _check_database(request, services)
    rings = services.bell.waiting(services.settings.models[0]) is not None
    models = list(services.settings.models)
    return JSONResponse({"status": "ready", "database": "ok", "redis": "ok" if rings else "down", "models": models})


def _check_database(request: Request, services: Services) -> None:
    """Whether the tables are today's is asked until they are, then never again."""
    try:
        with services.engine.connect() as connection:
            figures.answers(connection)
        if not getattr(request.app.state, "migrated", False):
            request.app.state.migrated = migrate.is_current(str(services.settings.database_url))
    except SQLAlchemyError as error:
        logger.warning("not ready: %r", error)
        raise Unavailable("The database does not answer.", 2) from None
    if not request.app.state.migrated:
        raise Unavailable("The database's tables are not today's; run: lamina migrate.", 2)
