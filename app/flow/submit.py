"""A picture comes in, to be taken apart."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from app.flow.decide import Describe, Submitted, Terms, decide, must_be_offered, must_be_told_what
from app.flow.identified import Identified, identify, to_png
from app.flow.keyed import first_answer
from app.flow.services import Services
from app.settings import Settings
from app.store import images
from app.store.jobs import NewJob
from model.content_hash import decomposition_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """``upload`` is a file with the picture as it came, ``sha256`` its bytes' hash."""

    upload: Path
    sha256: str
    model_name: str
    terms: Terms


def submit(services: Services, wanted: Wanted, describe: Describe) -> Submitted:
    """Decode, name, and write it down: one transaction decides, then the bell rings.

    Raises:
        ImageRejected, ImageTooLarge: of the picture.
        ModelUnavailable: not offered here.
        InvalidRequest: the model needs a prompt.
        NotCached: ``cache="only"`` and unknown.
        QuotaExceeded, QueueFull: too much is waiting.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    must_be_offered(services.settings, wanted.model_name)
    must_be_told_what(wanted.model_name, wanted.terms.parameters)
    identified = identify(services.pixels, services.known, services.settings, wanted.upload, wanted.sha256)
    new = _new_job(services.settings, wanted, identified)
    with services.engine.begin() as connection:
        submitted = decide(connection, services.settings, wanted.terms, new, describe)
    if submitted is None:  # a picture never seen before is encoded outside of any transaction
        png = _encoded(services, wanted)
        with services.engine.begin() as connection:
            images.put(connection, new.tenant_id, new.image_id, identified.width, identified.height, png)
            submitted = decide(connection, services.settings, wanted.terms, new, describe)
    assert submitted is not None
    if submitted.outcome == "created":
        services.bell.ring(wanted.model_name)
    return submitted


def replayed(services: Services, terms: Terms) -> Submitted | None:
    """The first answer under a key, for who would have to fetch an address to find out; ``None``: there is none.

    Raises:
        IdempotencyMismatch, IdempotencyConflict.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken in the job's own transaction
        answer = first_answer(connection, terms)
    return None if answer is None else Submitted("replayed", None, answer=answer)


def _encoded(services: Services, wanted: Wanted) -> Path:
    target = wanted.upload.with_suffix(".png")
    to_png(services.pixels, services.settings, wanted.upload, target)
    return target


def _new_job(settings: Settings, wanted: Wanted, identified: Identified) -> NewJob:
    terms = wanted.terms
    parameters = dataclasses.asdict(terms.parameters)
    revision = settings.revision_of(wanted.model_name)
    return NewJob(
        tenant_id=terms.tenant_id,
        model_name=wanted.model_name,
        model_revision=revision,
        parameters=parameters,
        image_id=identified.image_id,
        decomposition_id=decomposition_id(identified.image_id, wanted.model_name, revision, parameters),
        recompute=terms.cache == "bypass",
        request_id=terms.request_id,
    )
