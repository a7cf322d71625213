"""``GET /metrics``: Prometheus text. Requests are counted here; the rest is read from Postgres at each scrape, so that
every API process tells the same."""

import logging
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.flow.services import Services
from app.store import figures, workers
from app.store.figures import Figures
from app.web.context import ServicesOf

logger = logging.getLogger(__name__)
router = APIRouter(tags=["operations"])

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
COUNTERS = {
    "model_calls": ("Decompositions that a model was run for.", "model"),
    "cache_hits": ("Decompositions answered from image_layers.", "model"),
    "jobs_finished": ("Jobs that a worker brought to an end.", "state"),
    "batch_rows": ("Rows of batches, by what became of them.", "state"),
    "webhook_attempts": ("Attempts to send a webhook.", "outcome"),
}
"""The counters that are shown even before they first count, by their name in the table; the others follow."""


class HttpMetrics:
    """Requests by route template, so that ids make no series of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "lamina_http_request_duration_seconds",
            "From the first byte of a request to the last of its answer.",
            ["route", "method", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )

    def observe(self, *, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self._seconds.labels(route, known, str(status)).observe(seconds)


class _Scrape(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        read = _read(self._services.engine)
        yield GaugeMetricFamily(
            "lamina_database_up", "Whether Postgres answered this scrape.", value=int(read is not None)
        )
        if read is not None:
            yield from _queue(*read, self._services.settings.models)
            yield from _counters(read[0], self._services.settings.models)


def _read(engine: Engine) -> tuple[Figures, int] | None:
    try:
        with engine.connect() as connection:
            return figures.read(connection), len(workers.live(connection))
    except SQLAlchemyError as error:
        logger.warning("no figures for /metrics: %r", error)
        return None


def _queue(found: Figures, live: int, models: tuple[str, ...]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("lamina_jobs", "Jobs by state.", labels=["state"])
    for state, count in found.jobs.items():
        jobs.add_metric([state], count)
    yield jobs
    depth = GaugeMetricFamily("lamina_queue_depth", "Jobs waiting for a worker.", labels=["model"])
    for model, count in {**dict.fromkeys(models, 0), **found.queued}.items():
        depth.add_metric([model], count)
    yield depth
    yield GaugeMetricFamily(
        "lamina_oldest_queued_seconds", "How long the first job in the queue has waited.", value=found.oldest_queued_s
    )
    yield GaugeMetricFamily("lamina_webhooks_waiting", "Webhooks still to be sent.", value=found.webhooks_waiting)
    yield GaugeMetricFamily("lamina_workers", f"Workers heard of in the last {workers.LIVE_WITHIN_S:g} s.", value=live)


def _counters(found: Figures, models: tuple[str, ...]) -> Iterator[Metric]:
    for name in sorted({*COUNTERS, *found.counters}):
        meaning, label = COUNTERS.get(name, (f"Counted in the table counters as {name}.", "label"))
        values = {**dict.fromkeys(models if label == "model" else (), 0), **found.counters.get(name, {})}
        family = CounterMetricFamily(f"lamina_{name}", meaning, labels=[label])
        for value_label, value in values.items():
            family.add_metric([value_label], value)
        yield family


@router.get(
    "/metrics", summary="Prometheus metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}}
)
def metrics(request: Request, services: ServicesOf) -> Response:
    http: HttpMetrics = request.app.state.http_metrics
    scraped = CollectorRegistry(auto_describe=False)
    scraped.register(_Scrape(services))
    return Response(generate_latest(http.registry) + generate_latest(scraped), media_type=CONTENT_TYPE)
