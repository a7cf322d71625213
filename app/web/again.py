"""The same answer again, from memory, before any route is looked for: what a page that shows layers asks most.

Kept are answers whose Cache-Control says ``immutable``, and renders, which are decided by their body. A picture costs
about a tenth of a millisecond this way; through the routes, the database and the disk cache it is several times that.
"""

import hashlib
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.store.tables import DEFAULT_TENANT
from app.web.answers import HIT
from app.web.conditional import matches
from app.web.kept import Answer, Headers, Kept, Name

LARGEST_EDIT = 64 * 1024
"""Bytes of a render's body; a larger one carries pictures, and is seldom sent twice."""
_RESOURCE = re.compile(r"/v1/(?:decompositions|documents|templates|assets)/[^/]+(?=/|$)")
_RENDER = re.compile(r"/v1/decompositions/[^/]+/render")
_NOT_IN_304 = frozenset({b"content-length", b"content-type", b"accept-ranges"})


class Again:
    """``kept`` is asked first; what the app answers is kept where it may be."""

    def __init__(self, app: ASGIApp, kept: Kept) -> None:
        self._app = app
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        resource = _RESOURCE.match(scope["path"]) if scope["type"] == "http" else None
        if resource is None:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "DELETE":
            await self._app(scope, receive, self._forgetting(resource[0], send))
            return
        name, receive = await _named(scope, receive)
        if name is None:
            await self._app(scope, receive, send)
            return
        found = self._kept.get(name)
        if found is not None:
            await _give(found, scope, send)
            return
        await self._app(scope, receive, _Keeping(self._kept, name, resource[0], scope, send).send)

    def _forgetting(self, resource: str, send: Send) -> Send:
        """Forget before the answer says that it is deleted; other processes hear of it from the database."""

        async def forget_and_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._kept.forget(resource)
            await send(message)

        return forget_and_send


async def _named(scope: Scope, receive: Receive) -> tuple[Name | None, Receive]:
    """What decides the answer, ``None`` where it is never kept; and the body, to be read again where it was read."""
    if scope["method"] == "GET":
        ranged = any(name == b"range" for name, _ in scope["headers"])
        return None if ranged else (DEFAULT_TENANT, scope["path"], scope["query_string"].decode("latin-1")), receive
    if scope["method"] != "POST" or not _RENDER.fullmatch(scope["path"]):
        return None, receive
    given = {name: value for name, value in scope["headers"] if name in {b"content-length", b"content-type"}}
    length = given.get(b"content-length", b"").decode("latin-1")
    if not length.isdecimal() or int(length) > LARGEST_EDIT:
        return None, receive
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body"):
        messages.append(await receive())
    body = hashlib.sha256(b"".join(message.get("body", b"") for message in messages)).hexdigest()
    kind = given.get(b"content-type", b"").decode("latin-1")
    return (DEFAULT_TENANT, scope["path"], kind, body), _once_more(messages, receive)


def _once_more(messages: Iterable[Message], receive: Receive) -> Receive:
    left = iter(messages)

    async def again() -> Message:
        for message in left:
            return message
        return await receive()

    return again


async def _give(answer: Answer, scope: Scope, send: Send) -> None:
    scope["route"] = answer.route  # what the metrics count it under
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"), None)
    known = matches(given, answer.etag)
    await send(
        {
            "type": "http.response.start",
            "status": 304 if known else 200,
            "headers": list(answer.unchanged if known else answer.headers),
        }
    )
    await send({"type": "http.response.body", "body": b"" if known else answer.body})


class _Keeping:
    """Passes an answer on and keeps it, whole, if it may be."""

    def __init__(self, kept: Kept, name: Name, resource: str, scope: Scope, send: Send) -> None:
        self._kept, self._name, self._resource, self._scope, self._send = kept, name, resource, scope, send
        self._epoch = kept.epoch
        self._headers: Headers | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._headers = self._keepable(message)
        elif self._headers is not None:
            self._parts.append(message.get("body", b""))
            if sum(map(len, self._parts)) > self._kept.largest:
                self._headers = None
            elif not message.get("more_body", False):
                self._keep(self._headers)
        await self._send(message)

    def _keepable(self, message: Message) -> Headers | None:
        headers = tuple((name.lower(), value) for name, value in message["headers"])
        values = dict(headers)
        is_render = self._scope["method"] == "POST"  # a GET of a document's newest picture has a Cache-Status too
        if message["status"] != 200 or b"etag" not in values:
            return None
        if int(values.get(b"content-length", b"0")) > self._kept.largest:
            return None
        if not is_render and b"immutable" not in values.get(b"cache-control", b""):
            return None
        return tuple((name, HIT.encode() if name == b"cache-status" else value) for name, value in headers)

    def _keep(self, headers: Headers) -> None:
        unchanged = tuple((name, value) for name, value in headers if name not in _NOT_IN_304)
        etag = dict(headers)[b"etag"].decode("latin-1")
        answer = Answer(headers, unchanged, etag, b"".join(self._parts), self._scope.get("route"))
        self._kept.put(self._name, self._resource, answer, self._epoch)
