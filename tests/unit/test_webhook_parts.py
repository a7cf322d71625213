"""What of webhooks needs no service: where they go, what they say, when they come again."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.flow.errors import InvalidRequest, UrlNotAllowed
from app.flow.webhooks.address import checked
from app.flow.webhooks.body import LARGEST, event_body
from app.flow.webhooks.schedule import DELAYS_S, delay_s, retry_after_s
from app.settings import Settings

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _checked(url: str, *addresses: str) -> str:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return asyncio.run(checked(url, Settings(), "/url", resolve)).target


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop.example/hook", "https://shop.example:443"),
        ("HTTP://Shop.Example:8080/hook?a=b#c", "http://shop.example:8080"),
        ("https://shop.example:443/", "https://shop.example:443"),
    ],
)
def test_a_public_address_passes_and_says_whose_it_is(url: str, target: str) -> None:
    assert _checked(url, "93.184.216.34", "2606:2800:220:1::1") == target


@pytest.mark.parametrize("address", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.7"])
def test_one_private_address_among_public_ones_is_enough_to_refuse(address: str) -> None:
    with pytest.raises(UrlNotAllowed):
        _checked("https://shop.example/", "93.184.216.34", address)


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no address"):
        _checked("https://shop.example/")


def test_pauses_grow_vary_and_end() -> None:
    for tries, planned in enumerate(DELAYS_S, 1):
        found = [delay_s(tries) or 0.0 for _ in range(50)]
        assert planned * 0.8 <= min(found) < max(found) <= planned * 1.2
    assert delay_s(len(DELAYS_S) + 1) is None
    assert delay_s(1, 100.0) == 100.0
    assert delay_s(1, 1e9) == 86_400.0
    assert (delay_s(9, 1.0) or 0.0) >= DELAYS_S[8] * 0.8


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 28 Nov 2026 12:01:00 GMT", 60.0),
        ("Sat, 28 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("9" * 400, None),
        ("", None),
        (None, None),
    ],
)
def test_a_receiver_names_its_pause_in_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOON) == seconds


def test_what_is_told_is_thin() -> None:
    job: dict[str, Any] = {"id": "job_1", "result": {"decomposition_id": "dec_1"}, "error": None}
    told = json.loads(event_body("job.succeeded", NOON, job))
    assert told == {"type": "job.succeeded", "timestamp": "2026-11-28T12:00:00.000Z", "data": job}


def test_a_job_that_is_too_long_loses_its_lists_and_at_worst_all_but_what_names_it() -> None:
    error = {"code": "invalid-request", "errors": [{"pointer": "/a", "detail": "x" * 1000}] * 50}
    result = {"decomposition_id": "dec_1", "counts": {"failed": 9}, "rows": ["é" * 100] * 1000}
    job = {"id": "job_1", "result": result, "error": error, "similar": [1]}
    short = {
        "id": "job_1",
        "result": {"decomposition_id": "dec_1", "counts": {"failed": 9}, "rows": None},
        "error": {"code": "invalid-request", "errors": None},
        "similar": None,
        "truncated": True,
    }
    for told, expected in (
        (job, short),
        ({**job, "result": {**result, "said": "y" * 20_000}}, {**short, "result": {"decomposition_id": "dec_1"}}),
    ):
        body = event_body("job.failed", NOON, told)
        assert len(body.encode()) <= LARGEST
        assert json.loads(body)["data"] == expected
