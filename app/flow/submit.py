"""A picture comes in, to be taken apart."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from app.flow.decide import Describe, Submitted, Terms, decide, must_be_offered, must_be_told_what
from app.flow.identified import Identified, identify, sketched, to_png_sketched
from app.flow.keyed import first_answer
from app.flow.services import Services
from app.flow.similar import Similar, similar_to
from app.settings import Settings
from app.store import images, similar
from app.store.jobs import NewJob
from model.content_hash import decomposition_id
from model.sketch import Sketch


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
    seen = _seen(services, wanted)
    new = _new_job(services.settings, wanted, seen.identified)
    with services.engine.begin() as connection:
        submitted = decide(connection, services.settings, wanted.terms, new, describe, similar=None)
    if submitted is None:
        submitted = _decide_unknown(services, wanted, seen, new, describe)
    if submitted.outcome == "created":
        services.bell.ring(wanted.model_name)
    return submitted


@dataclass(slots=True)
class _Seen:
    """What is found out of an upload, by and by; ``png`` is our own file of it."""

    identified: Identified
    sketch: Sketch | None = None
    png: Path | None = None


def _seen(services: Services, wanted: Wanted) -> _Seen:
    asked = services.pixels, services.known, services.settings, wanted.upload, wanted.sha256
    return _Seen(*sketched(*asked)) if wanted.terms.cache == "similar" else _Seen(identify(*asked))


def _decide_unknown(services: Services, wanted: Wanted, seen: _Seen, new: NewJob, describe: Describe) -> Submitted:
    """The picture is decoded, compared and encoded outside of any transaction, each only where it is needed."""
    found = [] if new.recompute else _similar(services, wanted, seen, new)
    with services.engine.begin() as connection:
        if seen.png is not None:
            _store(connection, new, seen)
        submitted = decide(connection, services.settings, wanted.terms, new, describe, found)
    if submitted is None:
        _encode(services, wanted, seen)
        with services.engine.begin() as connection:
            _store(connection, new, seen)
            submitted = decide(connection, services.settings, wanted.terms, new, describe, found)
    assert submitted is not None
    return submitted


def _similar(services: Services, wanted: Wanted, seen: _Seen, new: NewJob) -> list[Similar]:
    """What looks the same and is known; the sketch is the one at hand, or the stored one, or made."""
    if seen.sketch is None:
        with services.engine.connect() as connection:
            is_stored = images.get(connection, new.tenant_id, new.image_id) is not None
            seen.sketch = similar.get(connection, new.tenant_id, new.image_id)
        if not is_stored:
            _encode(services, wanted, seen)  # it must be stored anyway
        elif seen.sketch is None:
            asked = services.pixels, services.known, services.settings, wanted.upload, wanted.sha256
            _, seen.sketch = sketched(*asked)
            with services.engine.begin() as connection:
                similar.put(connection, new.tenant_id, new.image_id, seen.sketch)
    assert seen.sketch is not None
    return similar_to(services, new, seen.identified, seen.sketch)


def _encode(services: Services, wanted: Wanted, seen: _Seen) -> None:
    seen.png = wanted.upload.with_suffix(".png")
    seen.sketch = to_png_sketched(services.pixels, services.settings, wanted.upload, seen.png)


def _store(connection: Connection, new: NewJob, seen: _Seen) -> None:
    size = seen.identified.width, seen.identified.height
    assert seen.png is not None
    images.put(connection, new.tenant_id, new.image_id, *size, seen.png, seen.sketch)


def replayed(services: Services, terms: Terms) -> Submitted | None:
    """The first answer under a key, for who would have to fetch an address to find out; ``None``: there is none.

    Raises:
        IdempotencyMismatch, IdempotencyConflict.
    """
    with services.engine.connect() as connection:  # never committed: the key is taken in the job's own transaction
        answer = first_answer(connection, terms)
    return None if answer is None else Submitted("replayed", None, answer=answer)


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
