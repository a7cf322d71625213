"""Templates and their versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lamina.client.shapes.answer import Answer


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
