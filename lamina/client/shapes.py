"""What the service answers, as dataclasses. ``raw`` is the JSON object as it came, newer fields included.

Boxes are ``(x, y, width, height)`` on the canvas, in pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from lamina.client.problems import JobEnded, Problem

Box: TypeAlias = tuple[int, int, int, int]
Raw: TypeAlias = Mapping[str, Any]
FINISHED = frozenset({"succeeded", "failed", "canceled"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``raw`` is all of it."""

    raw: Raw = field(repr=False, compare=False, hash=False)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """``fraction``, 0 to 1, is of the whole job."""

    fraction: float = 0.0
    stage: str | None = None
    step: int | None = None
    steps: int | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows of a batch; the rest are still to be drawn, or were canceled."""

    total: int
    succeeded: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A known decomposition of a picture that looks the same; ``distance`` 0 is no difference that can be seen."""

    decomposition_id: str
    distance: float
    width: int
    height: int
    model: str
    same_request: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class JobFields(Answer):
    """One run of work, as it was when it was asked about: ``queued``, ``running``, ``succeeded``, ``failed`` or
    ``canceled``; ``queue_position`` 1 is next."""

    id: str
    kind: str
    status: str
    progress: Progress = Progress()
    queue_position: int | None = None
    cached: bool
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int
    counts: Counts | None = None
    result: dict[str, Any] | None = None
    similar: tuple[Similar, ...] = ()
    urls: dict[str, Any]

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def decomposition_id(self) -> str | None:
        """Of what it made, once it has succeeded."""
        found = (self.result or {}).get("decomposition_id")
        return None if found is None else str(found)

    @property
    def error(self) -> Problem | None:
        """Why there is no result, where the job ended without one."""
        if self.status not in FINISHED or self.status == "succeeded":
            return None
        said = {"title": f"The job was {self.status}.", "code": self.status}
        return JobEnded(self.raw.get("error") or said, self)


@dataclass(frozen=True, kw_only=True)
class Size:
    """``sha256`` names the decoded pixels, where it is of an image."""

    width: int
    height: int
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Model:
    name: str
    revision: str = ""


@dataclass(frozen=True, kw_only=True)
class TextWord:
    text: str
    bbox: Box


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """``polygon``: its corners, clockwise from its own top left; ``color`` ``#rrggbb`` of its ink."""

    text: str
    polygon: tuple[tuple[float, float], ...] = ()
    color: str | None = None
    words: tuple[TextWord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayerFields(Answer):
    """``index`` 0 is the bottom; ``kind`` is ``background``, ``object``, ``shape``, ``text`` or ``residual``;
    ``sha256`` is of the bytes at ``url``; ``parent`` is the group that it is in, of an imported file."""

    index: int
    name: str
    kind: str
    text: str | None = None
    lines: tuple[TextLine, ...] = ()
    bbox: Box
    area_ratio: float
    depth: float | None = None
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    parent: int | None = None
    sha256: str
    url: str
    thumbnail_url: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Of an imported file. Groups are counted on after the layers; ``position`` is among all, bottom to top."""

    index: int
    name: str
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    parent: int | None = None
    position: int


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Of a split layer: the decomposition that it was in; ``children``: the first and last of its parts."""

    decomposition_id: str
    layer_index: int
    children: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class DecompositionFields(Answer):
    """An immutable stack of layers that composites to its source bit for bit. ``size`` is ``image`` of the JSON."""

    id: str
    size: Size
    model: Model
    parameters: dict[str, Any]
    layer_count: int
    max_error: int
    created_at: datetime
    notes: dict[str, Any]
    groups: tuple[Group, ...] = ()
    parent: Parent | None = None
    thumbnail_url: str
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DocumentLayerFields(Answer):
    """A layer as edits left it; ``matrix`` a, b, c, d, e, f is CSS's. The rest is in ``raw`` and in the API's
    description."""

    index: int
    name: str
    kind: str
    bbox: Box
    matrix: tuple[float, ...]
    changed: tuple[str, ...] = ()
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    locked: bool
    deleted: bool
    parent: int | None = None
    text: str | None = None
    asset: str | None = None
    edited_url: str | None = None
    edited_bbox: Box | None = None


@dataclass(kw_only=True)
class DocumentFields:
    """A decomposition as edits made it look. An edit through this object brings it up to date; ``dirty`` is the part of
    the canvas that the last one may have changed."""

    raw: Raw = field(repr=False, compare=False)
    id: str
    name: str | None = None
    decomposition_id: str
    revision: int
    width: int
    height: int
    thumbnail_url: str
    can_undo: bool
    can_redo: bool
    created_at: datetime
    updated_at: datetime
    dirty: Box | None = None
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Revision(Answer):
    """A line of a document's history; ``kind`` is ``create``, ``edit``, ``undo``, ``redo`` or ``restore``."""

    n: int
    kind: str
    summary: str
    operation_count: int
    shows: int
    created_at: datetime
    render_url: str


@dataclass(frozen=True, kw_only=True)
class AssetFields(Answer):
    """An uploaded picture; ``sha256`` is its name in the operations ``replace`` and ``add``."""

    sha256: str
    width: int
    height: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Font:
    """``name`` is how the operation ``text`` takes it."""

    name: str
    family: str
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An address that ends."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Fonts(Answer):
    fonts: tuple[Font, ...] = ()
    generic: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowError:
    """``pointer`` is into the row's values."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class RowFields(Answer):
    """A row of a batch, 1 is the first; ``name`` is of its file, ``status`` as of a job."""

    row: int
    name: str
    status: str
    sha256: str | None = None
    url: str | None = None
    error: RowError | None = None


@dataclass(frozen=True, kw_only=True)
class TemplateVersion(Answer):
    """A line of a template's history; ``kind`` says how it came."""

    version: int
    kind: str
    restored: int | None = None
    description: str | None = None
    document_id: str
    revision: int
    variables: dict[str, Any]
    created_at: datetime
    url: str
    thumbnail_url: str


@dataclass(frozen=True, kw_only=True)
class TemplateFields(Answer):
    """A document at a revision, with what of it may vary; ``values`` is what each variable is without a value."""

    name: str
    version: int
    newest: int
    kind: str
    restored: int | None = None
    description: str | None = None
    document_id: str
    revision: int
    decomposition_id: str
    width: int
    height: int
    variables: dict[str, Any]
    values: dict[str, Any]
    thumbnail_url: str
    created_at: datetime
    updated_at: datetime
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class WebhookFields(Answer):
    """``events`` ``None``: it hears of all."""

    id: str
    url: str
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    created_at: datetime
    secret: str | None = field(default=None, repr=False)
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Secret:
    """``secret`` is ``whsec_`` and the key in base64; both sign until ``previous_until``, after a rotation."""

    secret: str = field(repr=False)
    previous_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request of a delivery; ``error`` ``None``: it succeeded."""

    n: int
    at: datetime
    status_code: int | None = None
    error: str | None = None
    duration_ms: int
    response_excerpt: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryFields(Answer):
    """``status`` is ``pending``, ``succeeded`` or ``failed``; ``webhook_id`` ``None``: to a job's own address."""

    id: str
    event: dict[str, Any]
    job_id: str | None = None
    webhook_id: str | None = None
    url: str
    status: str
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None
    urls: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written; ``warnings``: what its format could not hold, a sentence each."""

    path: str
    bytes: int
    warnings: tuple[str, ...]
