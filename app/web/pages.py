"""Long lists in pages: ``?limit=`` and ``?cursor=``, the next page in ``Link`` (RFC 8288) and in ``next``."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query

from app.flow.errors import invalid_field
from app.store.jobs import Before


class Row(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime | None: ...


Rows = TypeVar("Rows", bound=Row)


async def _cursor(
    cursor: Annotated[str | None, Query(max_length=200, description="From the last page's next.")] = None,
) -> Before | None:
    if cursor is None:
        return None
    try:
        moment, _, id_ = urlsafe_b64decode(cursor).decode().partition(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo is None or "\x00" in id_:
            raise ValueError
        return created_at.astimezone(UTC), id_  # Postgres takes no offset of 16 hours or more
    except (binascii.Error, ValueError, OverflowError):
        raise invalid_field("/cursor", "It is not a cursor of ours.") from None


MOST = 2**31 - 1


def number_of(cursor: Before) -> int:
    """Of a list whose rows are numbered, the number in its cursor.

    Raises:
        InvalidRequest: it is of another list.
    """
    text = cursor[1]
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST):
        raise invalid_field("/cursor", "It is not a cursor of this list.")
    return int(text)


Cursor = Annotated[Before | None, Depends(_cursor)]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows a page.")]


def page(path: str, rows: Sequence[Rows], limit: int, query: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
    """The URL of the next page and the headers; ``rows`` has one more than ``limit`` where there is a next page."""
    if len(rows) <= limit:
        return None, {}
    last = rows[limit - 1]
    assert last.created_at is not None  # it was read from the database
    cursor = urlsafe_b64encode(f"{last.created_at.isoformat()} {last.id}".encode()).decode()
    link = f"{path}?{urlencode({**query, 'limit': limit, 'cursor': cursor})}"
    return link, {"Link": f'<{link}>; rel="next"'}
