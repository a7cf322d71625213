"""From a job's picture to layers that recompose to it.

load        the picture
decompose   the model proposes a raw stack
refine      back to the picture's size, exact
encode      one PNG a layer, read back and composited: equal to the picture, or nothing is stored
"""

from dataclasses import dataclass

from sqlalchemy import Engine

from app.store import blobs, images
from app.store.jobs import Job
from model import encode
from model.decomposers import Parameters
from model.errors import DecompositionFailed
from model.layers import Pixels, Stack
from model.refine import refine
from model.result import exact_pngs
from worker.gpu import Decomposers
from worker.progress import Progress


@dataclass(frozen=True, slots=True)
class Made:
    """A decomposition whose PNGs were read back and found exact."""

    stack: Stack
    pngs: tuple[bytes, ...]
    source_sha256: str


def make(engine: Engine, decomposers: Decomposers, job: Job, progress: Progress) -> Made:
    """Everything of a job that is neither its claim nor its end."""
    source_sha256, image = _load(engine, job)
    decomposer = decomposers.get(job.model_name)
    progress.set_up()
    parameters = Parameters(**job.parameters)
    raw = decomposer.decompose(image, parameters, progress.phase(0.0, 0.75))
    stack = refine(raw, image, parameters, progress.phase(0.75, 0.9))
    return Made(stack, exact_pngs(stack, image, progress.phase(0.9, 1.0)), source_sha256)


def _load(engine: Engine, job: Job) -> tuple[str, Pixels]:
    with engine.connect() as connection:
        source = images.get(connection, job.tenant_id, job.image_id)
        png = source and blobs.get(connection, job.tenant_id, source.sha256)
    if not source or not png:
        raise DecompositionFailed("The picture of this job was deleted.")
    return source.sha256, encode.decode_own(png)
