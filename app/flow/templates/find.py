"""A template at one of its versions, its scene in today's form."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection

from app.flow.documents.refold import SceneLost
from app.flow.errors import InvalidRequest, NotFound
from app.flow.find import find_decomposition
from app.flow.render import manifest_of, with_sizes
from app.flow.services import Services
from app.store import templates
from app.store.templates import Template
from model.edits.scene_json import is_current
from model.errors import ImageRejected, InvalidEdit

logger = logging.getLogger(__name__)

_NAMES = 200  # among which one that was meant is looked for


def find(services: Services, connection: Connection, tenant_id: str, name: str, version: int | None = None) -> Template:
    """A template at its newest version, or at ``version``; raises ``NotFound``.

    The transaction should be committed: a scene that another version of the service kept is written anew.
    """
    found = templates.get(connection, tenant_id, name, version)
    if found is not None:
        return readable(services, connection, found)
    newest = None if version is None else templates.get(connection, tenant_id, name)
    if newest is None:
        raise NotFound(_missing(connection, tenant_id, name))
    raise NotFound(f"The template has no version {version}; the newest is {newest.newest}.")


def legible(services: Services, connection: Connection, found: Iterable[Template]) -> list[Template]:
    """Those of a list that can be read: one that is broken does not take the others away. Of the transaction see
    ``find``."""
    read = []
    for template in found:
        try:
            read.append(readable(services, connection, template))
        except SceneLost:
            logger.exception("a template is left out of a list", extra={"template": template.name})
    return read


def readable(services: Services, connection: Connection, template: Template) -> Template:
    """The template with its scene in today's form, folded anew from the operations where another version of the service
    kept it.

    Raises:
        SceneLost.
    """
    if is_current(template.scene):
        return template
    scene = _folded(services, connection, template)
    templates.rewrite(connection, template, scene)
    return replace(template, content=replace(template.content, scene=scene))


def _folded(services: Services, connection: Connection, template: Template) -> Mapping[str, Any]:
    tenant_id = template.tenant_id
    operations = templates.operations(connection, tenant_id, template.name, template.version)
    try:
        made_of = find_decomposition(connection, tenant_id, template.content.decomposition_id)
        found, _ = with_sizes(
            services,
            tenant_id,
            "refold_states",
            {},
            scene=None,
            states=[operations],
            width=made_of.width,
            height=made_of.height,
            layers=manifest_of(made_of),
        )
    except (InvalidEdit, InvalidRequest, ImageRejected, NotFound) as error:
        told = f"version {template.version} of the template {template.name} cannot be folded anew"
        raise SceneLost(told) from error
    scene: Mapping[str, Any] = found["scenes"][0]
    return scene


def _missing(connection: Connection, tenant_id: str, name: str) -> str:
    near = get_close_matches(name[:100], templates.names(connection, tenant_id, _NAMES), n=3, cutoff=0.6)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"There is no template {name[:100]!r}.{hint}"
