"""Around the pictures: an address with ``sig`` is checked before anything is looked for, also in memory.

Where ``require_signed_pictures`` is set, an address without one is refused, answers in JSON carry signed addresses, and
the studio's page is given a cookie by which it may show all. Pictures are kept in memory and cached by their unsigned
address, and nobody is told to keep one longer than its address is good.
"""

import re
import time
from collections.abc import Awaitable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.flow import signing
from app.flow.problem import problem, problem_of
from app.flow.signing import Checked, UrlKeys
from app.store.tables import DEFAULT_TENANT
from app.web.errors import problem_response
from model.export.table import FORMATS

COOKIE = "lamina_pictures"
_NAMES = "(?:layers/[^/]+|render|thumbnail|composite|source|export)"
_RESULTS = r"(?:rows/[^/]+|result\.zip\n?)"
PICTURE = re.compile(
    rf"/v1/(?:(?:decompositions|documents|templates)/[^/]+/{_NAMES}\.[^/]+|jobs/[^/]+/{_RESULTS}|assets/[^/]+)"
)
"""Of paths, no fewer than the routes take: these read ``+1`` and ``1.0`` as 1, and overlook a line feed at the end."""
_OTHER = re.compile(r"/v1/(?:decompositions|documents|templates)(?=/|$)")
_ADDRESS = re.compile(r'"([a-z0-9_]+)"(\s*:\s*)"(/v1/[^"\\]+)"')
_BY_LINE = {"application/x-ndjson", "text/event-stream"}
_MAX_AGE = re.compile(r"max-age=(\d+)")
_BEARERS = {"source", "composite", "render", "result", *FORMATS}
"""Keys that name pictures in our JSON, beside those that end in ``url``."""


def is_picture(path: str) -> bool:
    """Whether what is at this (decoded) path can be signed for."""
    return PICTURE.fullmatch(path) is not None


class Signed:
    """``required``: no picture without; ``ttl_s`` is how long addresses in answers are good then, at least."""

    def __init__(self, app: ASGIApp, keys: UrlKeys, required: bool, ttl_s: float) -> None:
        self._app, self._keys, self._required, self._ttl_s = app, keys, required, round(ttl_s)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Not a coroutine of its own: most addresses are unsigned, and are to cost as good as nothing here."""
        query: bytes = scope.get("query_string", b"")
        if not self._required and b"sig=" not in query and b"exp=" not in query:
            return self._app(scope, receive, send)
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        if scope["method"] == "GET" and is_picture(scope["path"]):
            return self._picture(scope, receive, send)
        return self._other(scope, receive, send) if self._required else self._app(scope, receive, send)

    async def _picture(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            checked = await self._checked(scope)
        except Exception as error:  # the database, where the key is not known yet
            await problem_response(problem_of(error, scope["state"]["request_id"]), error)(scope, receive, send)
            return
        if checked.verdict == "good":
            scope["query_string"] = checked.query.encode("latin-1")
            await self._app(scope, receive, _until(checked.expires, send))
        elif checked.verdict == "unsigned" and not self._required:
            await self._app(scope, receive, send)
        elif checked.verdict == "unsigned" and await self._has_cookie(scope):
            await self._app(scope, receive, _private(send))
        else:
            await _refusal(checked, scope)(scope, receive, send)

    async def _checked(self, scope: Scope) -> Checked:
        query = scope["query_string"].decode("latin-1")
        keys = self._keys.remembered(DEFAULT_TENANT) or await self._read(scope)
        checked = signing.check(scope["path"], query, keys, time.time())
        if checked.verdict == "wrong" and (newer := await self._reread(scope)):
            checked = signing.check(scope["path"], query, newer, time.time())
        return checked

    async def _read(self, scope: Scope) -> tuple[bytes, ...]:
        return await run_in_threadpool(self._keys.read, scope["app"].state.services.engine, DEFAULT_TENANT)

    async def _reread(self, scope: Scope) -> tuple[bytes, ...] | None:
        if self._keys.remembered(DEFAULT_TENANT, signing.AGAIN_S) is not None:
            return None
        return await run_in_threadpool(self._keys.reread, scope["app"].state.services.engine, DEFAULT_TENANT)

    async def _has_cookie(self, scope: Scope) -> bool:
        try:
            found = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        keys = self._keys.remembered(DEFAULT_TENANT) or await self._read(scope)
        return found is not None and signing.is_good(found.value, keys, time.time())

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever is no picture, where pictures are only given away by their signature."""
        is_page = scope["path"] == "/"
        if not is_page and not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        try:
            by_cookie = not is_page and await self._has_cookie(scope)
            key = (self._keys.remembered(DEFAULT_TENANT) or await self._read(scope))[0]
        except Exception as error:
            await problem_response(problem_of(error, scope["state"]["request_id"]), error)(scope, receive, send)
            return
        expires = (int(time.time()) // self._ttl_s + 2) * self._ttl_s  # the same for a while, so that caches hit
        if is_page or by_cookie:
            await self._app(scope, receive, _with_cookie(signing.token(expires, key), send))
            return
        if _OTHER.match(scope["path"]):  # who has the same answer has old addresses in it
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
        await self._app(scope, receive, _Signing(expires, key, send).send)


def _refusal(checked: Checked, scope: Scope) -> Any:
    codes = {"expired": "link-expired", "wrong": "wrong-signature", "unsigned": "signature-required"}
    return problem_response(problem(codes[checked.verdict], request_id=scope["state"]["request_id"]))


def _until(expires: int, send: Send) -> Send:
    """No cache may keep it longer than its address is good."""

    async def limited(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] < 400:
            headers = MutableHeaders(scope=message)
            left = max(0, expires - int(time.time()) - 1)
            control = headers.get("cache-control", "no-cache")
            headers["Cache-Control"] = _MAX_AGE.sub(lambda age: f"max-age={min(int(age[1]), left)}", control)
        await send(message)

    return limited


def _private(send: Send) -> Send:
    """A cache that others share must not give it to those without the cookie."""

    async def kept_private(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] < 400:
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = headers.get("cache-control", "no-cache").replace("public", "private")
        await send(message)

    return kept_private


def _with_cookie(token: str, send: Send) -> Send:
    cookie = f"{COOKIE}={token}; Path=/v1; HttpOnly; SameSite=Strict"

    async def giving(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return giving


class _Signing:
    """Signs the addresses of pictures in an answer in JSON, whole, and in streams that have some on each line."""

    def __init__(self, expires: int, key: bytes, send: Send) -> None:
        self._expires, self._key, self._send = expires, key, send
        self._start: Message | None = None
        self._by_line = False
        self._held = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "").partition(";")[0]
            self._by_line = kind in _BY_LINE
            if kind == "application/json":
                self._start = message
                return
        elif self._start is not None:
            self._held += message.get("body", b"")
            if message.get("more_body", False):
                return
            body = self._all_signed(self._held)
            MutableHeaders(scope=self._start)["Content-Length"] = str(len(body))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": body}
        elif self._by_line:
            message = self._lines(message)
        await self._send(message)

    def _lines(self, message: Message) -> Message:
        found = self._held + message.get("body", b"")
        end = found.rfind(b"\n") + 1 if message.get("more_body", False) else len(found)
        self._held = found[end:]
        return {**message, "body": self._all_signed(found[:end])}

    def _all_signed(self, body: bytes) -> bytes:
        return _ADDRESS.sub(self._signed, body.decode()).encode()

    def _signed(self, found: "re.Match[str]") -> str:
        name, colon, address = found.groups()
        path = signing.path_of(address)
        if not (name.endswith("url") or name in _BEARERS) or not is_picture(path):
            return found[0]
        return f'"{name}"{colon}"{signing.signed(address, self._expires, self._key)}"'
