"""Addresses of pictures that end: handed out, checked, never given from memory or a cache once they are over."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.flow import signing
from app.store import signing_keys
from app.web import signed
from tests.api_in_thread import Api

KEY = "a key that is long enough"


class Clock:
    """The server's, in this process; ``ahead`` seconds."""

    ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(signed, "time", clock)
    return clock


@pytest.fixture
def closed(serve: Callable[..., AbstractContextManager[Api]]) -> Iterator[Api]:
    with serve(require_signed_pictures=True, signing_key=KEY) as api:
        yield api


def handed_out(api: Api, url: str, expires_in: int = 60) -> str:
    answer = api.http.post("/v1/sign", json={"url": url, "expires_in": expires_in})
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["url"]
    return found


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["code"]


def pictures_of(api: Api) -> list[str]:
    """One of each kind that has an address."""
    base = f"/v1/decompositions/{api.made()}"
    found = api.http.get(base).json()
    document = api.http.post("/v1/documents", json={"decomposition_id": found["id"]}).json()
    below = f"/v1/documents/{document['id']}"
    return [
        f"{base}/layers/0.png", f"{base}/layers/1.webp?trim=1", f"{base}/composite.png?w=16", f"{base}/source.png",
        f"{base}/export.zip", f"{below}/render.png?revision=1&width=20", f"{below}/layers/1.png?revision=1",
        f"{below}/render.jpg",
    ]  # fmt: skip


def test_every_kind_of_picture_can_be_handed_out_until_its_end(api: Api, clock: Clock) -> None:
    for url in pictures_of(api):
        plain = api.http.get(url)
        link = handed_out(api, url)
        answer = api.http.get(link)
        assert (answer.status_code, answer.content) == (200, plain.content), url
        assert answer.headers["etag"] == plain.headers["etag"]
        assert api.http.get(link, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        assert api.http.head(link).status_code == 200
        clock.ahead = 61
        assert refusal(api.http.get(link)) == (410, "link-expired")
        assert api.http.get(url).content == plain.content
        clock.ahead = 0


def test_one_that_was_changed_is_refused_also_where_the_picture_is_known(api: Api) -> None:
    url, other, *_ = pictures_of(api)
    link = handed_out(api, url)
    assert api.http.get(link).status_code == 200
    ending = link.partition("?")[2]
    for wrong in (f"{link}&w=8", link[:-1], f"{other}&{ending}", link.replace("exp=", "exp=9"), f"{url}?exp=1"):
        assert refusal(api.http.get(wrong)) == (403, "wrong-signature"), wrong


def test_no_cache_may_keep_one_beyond_its_end_and_memory_keeps_it_once(api: Api, clock: Clock) -> None:
    url = pictures_of(api)[0]
    first, second = handed_out(api, url, 600), handed_out(api, url, 100)
    for link, least, most in ((first, 500, 600), (second, 50, 100), (first, 500, 600)):
        public, max_age, immutable = api.http.get(link).headers["cache-control"].split(", ")
        assert (public, immutable) == ("public", "immutable")
        assert least < int(max_age.removeprefix("max-age=")) < most
    assert api.http.get(url).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len([name for name in api.kept._answers if name[1] == url]) == 1
    clock.ahead = 200
    assert refusal(api.http.get(second)) == (410, "link-expired")
    assert api.http.get(first).status_code == 200


def test_a_whole_address_stays_one_and_says_when_it_ends(api: Api) -> None:
    url = pictures_of(api)[0]
    answer = api.http.post("/v1/sign", json={"url": f"{api.url}{url}?w=8", "expires_in": 90}).json()
    assert answer["url"].startswith(f"{api.url}{url}?w=8&exp=")
    ends = datetime.fromisoformat(answer["expires_at"]).timestamp()
    assert f"exp={ends:.0f}" in answer["url"]
    assert 80 < ends - time.time() <= 90
    assert api.http.get(answer["url"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": "/v1/jobs"}, "/url"),
        ({"url": "/v1/assets/abc#part"}, "/url"),
        ({"url": "v1/assets/abc"}, "/url"),
        ({"url": "http://[::1/v1/assets/abc"}, "/url"),
        ({"url": "ftp://example.com/v1/assets/abc"}, "/url"),
        ({"url": "/v1/assets/abc", "expires_in": 0}, "/expires_in"),
        ({"url": "/v1/assets/abc", "expires_in": 10**9}, "/expires_in"),
        ({"url": "/v1/assets/abc", "expires_in": 1.5}, "/expires_in"),
        ({"url": "/v1/assets/abc", "until": "tomorrow"}, "/until"),
    ],
)
def test_each_wrong_field_is_pointed_at_where_an_address_is_signed(api: Api, body: Any, pointer: str) -> None:
    answer = api.http.post("/v1/sign", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_rotation_ends_all_that_was_handed_out_at_once_or_later(api: Api) -> None:
    url = pictures_of(api)[0]
    first = handed_out(api, url)
    assert api.http.get(first).status_code == 200
    assert api.http.post("/v1/sign/rotate", params={"overlap_s": 1000}).status_code == 204
    second = handed_out(api, url)
    assert [api.http.get(link).status_code for link in (first, second)] == [200, 200]
    assert api.http.post("/v1/sign/rotate").status_code == 204
    assert [refusal(api.http.get(link)) for link in (first, second)] == [(403, "wrong-signature")] * 2


def test_an_address_that_another_process_signed_after_a_rotation_passes_here(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pictures_of(api)[0]
    assert api.http.get(handed_out(api, url)).status_code == 200  # the old key is remembered
    with api.engine.begin() as connection:  # and nobody tells us
        key = signing_keys.rotate(connection, "default", "urls", 0).secret
    monkeypatch.setattr(signing, "AGAIN_S", 0.0)
    assert api.http.get(signing.signed(url, int(time.time()) + 60, key)).status_code == 200


def test_where_signatures_are_required_answers_carry_them_and_nothing_else_gives_a_picture(
    closed: Api, clock: Clock
) -> None:
    made = closed.made()
    base = f"/v1/decompositions/{made}"
    found = closed.http.get(base)
    manifest = found.json()
    links = [manifest["thumbnail_url"], manifest["urls"]["composite"], manifest["urls"]["exports"]["ora"]]
    links += [layer[name] for layer in manifest["layers"] for name in ("url", "thumbnail_url")]
    document = closed.http.post("/v1/documents", json={"decomposition_id": made}).json()
    links += [document["urls"]["render"], document["layers"][1]["edited_url"], document["layers"][1]["url"]]
    for link in links:
        assert closed.http.get(link).status_code == 200, link
        assert refusal(closed.http.get(unsigned(link))) == (403, "signature-required")
    for link in (  # other ways to say the same
        f"{base}/layers/+1.png", f"{base}/layers/%201.png", f"{base}/layers/1.0.png", f"{base}/source.png%0A",
        f"{base}/export.zip%0A", f"{document['urls']['self']}/render.png%0A",
    ):  # fmt: skip
        assert refusal(closed.http.get(link)) == (403, "signature-required"), link
    assert len(found.content) == int(found.headers["content-length"])
    assert "sig=" not in manifest["urls"]["self"] + manifest["urls"]["render"]
    listed = closed.http.get("/v1/decompositions").json()["decompositions"][0]
    assert listed["layers"] == manifest["layers"]  # the same for a while, so that caches hit
    again = closed.http.get(base, headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 200  # new addresses may be in it
    clock.ahead = 2 * closed.settings.signed_ttl_s + 1
    assert refusal(closed.http.get(links[0])) == (410, "link-expired")
    assert closed.http.get(closed.http.get(base).json()["thumbnail_url"]).status_code == 200
    assert refusal(closed.http.post("/v1/sign/rotate")) == (422, "invalid-request")


def unsigned(link: str) -> str:
    split = urlsplit(link)
    rest = "&".join(part for part in split.query.split("&") if not part.startswith(("exp=", "sig=")))
    return f"{split.path}?{rest}" if rest else split.path


def test_the_studio_shows_pictures_by_a_cookie_that_ends(closed: Api, clock: Clock) -> None:
    base = f"/v1/decompositions/{closed.made()}"
    page = closed.http.get("/")
    cookie = page.headers["set-cookie"]
    assert cookie.endswith("; Path=/v1; HttpOnly; SameSite=Strict")
    with httpx.Client(base_url=closed.url, headers={"Cookie": cookie.partition(";")[0]}, trust_env=False) as browser:
        found = browser.get(base)
        assert "sig=" not in found.text  # it asks in its own ways, and by the cookie
        layer = found.json()["layers"][0]["url"]
        shown = browser.get(f"{layer}?w=8")
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, max-age=31536000, immutable")
        assert found.headers["set-cookie"] == cookie
        clock.ahead = 2 * closed.settings.signed_ttl_s + 1
        assert refusal(browser.get(layer)) == (403, "signature-required")
    closed.http.cookies.clear()


def test_the_program_of_the_page_signs_as_the_service_does(closed: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/signed_urls.md").read_text()
    (program,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.setenv("SIGNING_KEY", KEY)
    names: dict[str, Any] = {}
    exec(program, names)
    link = names["signed"](f"/v1/decompositions/{closed.made()}/layers/1.png", {"w": "8", "trim": "true"}, 60)
    assert closed.http.get(link).status_code == 200
    assert refusal(closed.http.get(link.replace("w=8", "w=9"))) == (403, "wrong-signature")


def test_streams_are_signed_line_by_line_however_they_are_cut() -> None:
    row = b'{"row":1,"name":"/v1/jobs/j/rows/1.png","url":"/v1/jobs/j/rows/1.png"}\n'

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/x-ndjson; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in (row[:60], row[60:] + row[:3], row[3:] + row):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": row[:-1]})

    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    app = signed.Signed(stream, signing.UrlKeys(KEY), True, 60)
    scope = {"type": "http", "method": "GET", "path": "/v1/jobs/j/result.ndjson", "query_string": b"", "headers": []}
    asyncio.run(app(scope, None, send))  # type: ignore[arg-type]
    lines = b"".join(sent).splitlines()
    assert len(lines) == 4
    for line in lines:
        found = json.loads(line)
        assert found["name"] == "/v1/jobs/j/rows/1.png"
        path, _, query = found["url"].partition("?")
        assert signing.check(path, query, (KEY.encode(),), time.time()).verdict == "good"
