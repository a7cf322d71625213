"""What stands around every request: its id, the limits of its body, and the last net for errors."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI, Request

from app.web import errors
from app.web.metrics import HttpMetrics
from app.web.middleware import Around

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]


def _app(**limits: Any) -> FastAPI:
    app = FastAPI()
    errors.install(app)

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.get("/break")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    app.add_middleware(Around, **{"metrics": HttpMetrics(), "max_body_bytes": 100, **limits})
    return app


def _ask(app: FastAPI, path: str, receive: Receive, method: str = "POST", **headers: str) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the answer; status 0 where there was none."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("a", 1),
        "server": ("b", 2),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    if not sent:
        return 0, {}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    found = json.loads(body)
    return sent[0]["status"], found if isinstance(found, dict) else {"value": found}


def _chunks(*sizes: int, then: Message | None = None) -> Receive:
    def messages() -> Iterator[Message]:
        for at, size in enumerate(sizes):
            yield {"type": "http.request", "body": b"x" * size, "more_body": at < len(sizes) - 1 or then is not None}
        if then is not None:
            yield then

    coming = messages()

    async def receive() -> Message:
        found = next(coming, None)
        if found is None:
            await asyncio.Event().wait()
            raise AssertionError
        return found

    return receive


def test_a_body_within_the_limit_is_read() -> None:
    assert _ask(_app(), "/read", _chunks(60, 40)) == (200, {"value": 100})


@pytest.mark.parametrize("sizes", [(101,), (60, 41), (60, 41, 10**6)])
def test_a_body_over_the_limit_is_refused_by_what_really_came(sizes: tuple[int, ...]) -> None:
    status, problem = _ask(_app(), "/read", _chunks(*sizes), content_length="10")
    assert (status, problem["code"]) == (413, "image-too-large")


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    async def never() -> Message:
        raise AssertionError("it was read")

    status, problem = _ask(_app(), "/read", never, content_length="101")
    assert (status, problem["code"]) == (413, "image-too-large")


def test_a_body_that_drips_is_ended_at_the_time_limit() -> None:
    dripping = _chunks(1, then={"type": "http.request", "body": b"", "more_body": True})
    status, problem = _ask(_app(body_timeout_s=0.1), "/read", dripping)
    assert (status, problem["code"]) == (408, "request-timeout")


def test_a_client_that_leaves_in_the_middle_is_not_answered() -> None:
    assert _ask(_app(), "/read", _chunks(5, then={"type": "http.disconnect"})) == (0, {})


def test_a_defect_is_a_problem_that_leaks_nothing() -> None:
    status, problem = _ask(_app(), "/break", _chunks(0), "GET", x_request_id="r-1")
    assert (status, problem["code"], problem["request_id"]) == (500, "internal-error", "r-1")
    assert "hunter2" not in json.dumps(problem)


def test_a_path_with_nul_is_not_found() -> None:
    status, problem = _ask(_app(), "/a\0b", _chunks(0), "GET")
    assert (status, problem["code"]) == (404, "not-found")
