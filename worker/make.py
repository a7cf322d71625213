"""From a job's picture to layers that recompose to it, in two parts that may be done by two threads.

proposed, on the device
    load        the picture
    decompose   the model proposes a raw stack
finished, on the processor
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
class Proposal:
    """What a model made of a picture, and all that is needed to make it true.

    Attributes:
        raw: the model's own stack, of any size.
        image: ``(H, W, 4)`` uint8, straight alpha.
    """

    raw: Stack
    image: Pixels
    parameters: Parameters
    source_sha256: str


@dataclass(frozen=True, slots=True)
class Made:
    """A decomposition whose PNGs were read back and found exact."""

    stack: Stack
    pngs: tuple[bytes, ...]
    source_sha256: str


def proposed(engine: Engine, decomposers: Decomposers, job: Job, progress: Progress) -> Proposal:
    """The part of a job that needs its model, which is set up first where it is not ready."""
    source_sha256, image = _load(engine, job)
    decomposer = decomposers.get(job.model_name)
    progress.set_up()
    parameters = Parameters(**job.parameters)
    raw = decomposer.decompose(image, parameters, progress.phase(0.0, 0.75))
    return Proposal(raw, image, parameters, source_sha256)


def finished(proposal: Proposal, progress: Progress) -> Made:
    """The part of a job that needs its model no more: everything from the proposal to the bytes that are kept."""
    stack = refine(proposal.raw, proposal.image, proposal.parameters, progress.phase(0.75, 0.9))
    pngs = exact_pngs(stack, proposal.image, progress.phase(0.9, 1.0))
    return Made(stack, pngs, proposal.source_sha256)


def _load(engine: Engine, job: Job) -> tuple[str, Pixels]:
    with engine.connect() as connection:
        source = images.get(connection, job.tenant_id, job.image_id)
        png = source and blobs.get(connection, job.tenant_id, source.sha256)
    if not source or not png:
        raise DecompositionFailed("The picture of this job was deleted.")
    return source.sha256, encode.decode_own(png)
