"""Where the service is wired: what is built, what is mounted, what is closed."""

import logging
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.enqueue import Bell, make_celery
from app.flow.line import Line
from app.flow.pixels import PixelPool
from app.flow.remembered import Remembered
from app.flow.services import Services
from app.flow.signing import RESOURCE, UrlKeys
from app.settings import Settings
from app.store.blob_cache import BlobCache
from app.store.layers import Decomposition
from app.store.listener import JobListener
from app.store.session import make_engine
from app.web import (
    assets,
    batch_results,
    batches,
    decompositions,
    document_edits,
    document_layers,
    document_pictures,
    documents,
    errors,
    exports,
    fonts,
    freeze,
    health,
    imports,
    jobs,
    layers,
    metrics,
    nested,
    operations,
    reference,
    render,
    revisions,
    sign,
    studio,
    template_examples,
    template_pictures,
    templates,
    webhook_deliveries,
    webhooks,
)
from app.web.again import Again
from app.web.kept import Kept
from app.web.metrics import HttpMetrics
from app.web.middleware import Around
from app.web.problem_schemas import ProblemOut
from app.web.signed import Signed

logger = logging.getLogger(__name__)

SUMMARY = "Takes a flat picture apart into RGBA layers that recompose to the original, bit for bit."
STALE_S = 3600.0
REMEMBERED = 1_000
"""Manifests, of a few kilobytes each."""
ROUTERS = (
    decompositions, nested, jobs, layers, render, documents, document_edits, revisions, document_pictures,
    document_layers, exports, freeze, imports, templates, template_pictures,
    webhook_deliveries, webhooks, sign, batches, batch_results,
    assets, fonts, health, metrics, reference, studio,
)  # fmt: skip


def create_app(settings: Settings) -> FastAPI:
    """The API. Nothing is connected to before the server starts it; the two URLs must be set by then."""
    settings.register_decomposers()
    app = FastAPI(
        title="Lamina",
        summary=SUMMARY,
        version=version("lamina"),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.http_metrics = HttpMetrics()
    app.state.kept = Kept(settings.answers_bytes)
    app.state.url_keys = UrlKeys(settings.signing_key)
    errors.install(app)
    for room in ROUTERS:
        app.include_router(room.router)
    app.add_middleware(Again, kept=app.state.kept)
    app.add_middleware(
        Signed, keys=app.state.url_keys, required=settings.require_signed_pictures, ttl_s=settings.signed_ttl_s
    )
    app.add_middleware(Around, metrics=app.state.http_metrics, max_body_bytes=settings.max_upload_bytes)
    _document(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError("LAMINA_DATABASE_URL and LAMINA_REDIS_URL must be set for the API")
    engine = make_engine(settings.database_url)
    manifests: Remembered[Decomposition] = Remembered(REMEMBERED)

    def forget(resource: str | None) -> None:
        manifests.forget(resource)
        app.state.kept.forget(resource)
        if resource in (None, RESOURCE):
            app.state.url_keys.forget()

    services = Services(
        settings=settings,
        engine=engine,
        listener=JobListener(settings.database_url, forget),
        bell=Bell(make_celery(settings)),
        pixels=PixelPool(settings.pixel_processes),
        cache=BlobCache(settings.data_dir / "cache", settings.cache_bytes),
        known=Remembered(),
        plans=Remembered(),
        decompositions=manifests,
        scratch=_scratch(settings.data_dir / "uploads"),
        writers=Line(),
    )
    await services.listener.start()
    try:
        await run_in_threadpool(services.bell.waiting, settings.models[0])  # dials, so that the first ring is quick
        services.pixels.start()
        app.state.services = services
        yield
    finally:
        services.pixels.close()
        await services.listener.stop()
        services.bell.close()
        engine.dispose()


def _scratch(folder: Path) -> Path:
    """The folder of bodies on their way in, without what a killed process left there long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if left.stat().st_mtime < time.time() - STALE_S:
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
    return folder.resolve()


def _say_problem(document: dict[str, Any]) -> None:
    """A wrong path, query or header is answered by a problem, as everything else is."""
    for methods in document["paths"].values():
        for operation in methods.values():
            answers = operation["responses"]
            if "application/json" in answers.get("422", {}).get("content", {}):
                answers["422"] = errors.responses("invalid-request")[422]
            answers["default"] = errors.any_problem("service-unavailable", "internal-error")


def _document(app: FastAPI) -> None:
    """FastAPI's document, with our problems in place of its own validation errors."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            _say_problem(document)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}), Problem=problem)
            schemas.update(operations.schemas(), **template_examples.schemas())
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
