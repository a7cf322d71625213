"""Lists in pages: the cursor of a page leads to the row after its last one."""

import asyncio
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from app.flow.errors import InvalidRequest
from app.web.pages import _cursor, page


@dataclass(frozen=True)
class Row:
    id: str
    created_at: datetime


ROWS = [Row(f"job_{number}", datetime(2026, 11, 24, 12, number, 0, 123456, UTC)) for number in range(3)]


def test_the_next_page_begins_after_the_last_row_shown() -> None:
    link, headers = page("/v1/jobs", ROWS, 2, {"status": "queued"})
    assert link is not None
    query = parse_qs(urlsplit(link).query)
    assert (query["status"], query["limit"]) == (["queued"], ["2"])
    assert headers == {"Link": f'<{link}>; rel="next"'}
    assert asyncio.run(_cursor(query["cursor"][0])) == (ROWS[1].created_at, ROWS[1].id)


def test_the_last_page_has_no_next() -> None:
    assert page("/v1/jobs", ROWS, 3, {}) == (None, {})
    assert page("/v1/jobs", [], 3, {}) == (None, {})


@pytest.mark.parametrize(
    "cursor", ["", "!", "é", "MjAyNg==", "MjAyNi0xMS0yNCBqb2I=", "////", "MjAyNi0xMS0yNFQwMDowMDowMFogAA=="]
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        asyncio.run(_cursor(cursor))
    assert caught.value.errors[0].pointer == "/cursor"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_cursor_outside_all_time_is_refused(moment: str) -> None:
    with pytest.raises(InvalidRequest):
        asyncio.run(_cursor(urlsafe_b64encode(f"{moment} job_1".encode()).decode()))


def test_a_cursor_is_read_in_utc_whatever_its_offset() -> None:
    cursor = urlsafe_b64encode(b"2026-11-24T20:00:00+20:00 job_1").decode()
    found = asyncio.run(_cursor(cursor))
    assert found is not None
    assert found[0].isoformat() == "2026-11-24T00:00:00+00:00"
