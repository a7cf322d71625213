"""The JSON of templates, in and out, as pydantic shapes with examples; variables are read in
``app/flow/templates/declare.py``."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.flow.templates.names import MAX_TEMPLATE_NAME, RULE, name_of
from app.flow.templates.shows import shows
from app.store.templates import Kind, Listed, Template
from app.web.asked import storable
from app.web.output import MOST_REVISIONS
from app.web.template_variable_schemas import TemplateVariable
from model.edits.scene_json import scene_from_json

_DOCUMENT = "doc_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"
_DECOMPOSITION = "dec_9f86d081884c7d659a2feaa0c55ad015"
_VARIABLES: dict[str, Any] = {
    "headline": {"layer": 1, "property": "text", "max_length": 40, "required": True},
    "product": {"layer": 3, "property": "image", "fit": "contain"},
    "accent": {"layer": [2, 4], "property": "color", "choices": ["#e11d48", "#2563eb"], "default": "#e11d48"},
}
_SELF = "/v1/templates/summer-sale"
_VERSION: dict[str, Any] = {
    "version": 2, "kind": "update", "restored": None, "description": "1080 × 1080, for feeds",
    "document_id": _DOCUMENT, "revision": 7,
}  # fmt: skip
_URLS = {
    "self": _SELF, "versions": f"{_SELF}/versions", "render": f"{_SELF}/render",
    "batch": f"{_SELF}/batch", "picture": f"{_SELF}/render.png",
    "thumbnail": f"{_SELF}/thumbnail.webp", "document": f"/v1/documents/{_DOCUMENT}",
    "decomposition": f"/v1/decompositions/{_DECOMPOSITION}",
}  # fmt: skip
_EXAMPLE: dict[str, Any] = {
    "name": "summer-sale", **_VERSION, "newest": 2, "decomposition_id": _DECOMPOSITION, "width": 1080, "height": 1080,
    "variables": _VARIABLES,
    "values": {"headline": "SUMMER SALE", "product": None, "accent": "#e11d48"},
    "thumbnail_url": f"{_SELF}/thumbnail.webp?version=2",
    "created_at": "2026-11-28T12:00:00Z", "updated_at": "2026-11-28T12:30:00Z", "urls": _URLS,
}  # fmt: skip


def _name(value: str) -> str:
    return name_of(value, MAX_TEMPLATE_NAME)


Name: TypeAlias = Annotated[str, AfterValidator(_name)]


class TemplateBodyIn(BaseModel):
    """What the next version of a template is."""

    model_config = ConfigDict(extra="forbid", title="TemplateVersionRequest")

    document_id: Annotated[str, Field(max_length=200), AfterValidator(storable)]
    revision: int | None = Field(
        None, ge=1, le=MOST_REVISIONS, description="Of the document, which may go on; by default its newest one."
    )
    variables: dict[str, TemplateVariable] = Field(
        default_factory=dict, description="What may vary, by names of one's own: as those of templates."
    )
    description: Annotated[str, Field(max_length=2000), AfterValidator(storable)] | None = Field(
        None, description="For people."
    )


class TemplateIn(TemplateBodyIn):
    """The same with a name."""

    model_config = ConfigDict(extra="forbid", title="TemplateRequest")

    name: Name = Field(
        description=f"Part of its address. 1 to {MAX_TEMPLATE_NAME} characters: {RULE}. Case counts.",
        examples=["summer-sale", "夏季促销"],
    )


class TemplateUrls(BaseModel):
    self: str
    versions: str
    render: str = Field(description="POST values, get a picture.")
    batch: str = Field(description="POST many rows of values, get a job.")
    picture: str = Field(description="The same for `<img src>`: values in the query; `.webp`, `.avif` or `.jpg` too.")
    thumbnail: str
    document: str
    decomposition: str


class TemplateOut(BaseModel):
    """A document at a revision, with what of it may vary."""

    model_config = ConfigDict(title="Template", json_schema_extra={"examples": [_EXAMPLE]})

    name: str
    version: int = Field(description='This one. Of the newest it is also the ETag: "v2".')
    newest: int = Field(description="The newest version.")
    kind: Kind
    restored: int | None = Field(description="The earlier version that this one repeats.")
    description: str | None
    document_id: str = Field(description="What it was made of; it may have been edited or deleted since.")
    revision: int
    decomposition_id: str
    width: int
    height: int
    variables: dict[str, TemplateVariable] = Field(
        description="By name, their layers as indices: these hold even if a layer is renamed."
    )
    values: dict[str, Any] = Field(
        description="What each variable is without a value: its default, or what the layer shows, as far as that is "
        "known. A form may begin with these."
    )
    thumbnail_url: str = Field(description="With the defaults, as WebP, at most 256 pixels wide.")
    created_at: datetime = Field(description="Of its first version.")
    updated_at: datetime = Field(description="Of this version.")
    urls: TemplateUrls

    @classmethod
    def of(cls, found: Template) -> "TemplateOut":
        base = address(found.name)
        content, scene = found.content, scene_from_json(found.scene)
        return cls(
            name=found.name,
            version=found.version,
            newest=found.newest,
            kind=found.kind,
            restored=found.restored,
            description=content.description,
            document_id=content.document_id,
            revision=content.revision,
            decomposition_id=content.decomposition_id,
            width=scene.width,
            height=scene.height,
            variables={name: TemplateVariable(dict(one)) for name, one in content.variables.items()},
            values=shows(found, scene),
            thumbnail_url=f"{base}/thumbnail.webp?version={found.version}",
            created_at=found.created_at,
            updated_at=found.updated_at,
            urls=TemplateUrls(
                self=base,
                versions=f"{base}/versions",
                render=f"{base}/render",
                batch=f"{base}/batch",
                picture=f"{base}/render.png",
                thumbnail=f"{base}/thumbnail.webp",
                document=f"/v1/documents/{content.document_id}",
                decomposition=f"/v1/decompositions/{content.decomposition_id}",
            ),
        )


class TemplateList(BaseModel):
    templates: list[TemplateOut] = Field(description="Newest first, each at its newest version.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


class VersionOut(BaseModel):
    """A version of a template."""

    model_config = ConfigDict(title="TemplateVersion", json_schema_extra={"examples": [{
        **_VERSION, "variables": _VARIABLES, "created_at": "2026-11-28T12:30:00Z", "url": f"{_SELF}?version=2",
        "thumbnail_url": f"{_SELF}/thumbnail.webp?version=2"}]})  # fmt: skip

    version: int
    kind: Kind
    restored: int | None
    description: str | None
    document_id: str
    revision: int
    variables: dict[str, TemplateVariable]
    created_at: datetime
    url: str
    thumbnail_url: str

    @classmethod
    def of(cls, name: str, found: Listed) -> "VersionOut":
        base = address(name)
        return cls(
            version=found.version,
            kind=found.kind,
            restored=found.restored,
            description=found.description,
            document_id=found.document_id,
            revision=found.revision,
            variables={key: TemplateVariable(dict(one)) for key, one in found.variables.items()},
            created_at=found.created_at,
            url=f"{base}?version={found.version}",
            thumbnail_url=f"{base}/thumbnail.webp?version={found.version}",
        )


class VersionList(BaseModel):
    versions: list[VersionOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


def address(name: str) -> str:
    """The path of a template."""
    return f"/v1/templates/{quote(name, safe='')}"
