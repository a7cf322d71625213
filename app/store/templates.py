"""Templates: a document at a revision with a name and variables.

A version is written once and stays until the template is deleted. Versions are numbered on from there even after that,
so that a number never means another picture than it did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, null, select, tuple_, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from app.store.gone import announce
from app.store.jobs.queries import Before
from app.store.tables import image_layers, template_assets, template_versions, templates

Kind: TypeAlias = Literal["create", "update", "restore"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says.

    Attributes:
        variables: by name, as ``app/flow/templates/variable.py`` reads them.
        document_id, revision: what it was made of; the document may have been deleted since.
        scene: folded, as ``scene_to_json`` gives it.
    """

    description: str | None
    variables: Mapping[str, Mapping[str, Any]]
    document_id: str
    revision: int
    decomposition_id: str
    scene: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A template at one of its versions.

    Attributes:
        newest: the number of its newest version.
        created_at: when its first version was written; after it was deleted, the first since.
        kind, restored: how this version came; ``restored`` is the one that it repeats.
        updated_at: when this version was written.
        layers: of the decomposition, as its manifest has them.
    """

    tenant_id: str
    name: str
    newest: int
    created_at: datetime
    version: int
    kind: Kind
    restored: int | None
    updated_at: datetime
    content: Content
    layers: Sequence[Mapping[str, Any]]

    @property
    def id(self) -> str:
        """Its name in a list's cursor."""
        return self.name

    @property
    def scene(self) -> Mapping[str, Any]:
        """Folded, as ``scene_to_json`` gives it."""
        return self.content.scene

    @property
    def variables(self) -> Mapping[str, Mapping[str, Any]]:
        """By name, as JSON."""
        return self.content.variables


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in the list of a template's."""

    version: int
    kind: Kind
    restored: int | None
    description: str | None
    variables: Mapping[str, Mapping[str, Any]]
    document_id: str
    revision: int
    created_at: datetime

    @property
    def id(self) -> str:
        """Its name in a list's cursor."""
        return str(self.version)


def get(connection: Connection, tenant_id: str, name: str, version: int | None = None) -> Template | None:
    """At its newest version or at ``version``; ``None`` where this tenant has none of that name, or it no such one."""
    query = _select(templates.c.newest if version is None else version)
    row = connection.execute(query.where(*_named(tenant_id, name))).one_or_none()
    return None if row is None else _read(row)


def list_(connection: Connection, tenant_id: str, *, limit: int, before: Before | None = None) -> list[Template]:
    """A tenant's templates at their newest versions, newest template first."""
    query = _select(templates.c.newest).where(templates.c.tenant_id == tenant_id, templates.c.deleted_at.is_(None))
    if before is not None:
        query = query.where(tuple_(templates.c.created_at, templates.c.name) < tuple_(*before))
    query = query.order_by(templates.c.created_at.desc(), templates.c.name.desc()).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def names(connection: Connection, tenant_id: str, limit: int) -> list[str]:
    """Of a tenant's templates, the newest first."""
    query = select(templates.c.name).where(templates.c.tenant_id == tenant_id, templates.c.deleted_at.is_(None))
    return list(connection.scalars(query.order_by(templates.c.created_at.desc()).limit(limit)))


def versions(
    connection: Connection, tenant_id: str, name: str, *, limit: int, before: int | None = None
) -> list[Listed]:
    """What a template was, newest first, from below ``before`` on."""
    own = template_versions.c
    columns = own.version, own.kind, own.restored, own.description, own.variables, own.document_id, own.revision
    query = select(*columns, own.created_at).where(own.tenant_id == tenant_id, own.name == name)
    if before is not None:
        query = query.where(own.version < before)
    return [Listed(*row) for row in connection.execute(query.order_by(own.version.desc()).limit(limit))]


def lock(connection: Connection, tenant_id: str, name: str) -> None:
    """Take a name, and keep other writers off until the transaction ends; readers go on. A name that nobody had stands
    for a deleted template until ``append``."""
    new = insert_or_not(templates).values(tenant_id=tenant_id, name=name, newest=0, deleted_at=func.now())
    connection.execute(new.on_conflict_do_nothing())
    query = select(templates.c.name).where(templates.c.tenant_id == tenant_id, templates.c.name == name)
    connection.execute(query.with_for_update(key_share=True))


def append(
    connection: Connection,
    tenant_id: str,
    name: str,
    content: Content,
    operations: Sequence[Mapping[str, Any]],
    assets: Iterable[str],
    restored: int | None = None,
) -> int:
    """Write the next version of a name that is locked; returns its number.

    Args:
        operations: all that lead to its scene, from the decomposition on; the form that lasts, as for documents.
        assets: that its scene and the defaults of its variables show; they stay as long as it does.
        restored: the version that it repeats.

    Raises:
        sqlalchemy.exc.IntegrityError: there is no such decomposition, or no such asset.
    """
    this = templates.c.tenant_id == tenant_id, templates.c.name == name
    anew: bool = connection.execute(select(templates.c.deleted_at.is_not(None)).where(*this)).scalar_one()
    change = update(templates).where(*this).values(newest=templates.c.newest + 1, deleted_at=null())
    if anew:
        change = change.values(created_at=func.now())
    version: int = connection.execute(change.returning(templates.c.newest)).scalar_one()
    key = {"tenant_id": tenant_id, "name": name, "version": version}
    kind: Kind = "create" if anew else "update" if restored is None else "restore"
    said = {
        "description": content.description,
        "variables": {name: dict(one) for name, one in content.variables.items()},
        "document_id": content.document_id,
        "revision": content.revision,
        "decomposition_id": content.decomposition_id,
        "operations": [dict(one) for one in operations],
        "scene": dict(content.scene),
    }
    connection.execute(insert(template_versions).values(**key, kind=kind, restored=restored, **said))
    rows = [{**key, "sha256": sha256} for sha256 in assets]
    if rows:
        connection.execute(insert(template_assets), rows)
    return version


def operations(connection: Connection, tenant_id: str, name: str, version: int) -> list[dict[str, Any]]:
    """All that lead to the scene of a version that is there."""
    own = template_versions.c
    this = own.tenant_id == tenant_id, own.name == name, own.version == version
    found: list[dict[str, Any]] = connection.execute(select(own.operations).where(*this)).scalar_one()
    return found


def assets_of(connection: Connection, tenant_id: str, name: str, version: int) -> list[str]:
    """That a version shows."""
    own = template_assets.c
    query = select(own.sha256).where(own.tenant_id == tenant_id, own.name == name, own.version == version)
    return list(connection.scalars(query.order_by(own.sha256)))


def rewrite(connection: Connection, template: Template, scene: Mapping[str, Any]) -> None:
    """Keep the scene of a version in the form of a later version of the service; one of a later version still stays as
    it is, so that two that run side by side do not undo each other's."""
    own = template_versions.c
    kept = own.scene["version"].as_integer()
    this = own.tenant_id == template.tenant_id, own.name == template.name, own.version == template.version
    connection.execute(update(template_versions).where(*this, kept < int(scene["version"])).values(scene=dict(scene)))


def delete(connection: Connection, tenant_id: str, name: str) -> bool:
    """Forget a template with all its versions; says whether it was there."""
    announce(connection, f"/v1/templates/{name}")
    gone = update(templates).where(*_named(tenant_id, name)).values(deleted_at=func.now())
    if connection.execute(gone).rowcount != 1:
        return False
    own = template_versions.c
    connection.execute(delete_rows(template_versions).where(own.tenant_id == tenant_id, own.name == name))
    return True


def made_of(connection: Connection, tenant_id: str, decomposition_id: str, limit: int) -> list[str]:
    """The names of templates of which a version is made of a decomposition."""
    own = template_versions.c
    query = select(own.name).where(own.tenant_id == tenant_id, own.decomposition_id == decomposition_id).distinct()
    return list(connection.scalars(query.order_by(own.name).limit(limit)))


def _named(tenant_id: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return templates.c.tenant_id == tenant_id, templates.c.name == name, templates.c.deleted_at.is_(None)


_HEAD = templates.c.tenant_id, templates.c.name, templates.c.newest, templates.c.created_at
_OF_VERSION = tuple(template_versions.c[name] for name in ("version", "kind", "restored", "created_at"))
_CONTENT = tuple(
    template_versions.c[name]
    for name in ("description", "variables", "document_id", "revision", "decomposition_id", "scene")
)


def _select(at: ColumnElement[int] | int) -> Select[Any]:
    """Templates at a version."""
    own, stack = template_versions.c, image_layers.c
    return (
        select(*_HEAD, *_OF_VERSION, *_CONTENT, stack.layers_json)
        .join_from(
            templates,
            template_versions,
            (own.tenant_id == templates.c.tenant_id) & (own.name == templates.c.name) & (own.version == at),
        )
        .join(image_layers, (stack.tenant_id == own.tenant_id) & (stack.id == own.decomposition_id))
    )


def _read(row: Row[Any]) -> Template:
    values: tuple[Any, ...] = tuple(row)
    head, content, layers = values[:8], Content(*values[8:14]), values[14]
    of_version = *head, content, layers
    return Template(*of_version)
