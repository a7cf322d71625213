"""Scenes that another version of the service kept: folded anew from the operations, which are kept for good.

So a release may change the form of a scene, and every state of every document is still there to be shown, undone to
and edited. What was folded anew is kept, so that it is done once.
"""

from dataclasses import replace

from sqlalchemy import Connection

from app.flow.documents.looks import with_same_looks
from app.flow.errors import InvalidRequest, NotFound
from app.flow.find import find_decomposition
from app.flow.render import manifest_of, with_sizes
from app.flow.services import Services
from app.store import document_states
from app.store.document_states import State
from app.store.documents import Document
from model.edits.scene_json import VERSION, is_current
from model.errors import ImageRejected, InvalidEdit

AT_ONCE = 50
"""States that are read and folded in one go."""


class SceneLost(Exception):
    """What was once folded cannot be folded any more: a defect of ours. Nothing of the document is changed."""


def readable(services: Services, connection: Connection, document: Document) -> Document:
    """The document with its scene in today's form.

    Raises:
        SceneLost.
    """
    if is_current(document.scene):
        return document
    tenant_id, id_ = document.tenant_id, document.id
    line = document_states.line_to(connection, tenant_id, id_, document.revision.state, VERSION)
    scene: dict[str, object] | None = None
    for first in range(0, len(line), AT_ONCE):
        some = document_states.states(connection, tenant_id, id_, line[first : first + AT_ONCE])
        if first == 0 and is_current(some[0].scene):
            scene, some = dict(some[0].scene), some[1:]
        for state, folded in zip(some, _folded(services, connection, document, scene, some), strict=True):
            scene = with_same_looks(state.scene, folded)
            document_states.rewrite(connection, tenant_id, id_, state.n, scene)
    assert scene is not None  # a state is in its own line
    return replace(document, scene=scene)


def _folded(
    services: Services, connection: Connection, document: Document, scene: dict[str, object] | None, some: list[State]
) -> list[dict[str, object]]:
    """The scene of each of these states, the first on top of ``scene`` or, without it, of the unedited one."""
    try:
        made_of = find_decomposition(connection, document.tenant_id, document.decomposition_id)
        found, _ = with_sizes(
            services,
            document.tenant_id,
            "refold_states",
            {},
            scene=scene,
            states=[[dict(one) for one in state.operations] for state in some],
            width=made_of.width,
            height=made_of.height,
            layers=manifest_of(made_of),
        )
    except (InvalidEdit, InvalidRequest, ImageRejected, NotFound) as error:
        told = f"states {some[0].n} to {some[-1].n} of {document.id} cannot be folded anew"
        raise SceneLost(told) from error
    scenes: list[dict[str, object]] = found["scenes"]
    return scenes
