"""Webhooks that are refused when they are named: they lead inside, or are no webhooks."""

from typing import Any

import httpx
import pytest

from tests.api_in_thread import Api, cards_png

HOSTILE = [
    "http://127.0.0.1/hook", "http://localhost:8080/", "http://169.254.169.254/latest/meta-data", "http://[::1]/",
    "http://10.0.0.1/", "http://2130706433/", "http://[::ffff:127.0.0.1]/", "ftp://example.com/", "file:///etc/passwd",
    "https://user:secret@example.com/", "http://93.184.216.34:25/", "not a url", "//example.com", "",
]  # fmt: skip


def test_addresses_that_lead_inside_are_refused_when_they_are_named(api: Api) -> None:
    hook = "wh_none"
    asking = (
        lambda url: api.http.post("/v1/webhooks", json={"url": url}),
        lambda url: api.post(cards_png(), webhook_url=url),
    )
    for ask, pointer in zip(asking, ("/url", "/webhook_url"), strict=True):
        for url in HOSTILE:
            if url == "" and pointer == "/webhook_url":
                continue  # a field left empty in a form was not sent
            answer: httpx.Response = ask(url)
            assert (answer.status_code, answer.json()["code"]) == (422, "url-not-allowed"), url
            assert answer.json()["errors"][0]["pointer"] == pointer
    assert api.http.patch(f"/v1/webhooks/{hook}", json={"url": HOSTILE[0]}).status_code == 404
    assert api.http.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": 7}, "/url"),
        ({"url": "https://example.com", "events": []}, "/events"),
        ({"url": "https://example.com", "events": ["job.started"]}, "/events/0"),
        ({"url": "https://example.com", "secret": "mine"}, "/secret"),
        ({"url": "https://example.com", "description": "a\x00"}, "/description"),
    ],
)
def test_each_wrong_field_of_a_webhook_is_pointed_at(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api.http.post("/v1/webhooks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
