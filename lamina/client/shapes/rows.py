"""Rows of a batch."""

from dataclasses import dataclass

from lamina.client.shapes.answer import Answer


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
