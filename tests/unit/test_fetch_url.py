"""Fetching by URL: what is public and well-behaved arrives, everything else is refused by name."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from app.flow.errors import InvalidRequest, UrlNotAllowed
from app.flow.fetch_url import fetch
from app.flow.public_address import is_public, resolve_by_system
from app.settings import Settings
from model.errors import ImageTooLarge

OPEN = Settings(allow_private_urls=True, url_timeout_s=5, max_upload_bytes=10_000)
STRICT = Settings(allow_private_urls=False, url_timeout_s=5)
PICTURE = b"\x89PNG not really"

pytestmark = pytest.mark.usefixtures("network")


class _Site(BaseHTTPRequestHandler):
    hosts: ClassVar[list[str]] = []
    enough: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        name, _, rest = self.path[1:].partition("/")
        getattr(self, name)(rest)

    def _send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def picture(self, _: str) -> None:
        self._send(PICTURE)

    def large(self, _: str) -> None:
        self._send(b"x" * 20_000)

    def missing(self, _: str) -> None:
        self._send(b"no", status=404)

    def to(self, place: str) -> None:
        self._send(b"", status=302, Location=place)

    def forever(self, _: str) -> None:
        self._send(b"", status=302, Location="/forever/")

    def slow(self, _: str) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.enough.wait(0.05):
            self.wfile.write(b".")
            self.wfile.flush()

    def broken(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    _Site.enough.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "picture"


def _fetch(url, target, settings=OPEN, resolve=resolve_by_system):
    asyncio.run(fetch(url, target, settings, resolve))


INSIDE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1 240.0.0.1
192.0.2.1 198.18.0.1 ::1 :: fe80::1%eth0 fd00:ec2::254 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 nonsense
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]
)
def test_an_address_outside_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/a.png", "file:///etc/passwd", "gopher://example.com/", "data:image/png;base64,AAAA",
     "//example.com/a", "example.com/a.png", "http://", "http:///a.png", "http://user:secret@example.com/a.png",
     "http://example.com@127.0.0.1/", "http://example.com:22/", "https://example.com:8080/", "http://[::1",
     "http://example.com/" + "a" * 3000, ""],
)  # fmt: skip
def test_a_url_of_another_kind_is_refused_before_anything_is_resolved(url, target):
    async def never(host: str, port: int) -> list[str]:
        raise AssertionError(f"resolved {host}:{port}")

    with pytest.raises(UrlNotAllowed) as caught:
        _fetch(url, target, STRICT, never)
    assert caught.value.errors[0].pointer == "/image_url"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "0", "[::1]", "[::]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "10.0.0.1", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_every_way_to_write_an_inner_address_is_refused(host, target):
    with pytest.raises(UrlNotAllowed):
        _fetch(f"http://{host}/latest/meta-data", target, STRICT)
    assert not target.exists()


def test_one_inner_address_among_public_ones_is_enough_to_refuse(target):
    async def mixed(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "127.0.0.1"]

    with pytest.raises(UrlNotAllowed):
        _fetch("http://mixed.example/", target, STRICT, mixed)


def test_a_picture_is_fetched(site, target):
    _fetch(f"{site}/picture/", target)
    assert target.read_bytes() == PICTURE


def test_the_connection_goes_to_the_checked_address_under_the_original_name(site, target):
    port = site.rpartition(":")[2]
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.66"]

    _Site.hosts.clear()
    _fetch(f"http://pictures.example:{port}/picture/", target, OPEN, rebinding)
    assert target.read_bytes() == PICTURE
    assert asked == ["pictures.example"], "resolved once: a second answer is never asked for"
    assert _Site.hosts == [f"pictures.example:{port}"]


def test_the_next_address_is_tried_where_one_does_not_answer(site, target):
    port = site.rpartition(":")[2]

    async def first_is_dead(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    _fetch(f"http://two.example:{port}/picture/", target, OPEN, first_is_dead)
    assert target.read_bytes() == PICTURE


def test_a_redirect_is_followed(site, target):
    _fetch(f"{site}/to//picture/", target)
    assert target.read_bytes() == PICTURE


@pytest.mark.parametrize("place", ["http://127.0.0.2:{port}/picture/", "http://127.0.0.1:22/", "file:///etc/passwd"])
def test_a_redirect_goes_through_the_same_gate(site, target, place, monkeypatch):
    port = int(site.rpartition(":")[2])
    monkeypatch.setattr("app.flow.public_address.PORTS", {"http": port, "https": 443})
    monkeypatch.setattr("app.flow.public_address.is_public", lambda address: address == "127.0.0.1")
    _fetch(f"{site}/to//picture/", target, STRICT)
    target.unlink()
    with pytest.raises(UrlNotAllowed):
        _fetch(f"{site}/to/{place.format(port=port)}", target, STRICT)
    assert not target.exists()


@pytest.mark.parametrize("place", ["http://[", "http://a:b:c/", "http://" + "x" * 70_000 + "/"])
def test_a_redirect_to_what_is_no_url_is_named(site, target, place):
    with pytest.raises(InvalidRequest):
        _fetch(f"{site}/to/{place[:1000]}", target)


@pytest.mark.parametrize("url", ["http://a\ud800b/", "http://[::1", "http://a:99999999999/", "\x00", "", "http:///x"])
def test_what_is_no_url_is_refused(target, url):
    with pytest.raises(UrlNotAllowed):
        _fetch(url, target, STRICT)


def test_endless_redirects_end(site, target):
    with pytest.raises(InvalidRequest, match="redirects more than 3 times"):
        _fetch(f"{site}/forever/", target)


def test_a_large_answer_is_cut_off(site, target):
    with pytest.raises(ImageTooLarge):
        _fetch(f"{site}/large/", target)
    assert target.stat().st_size <= OPEN.max_upload_bytes


def test_a_dripping_answer_ends_at_the_time_limit(site, target):
    with pytest.raises(InvalidRequest, match=r"longer than 0\.5 s"):
        _fetch(f"{site}/slow/", target, OPEN.model_copy(update={"url_timeout_s": 0.5}))


@pytest.mark.parametrize(("path", "sentence"), [("missing/", "answered 404"), ("broken/", "broke off")])
def test_a_failing_server_is_named(site, target, path, sentence):
    with pytest.raises(InvalidRequest, match=sentence) as caught:
        _fetch(f"{site}/{path}", target)
    assert caught.value.code == "invalid-request"


def test_a_host_without_an_address_is_named(target):
    async def nobody(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(InvalidRequest, match="has no address"):
        _fetch("http://nobody.example/", target, STRICT, nobody)


def test_proxies_of_the_environment_are_not_used(site, target, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    _fetch(f"{site}/picture/", target)
    assert target.read_bytes() == PICTURE
