"""The studio's files as a browser gets them."""

import gzip
import re

import pytest

from app.web.studio import STATIC
from tests.api_in_thread import Api

NAMES = sorted(path.name for path in STATIC.iterdir() if path.name != "index.html")


def test_the_page_names_the_newest_files_and_is_asked_for_each_time(api: Api) -> None:
    page = api.http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert api.http.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    for url in re.findall(r'(?:src|href)="(/studio/[^"]+)"', page.text):
        assert api.http.get(url).status_code == 200, url


def test_no_script_runs_that_is_not_ours(api: Api) -> None:
    policy = dict(
        part.strip().partition(" ")[::2] for part in api.http.get("/").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_what_was_built_packed_or_not(api: Api, name: str) -> None:
    built = (STATIC / name).read_bytes()
    with api.http.stream("GET", f"/studio/{name}", headers={"Accept-Encoding": "gzip"}) as packed:
        sent = b"".join(packed.iter_raw())
        is_packed = packed.headers.get("content-encoding") == "gzip"
        assert (gzip.decompress(sent) if is_packed else sent) == built
        assert is_packed == (not name.endswith(".webp"))  # which is compressed already
    plain = api.http.get(f"/studio/{name}", headers={"Accept-Encoding": "identity"})
    assert plain.content == built
    assert "content-encoding" not in plain.headers
    assert (plain.headers["etag"] != packed.headers["etag"]) == is_packed
    assert plain.headers["vary"] == "Accept-Encoding"
    assert ("immutable" in plain.headers["cache-control"]) == ("-" in name)
    head = api.http.head(f"/studio/{name}")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["index.html", "none.js", "..%2Fstudio.py", "%2e%2e%2fstudio.py"])
def test_nothing_else_is_served(api: Api, path: str) -> None:
    assert api.http.get(f"/studio/{path}").status_code == 404
