"""The next version of a template: of a document as it is at a revision, or of what an earlier version was.

Versions are only ever added, one writer after the other by a lock of the name. The same again is no new version.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.flow.documents.change import Replayed
from app.flow.documents.change import find as find_document
from app.flow.errors import NotFound, VersionConflict, invalid_field
from app.flow.identified import limits
from app.flow.keyed import first_answer, keep_answer
from app.flow.pixels import PixelsLost
from app.flow.services import Services
from app.flow.templates.declare import declared, pictures_in, samples
from app.flow.templates.find import find
from app.store import assets, document_states, templates
from app.store.documents import Document
from app.store.templates import Content, Template
from model.edits.drawn import pictures
from model.edits.scene_json import scene_from_json, scene_to_json
from model.errors import ImageRejected

Onto: TypeAlias = Callable[[int], bool] | None
"""Whether a version may be followed, 0 being none at all; ``None``: any."""


@dataclass(frozen=True, slots=True)
class Write:
    """Somebody's wish to write the next version.

    Attributes:
        route, key, fingerprint: of its Idempotency-Key; see ``app/flow/keyed.py``.
        onto: the versions it may follow.
    """

    tenant_id: str
    name: str
    route: str
    key: str | None = None
    fingerprint: str = ""
    onto: Onto = None


@dataclass(frozen=True, slots=True)
class Source:
    """What it is to be made of; ``variables`` are as they came. ``revision``: ``None`` for the newest."""

    document_id: str
    revision: int | None
    variables: object
    description: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """``is_new``: there was no such template before. ``changed``: a version was written."""

    template: Template
    is_new: bool
    changed: bool


Describe: TypeAlias = Callable[[Written], dict[str, Any]]
"""The HTTP answer, kept under the Idempotency-Key."""


def save(services: Services, write: Write, source: Source, describe: Describe) -> Written | Replayed:
    """Make a version of a document.

    Raises:
        InvalidRequest, InvalidEdit: says which variable is wrong, and how.
        NotFound: there is no such document, or no such revision of it.
        VersionConflict: the template is at none of the versions that it may follow.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.begin() as connection:
        document = find_document(services, connection, write.tenant_id, source.document_id, source.revision)
    content = _content(services, document, source)
    shown = {one.image for one in pictures(scene_from_json(content.scene))}
    chosen = pictures_in(declared(source.variables, scene_from_json(content.scene)))
    try:
        with services.engine.begin() as connection:
            answer, before = _begun(connection, write)
            if answer is not None:
                return answer
            if before is not None and _is_same(before.content, content):
                return _kept(services, connection, write, describe, is_new=False, changed=False)
            held = assets.held(connection, write.tenant_id, chosen)
            for sha256, pointer in chosen.items():
                if sha256 not in held:
                    raise invalid_field(pointer, f"There is no asset {sha256}; upload it to /v1/assets first.")
            operations = _operations(connection, document)
            templates.append(connection, write.tenant_id, write.name, content, operations, sorted(shown | set(chosen)))
            return _kept(services, connection, write, describe, is_new=before is None, changed=True)
    except IntegrityError as error:  # deleted since it was found
        raise NotFound(f"There is no document {source.document_id}.") from error


def restore(services: Services, write: Write, version: int, describe: Describe) -> Written | Replayed:
    """Make what an earlier version was the newest again.

    Raises:
        NotFound: there is no such template, or it has no such version.
        VersionConflict, IdempotencyMismatch, IdempotencyConflict: as ``save``.
    """
    with services.engine.begin() as connection:
        answer, before = _begun(connection, write)
        if answer is not None:
            return answer
        if before is None:
            find(services, connection, write.tenant_id, write.name)  # says so
        old = find(services, connection, write.tenant_id, write.name, version)
        operations = templates.operations(connection, write.tenant_id, write.name, version)
        shown = templates.assets_of(connection, write.tenant_id, write.name, version)
        templates.append(connection, write.tenant_id, write.name, old.content, operations, shown, restored=version)
        return _kept(services, connection, write, describe, is_new=False, changed=True)


def _content(services: Services, document: Document, source: Source) -> Content:
    scene = scene_from_json(document.scene)
    variables = declared(source.variables, scene)
    said = scene_to_json(scene)
    tried = [[step.operation, step.pointer] for step in samples(variables)]
    if tried:
        try:
            services.pixels.call("check_variables", scene=said, samples=tried, limits=limits(services.settings))
        except PixelsLost as error:
            raise ImageRejected("The variables could not be read within the time they are given.") from error
    return Content(
        description=source.description,
        variables={name: variable.to_json() for name, variable in variables.items()},
        document_id=document.id,
        revision=document.revision.n,
        decomposition_id=document.decomposition_id,
        scene=said,
    )


def _operations(connection: Connection, document: Document) -> list[Mapping[str, Any]]:
    line = document_states.line_to(connection, document.tenant_id, document.id, document.revision.state)
    states = document_states.states(connection, document.tenant_id, document.id, line)
    return [one for state in states for one in state.operations]


def _begun(connection: Connection, write: Write) -> tuple[Replayed | None, Template | None]:
    """The first answer under the key, or the template as it is, its name locked."""
    answer = first_answer(connection, write)
    if answer is not None:
        return Replayed(answer), None
    templates.lock(connection, write.tenant_id, write.name)
    before = templates.get(connection, write.tenant_id, write.name)
    newest = before.newest if before is not None else 0
    if write.onto is not None and not write.onto(newest):
        said = f"The template {write.name} is at version {newest}" if newest else f"There is no template {write.name}"
        raise VersionConflict(f"{said}, and the request is meant for another state.", newest)
    return None, before


def _is_same(one: Content, other: Content) -> bool:
    """Whether nothing would be gained by another version; the order of variables is seen in forms, and counts."""
    return list(one.variables) == list(other.variables) and all(
        getattr(one, name) == getattr(other, name) for name in ("description", "variables", "scene", "decomposition_id")
    )


def _kept(
    services: Services, connection: Connection, write: Write, describe: Describe, *, is_new: bool, changed: bool
) -> Written:
    written = Written(find(services, connection, write.tenant_id, write.name), is_new, changed)
    keep_answer(connection, write, lambda: describe(written))
    return written
