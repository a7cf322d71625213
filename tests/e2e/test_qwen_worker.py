"""A worker with the diffusion model: from the bell to layers in the table, on a tiny checkpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psycopg2
import pytest
from sqlalchemy import Engine
from tiny_qwen import write_checkpoint

from app.enqueue import Bell, make_celery
from app.settings import Settings
from app.store import blobs, images, jobs, layers
from app.store.jobs import Job, NewJob
from app.store.tables import DEFAULT_TENANT
from model import encode
from model.compositing import flattened
from model.content_hash import decomposition_id, image_id
from model.decomposers import Parameters
from model.layers import Layer, Pixels
from tests.worker_process import Watch, WorkerProcess, read

MODEL = "qwen-image-layered"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    weights = write_checkpoint(tmp_path / "weights")
    return {"LAMINA_MODELS": MODEL, "LAMINA_DECOMPOSERS": "", "LAMINA_QWEN_WEIGHTS": str(weights)}


@pytest.fixture
def worker(database_url: str, redis_url: str, tmp_path: Path, environment: dict[str, str]) -> Iterator[WorkerProcess]:
    with WorkerProcess(database_url, redis_url, tmp_path / "worker.log", **environment) as worker:
        yield worker


@pytest.fixture
def bell(redis_url: str) -> Iterator[Bell]:
    bell = Bell(make_celery(Settings(redis_url=redis_url, models=MODEL)))
    yield bell
    bell.close()


@pytest.fixture
def watch(engine: Engine) -> Iterator[Watch]:
    watch = Watch(engine)
    yield watch
    watch.close()


def _poster() -> Pixels:
    picture = np.full((48, 80, 4), (30, 60, 200, 255), np.uint8)
    picture[12:36, 20:60, :3] = (220, 40, 40)
    return picture


def _post(engine: Engine, bell: Bell, parameters: Parameters, picture: Pixels | None = None) -> Job:
    pixels = _poster() if picture is None else picture
    height, width = pixels.shape[:2]
    name, asked = image_id(pixels), asdict(parameters)
    revision = Settings().revision_of(MODEL)
    new = NewJob(
        tenant_id=DEFAULT_TENANT,
        model_name=MODEL,
        model_revision=revision,
        parameters=asked,
        image_id=name,
        decomposition_id=decomposition_id(name, MODEL, revision, asked),
        recompute=False,
    )
    with engine.begin() as connection:
        images.put(connection, DEFAULT_TENANT, name, width, height, encode.png(pixels))
        job, _ = jobs.submit(connection, new)
    bell.ring(MODEL)
    return job


def test_a_job_becomes_exact_layers_with_their_caption_and_a_canceled_one_leaves_the_worker_at_work(
    worker: WorkerProcess, engine: Engine, bell: Bell, watch: Watch
) -> None:
    endless = _post(engine, bell, Parameters(num_inference_steps=1000, max_layers=2))
    watch.until("the model is at its steps", lambda connection: read(connection, endless).stage == "layers")
    children = worker.child_pids()
    with engine.begin() as connection:
        jobs.request_cancel(connection, DEFAULT_TENANT, endless.id)
    watch.job(endless, "canceled")

    job = watch.job(_post(engine, bell, Parameters(num_inference_steps=2, max_layers=2)), "succeeded")
    assert worker.child_pids() == children
    with engine.begin() as connection:
        made = layers.get(connection, DEFAULT_TENANT, job.decomposition_id)
        assert made is not None
        pngs = [blobs.get(connection, DEFAULT_TENANT, str(layer["sha256"])) for layer in made.layers]
    assert made.max_error == 0
    assert made.notes is not None
    assert made.notes["caption"]
    assert made.notes["numbers"] == "float32"
    stack = [Layer(encode.decode_own(png)) for png in pngs if png is not None]
    np.testing.assert_array_equal(flattened(stack, made.width, made.height), _poster())


def test_a_job_is_at_its_steps_while_the_one_before_is_being_stored(
    worker: WorkerProcess, database_url: str, engine: Engine, bell: Bell, watch: Watch
) -> None:
    with _nothing_can_be_stored(database_url):
        first = _post(engine, bell, Parameters(num_inference_steps=2, max_layers=2))
        watch.until("the first is encoded", lambda connection: read(connection, first).stage == "encode")
        # Another picture: a layer that is being stored may have the same bytes as this one.
        endless = _post(engine, bell, Parameters(num_inference_steps=1000, max_layers=2), _poster()[:, :, [2, 1, 0, 3]])
        watch.until("the model is at its steps", lambda connection: read(connection, endless).stage == "layers")
        with engine.begin() as connection:
            assert read(connection, first).state == "running"
    assert watch.job(first, "succeeded").attempt == 1
    with engine.begin() as connection:
        jobs.request_cancel(connection, DEFAULT_TENANT, endless.id)
    watch.job(endless, "canceled")


@contextmanager
def _nothing_can_be_stored(database_url: str) -> Iterator[None]:
    """Who stores a decomposition waits until the ``with`` ends; leases are kept meanwhile."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE image_layers IN SHARE MODE")
        yield
    finally:
        connection.close()
