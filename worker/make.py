"""From a job's picture, or a layer of another decomposition, to layers that recompose to the picture; in two parts that
may be done by two threads.

proposed, on the device
    load        the picture; or the parent, and its layer cut out
    decompose   the model proposes a raw stack
finished, on the processor
    refine      back to the picture's size, exact; or to the layer's, and into its place
    encode      one PNG a layer, read back and composited: equal to the picture, or nothing is stored
"""

from dataclasses import dataclass

from sqlalchemy import Engine

from app.store import blobs, images, layers
from app.store.jobs import Job
from model import encode
from model.decomposers import OnProgress, Parameters
from model.errors import DecompositionFailed
from model.layers import Pixels, Stack
from model.nested import cutout, split
from model.refine import refine
from model.result import exact_pngs
from worker.gpu import Decomposers
from worker.parent import Parent, parent_of
from worker.progress import Progress


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model made of a picture, and all that is needed to make it true.

    Attributes:
        raw: the model's own stack, of any size.
        source: the picture; or the parent, of whose layer ``raw`` is a proposal.
    """

    raw: Stack
    source: Pixels | Parent
    parameters: Parameters
    source_sha256: str


@dataclass(frozen=True, slots=True)
class Made:
    """A decomposition whose PNGs were read back and found exact; ``parent`` of one that is a layer split further."""

    stack: Stack
    pngs: tuple[bytes, ...]
    source_sha256: str
    parent: layers.Parent | None = None


def proposed(engine: Engine, decomposers: Decomposers, job: Job, progress: Progress) -> Proposal:
    """The part of a job that needs its model, which is set up first where it is not ready."""
    source_sha256, source = _load(engine, job)
    decomposer = decomposers.get(job.model_name)
    progress.set_up()
    parameters = Parameters(**job.parameters)
    image = cutout(source.layer(source.layer_index)).shown_to(decomposer) if isinstance(source, Parent) else source
    raw = decomposer.decompose(image, parameters, progress.phase(0.0, 0.75))
    return Proposal(raw, source, parameters, source_sha256)


def finished(proposal: Proposal, progress: Progress) -> Made:
    """The part of a job that needs its model no more: everything from the proposal to the bytes that are kept."""
    raw, source, parameters = proposal.raw, proposal.source, proposal.parameters
    refining, encoding = progress.phase(0.75, 0.9), progress.phase(0.9, 1.0)
    if isinstance(source, Parent):
        return _split(proposal, source, refining, encoding)
    stack = refine(raw, source, parameters, refining)
    return Made(stack, exact_pngs(stack, source, encoding), proposal.source_sha256)


def _split(proposal: Proposal, parent: Parent, refining: OnProgress, encoding: OnProgress) -> Made:
    nested = split(parent.stack(), parent.layer_index, proposal.raw, proposal.parameters, refining)
    pngs = exact_pngs(nested.stack, parent.image(), encoding)
    kept = layers.Parent(parent.found.id, parent.layer_index, nested.child_count)
    return Made(nested.stack, pngs, proposal.source_sha256, kept)


def _load(engine: Engine, job: Job) -> tuple[str, Pixels | Parent]:
    with engine.connect() as connection:
        parent = parent_of(connection, job)
        if parent is not None:
            return parent.found.source_sha256, parent
        source = images.get(connection, job.tenant_id, job.image_id)
        png = source and blobs.get(connection, job.tenant_id, source.sha256)
    if not source or not png:
        raise DecompositionFailed("The picture of this job was deleted.")
    return source.sha256, encode.decode_own(png)
