"""A worker with the diffusion model: from the bell to layers in the table, on a tiny checkpoint."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
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


def _post(engine: Engine, bell: Bell, parameters: Parameters) -> Job:
    pixels = _poster()
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
