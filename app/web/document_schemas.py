"""The JSON of documents, in and out, as pydantic shapes with examples."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.store.documents import Document, Kind, Revision
from app.web.asked import storable
from app.web.document_layer_schemas import THUMBNAIL, DocumentLayerOut, layers_of
from app.web.export_addresses import EXPORTS, exports_of
from model.edits.scene_json import scene_from_json

_ID = "doc_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11"
_DECOMPOSITION = "dec_9f86d081884c7d659a2feaa0c55ad015"
_LAYERS = f"/v1/decompositions/{_DECOMPOSITION}/layers"
_SELF = f"/v1/documents/{_ID}"
_URLS: dict[str, Any] = {name: f"{_SELF}/{name}" for name in ("operations", "undo", "redo", "revisions", "freeze")} | {
    "self": _SELF, "decomposition": f"/v1/decompositions/{_DECOMPOSITION}", "render": f"{_SELF}/render.png",
    "source": f"/v1/decompositions/{_DECOMPOSITION}/source.png", "exports": exports_of(_SELF),
}  # fmt: skip
_DOCUMENT_EXAMPLE: dict[str, Any] = {
    "id": _ID, "name": "Summer poster", "decomposition_id": _DECOMPOSITION, "revision": 2, "width": 1024, "height": 768,
    "layers": [
        {"index": 0, "name": "background", "kind": "background", "bbox": [0, 0, 1024, 768],
         "matrix": [1, 0, 0, 1, 0, 0], "source_bbox": [0, 0, 1024, 768], "angle": 0.0, "changed": [],
         "colors": [], "blur": None, "words": None,
         "opacity": 1.0, "blend": "normal",
         "visible": True, "locked": False, "deleted": False, "parent": None, "text": None, "asset": None,
         "url": f"{_LAYERS}/0.png", "thumbnail_url": f"{_LAYERS}/0.png?w=256",
         "edited_url": f"{_SELF}/layers/0.png?revision=1&trim=1", "edited_bbox": [0, 0, 1024, 768]},
        {"index": 1, "name": "headline", "kind": "text", "bbox": [104, 60, 420, 90],
         "matrix": [1, 0, 0, 1, 104, 60], "source_bbox": [80, 60, 420, 90], "angle": 0.0,
         "changed": ["colours"], "colors": [{"op": "recolor", "mode": "hue", "color": "#e11d48"}], "blur": None,
         "words": None, "opacity": 0.8, "blend": "normal",
         "visible": True, "locked": False, "deleted": False, "parent": None, "text": "OPEN AIR", "asset": None,
         "url": f"{_LAYERS}/1.png", "thumbnail_url": f"{_SELF}/layers/1.png?revision=2&w=256",
         "edited_url": f"{_SELF}/layers/1.png?revision=2&trim=1", "edited_bbox": [104, 60, 420, 90]},
    ],
    "thumbnail_url": f"{_SELF}/render.webp?revision=2&width=256&quality=80",
    "can_undo": True, "can_redo": False, "created_at": "2026-11-28T12:00:00Z", "updated_at": "2026-11-28T12:00:05Z",
    "urls": _URLS,
}  # fmt: skip


def _readable(name: str) -> str:
    if not name.strip():
        raise ValueError("It must have something to read in it; null is no name")
    return name


Name: TypeAlias = Annotated[str, Field(max_length=200), AfterValidator(storable), AfterValidator(_readable)]


class DocumentIn(BaseModel):
    """What to make a document of."""

    model_config = ConfigDict(extra="forbid", title="DocumentRequest")

    decomposition_id: Annotated[str, Field(max_length=200), AfterValidator(storable)]
    name: Name | None = Field(None, description="For people.")


class RenameIn(BaseModel):
    """What of a document may be changed by itself: its name."""

    model_config = ConfigDict(extra="forbid", title="RenameRequest")

    name: Name | None = Field(description="For people; null for none.")


class DocumentUrls(BaseModel):
    self: str
    decomposition: str
    source: str = Field(description="The picture that it all began with.")
    operations: str
    undo: str
    redo: str
    revisions: str
    freeze: str
    render: str = Field(description="The picture; with `.webp`, `.avif` or `.jpg` for `.png` too.")
    exports: dict[str, str] = Field(description=EXPORTS)


class DocumentOut(BaseModel):
    """A decomposition as edits made it look, at one revision."""

    model_config = ConfigDict(title="Document", json_schema_extra={"examples": [_DOCUMENT_EXAMPLE]})

    id: str
    name: str | None
    decomposition_id: str
    revision: int = Field(description='Its number, which is also the ETag: "r2".')
    width: int
    height: int
    layers: list[DocumentLayerOut] = Field(description="Bottom to top, deleted ones included.")
    thumbnail_url: str = Field(description="Its picture as WebP, at most 256 pixels wide.")
    can_undo: bool
    can_redo: bool
    created_at: datetime
    updated_at: datetime = Field(description="When this revision was written.")
    urls: DocumentUrls

    @classmethod
    def of(cls, found: Document) -> "DocumentOut":
        return cls(**_fields(found))


class ChangedDocumentOut(DocumentOut):
    """The document after a change."""

    model_config = ConfigDict(title="ChangedDocument", json_schema_extra={"examples": [
        {**_DOCUMENT_EXAMPLE, "dirty": [80, 60, 444, 90]}]})  # fmt: skip

    dirty: tuple[int, int, int, int] | None = Field(
        description="x, y, width, height of the part of the canvas that may look other than before; null where "
        "nothing does. All that a viewer must draw anew."
    )

    @classmethod
    def after(cls, found: Document, dirty: tuple[int, int, int, int] | None) -> "ChangedDocumentOut":
        return cls(**_fields(found), dirty=dirty)


class DocumentList(BaseModel):
    documents: list[DocumentOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


class RevisionOut(BaseModel):
    """One line of a document's history."""

    model_config = ConfigDict(title="Revision", json_schema_extra={"examples": [{
        "n": 2, "kind": "edit", "summary": "move headline", "operation_count": 1, "shows": 2,
        "created_at": "2026-11-28T12:00:05Z", "url": f"{_SELF}/revisions/2",
        "render_url": f"{_SELF}/render.png?revision=2"}]})  # fmt: skip

    n: int
    kind: Kind = Field(description="`undo`, `redo` and `restore` show a state that an earlier revision made.")
    summary: str = Field(description="In words, what happened.")
    operation_count: int = Field(description="Of the operations that were applied; 0 unless it is an edit.")
    shows: int = Field(description="The revision that made the state that this one shows.")
    created_at: datetime
    url: str
    render_url: str

    @classmethod
    def of(cls, document_id: str, found: Revision) -> "RevisionOut":
        base = f"/v1/documents/{document_id}"
        assert found.created_at is not None  # it was read from the database
        return cls(
            n=found.n,
            kind=found.kind,
            summary=found.summary,
            operation_count=found.operation_count,
            shows=found.state,
            created_at=found.created_at,
            url=f"{base}/revisions/{found.n}",
            render_url=f"{base}/render.png?revision={found.n}",
        )


class RevisionList(BaseModel):
    revisions: list[RevisionOut] = Field(description="Newest first.")
    next: str | None = Field(description="Where the list goes on; also in the Link header.")


class RevisionOperations(BaseModel):
    """What makes a revision of the decomposition."""

    model_config = ConfigDict(title="RevisionOperations", json_schema_extra={"examples": [{
        "decomposition_id": _DECOMPOSITION, "revision": 2,
        "operations": [{"op": "move", "layer": "headline", "by": {"x": 24}}]}]})  # fmt: skip

    decomposition_id: str
    revision: int
    operations: list[dict[str, Any]] = Field(description="In the order in which they were applied.")


def _fields(found: Document) -> dict[str, Any]:
    base = f"/v1/documents/{found.id}"
    scene = scene_from_json(found.scene)
    stack = f"/v1/decompositions/{found.decomposition_id}"
    state, wide = found.revision.state, min(scene.width, THUMBNAIL)
    return {
        "id": found.id,
        "name": found.name,
        "decomposition_id": found.decomposition_id,
        "revision": found.revision.n,
        "width": scene.width,
        "height": scene.height,
        "layers": layers_of(found, scene),
        "thumbnail_url": f"{base}/render.webp?revision={state}&width={wide}&quality=80",
        "can_undo": found.revision.back is not None,
        "can_redo": found.revision.forward is not None,
        "created_at": found.created_at,
        "updated_at": found.revision.created_at,
        "urls": DocumentUrls(
            self=base,
            decomposition=stack,
            source=f"{stack}/source.png",
            operations=f"{base}/operations",
            undo=f"{base}/undo",
            redo=f"{base}/redo",
            revisions=f"{base}/revisions",
            freeze=f"{base}/freeze",
            render=f"{base}/render.png",
            exports=exports_of(base),
        ),
    }
