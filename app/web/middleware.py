"""Around every request: its id, the size and time limits of its body, its line in the metrics, and the last net for
errors. Written against ASGI itself, so that streams pass through untouched."""

import asyncio
import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.flow.problem import problem, problem_of
from app.web.errors import problem_response
from app.web.metrics import HttpMetrics

logger = logging.getLogger("lamina.http")

SLOWEST_BYTES_S = 16 * 1024
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


class Around:
    """A body has ``body_timeout_s``, and more the more of it has come: slow lines get through, and a client that drips
    bytes does not hold a place for ever."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics, max_body_bytes: int, body_timeout_s: float = 60.0) -> None:
        self._app = app
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        inner = dict(scope)
        if scope["method"] == "HEAD":  # answered like GET; the server leaves the body out
            inner["method"] = "GET"
            # A range is of a GET only (RFC 9110, 14.2): the answer tells of the whole.
            inner["headers"] = [(name, value) for name, value in scope["headers"] if name != b"range"]
        exchange = _Exchange(inner, send)
        body = _LimitedBody(inner, receive, self._max_body_bytes, self._body_timeout_s)
        try:
            if "\x00" in scope["path"]:  # no name of ours holds one, and Postgres takes none
                await problem_response(problem("not-found", request_id=exchange.request_id))(
                    inner, receive, exchange.send
                )
            else:
                await self._app(inner, body.receive, exchange.send)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as error:
            if exchange.status is not None:
                raise
            logger.exception("unhandled", extra={"request_id": exchange.request_id, "path": scope["path"]})
            answer = problem_response(problem_of(error, exchange.request_id), error)
            await answer(inner, receive, exchange.send)
        finally:
            route = inner.get("route")
            self._metrics.observe(
                route=getattr(route, "path", "none"),
                method=scope["method"],
                status=exchange.status or 499,
                seconds=time.perf_counter() - exchange.began,
            )


class _Exchange:
    """One request's id and answer; every answer carries the id, and is what its Content-Type says."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        self.status: int | None = None
        self.began = time.perf_counter()
        self._send = send
        scope["state"] = {**scope.get("state", {}), "request_id": self.request_id}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
        await self._send(message)


class _LimitedBody:
    """Counts what is really read: Content-Length may lie or be absent."""

    def __init__(self, scope: Scope, receive: Receive, max_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._give_up_at = asyncio.get_running_loop().time() + timeout_s
        self._read = 0
        self._complete = False
        declared = Headers(scope=scope).get("content-length", "0")
        self._declared = int(declared) if declared.isdecimal() else 0

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._declared > self._max_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout_at(self._give_up_at + self._read / SLOWEST_BYTES_S):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "The body came too slowly.") from None
        self._read += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._read > self._max_bytes:
            raise self._too_large()
        return message

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"The body is larger than {self._max_bytes} bytes.")
