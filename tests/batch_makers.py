"""Templates and batches for tests: made with the store's own functions, drawn by a worker's own threads, here."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from app.settings import Settings
from tests.api_in_thread import Api
from worker.renders import Renders

VARIABLES: dict[str, dict[str, Any]] = {
    "accent": {"layer": 1, "property": "color"},
    "product": {"layer": 2, "property": "image", "fit": "cover"},
    "glow": {"layer": 1, "property": "opacity"},
    "shown": {"layer": [1, 2], "property": "visible"},
}
CARDS = "cards"


def template_of(http: httpx.Client, decomposition_id: str, name: str = CARDS, variables: Any = None) -> None:
    """A template of an unedited decomposition."""
    document = http.post("/v1/documents", json={"decomposition_id": decomposition_id}).json()["id"]
    asked = {"name": name, "document_id": document, "variables": variables or VARIABLES}
    answer = http.post("/v1/templates", json=asked)
    assert answer.status_code == 201, answer.text


@contextmanager
def rendering(settings: Settings, engine: Engine, folder: Path, worker_id: str = "host/1-a/1") -> Iterator[Renders]:
    """A worker's threads, until the ``with`` ends."""
    own = settings.model_copy(update={"data_dir": folder, "render_processes": 1, "sweep_s": 0.1})
    renders = Renders(own, engine, engine, worker_id)
    renders.start()
    try:
        yield renders
    finally:
        renders.stop(30.0)


def post(api: Api, rows: list[Any], **fields: Any) -> httpx.Response:
    return api.http.post(f"/v1/templates/{CARDS}/batch", json={"rows": rows, **fields})


def ended(http: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The job of an answer, when it is over."""
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    while job["status"] in ("queued", "running"):
        job = http.get(f"/v1/jobs/{job['id']}", params={"wait": 30}).json()
    return job


def listed(http: httpx.Client, job: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    answer = http.get(job["urls"]["rows"], params=query)
    assert answer.headers["content-type"] == "application/x-ndjson", answer.text
    return [json.loads(line) for line in answer.text.splitlines()]
