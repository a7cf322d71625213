"""When the client asks again, and when it does not: ``Client`` and ``AsyncClient`` by the same tests."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from lamina.client import Busy, NoAnswer, NotFound, Problem, Retries
from lamina.client._async import service as async_service
from lamina.client._sync import service as sync_service
from tests.either_client import either_client

HERE = "http://lamina.test"
Answer = httpx.Response | Exception
BUSY = {"title": "The queue is full", "code": "queue-full"}


def _job(status: str, fraction: float = 0.0, **more: Any) -> dict[str, Any]:
    urls = {"self": "/v1/jobs/j", "events": "/v1/jobs/j/events", "cancel": "/v1/jobs/j/cancel"}
    return {"id": "j", "status": status, "progress": {"fraction": fraction}, "urls": urls,
            "created_at": "2026-11-28T12:00:00Z", **more}  # fmt: skip


class Script:
    """A service that answers one thing after the other; ``asked`` is what it was asked, with bodies."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have slept."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    # Not the functions of all: a server that runs in another thread of this process sleeps as well.
    monkeypatch.setattr(sync_service, "time", SimpleNamespace(sleep=found.append))
    monkeypatch.setattr(async_service, "asyncio", SimpleNamespace(sleep=sleep))
    return found


@pytest.fixture(params=["sync", "async"])
def client_of(request: pytest.FixtureRequest, pauses: list[float]) -> Iterator[Callable[..., Any]]:
    opened = []

    def of(script: Script, **how: Any) -> Any:
        opened.append(either_client(request.param, HERE, transport=httpx.MockTransport(script), **how))
        return opened[-1].__enter__()

    yield of
    for one in opened:
        one.__exit__(None, None, None)


def test_what_fails_in_passing_is_asked_again_after_longer_and_longer_pauses(
    client_of: Callable[..., Any], pauses: list[float]
) -> None:
    script = Script(
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
        httpx.Response(502),
        httpx.Response(200, json=_job("queued")),
    )
    assert client_of(script).jobs.get("j").status == "queued"
    assert len(script.asked) == 4
    for pause, least in zip(pauses, (0.25, 0.5, 1.0), strict=True):
        assert least <= pause <= 2 * least


def test_a_time_that_the_service_names_is_heeded(client_of: Callable[..., Any], pauses: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    script = Script(
        httpx.Response(503, json=BUSY, headers={"Retry-After": "7"}),
        httpx.Response(429, json=BUSY, headers={"Retry-After": moment}),
        httpx.Response(200, json=_job("queued")),
    )
    client_of(script).submit(b"picture")
    assert pauses[0] == 7
    assert 15 < pauses[1] <= 20
    keys = {request.headers["Idempotency-Key"] for request in script.asked}
    assert len(keys) == 1
    bodies = [request.content.split(request.headers["content-type"].split("=")[1].encode()) for request in script.asked]
    assert bodies[0] == bodies[1] == bodies[2]


def test_patience_has_an_end(client_of: Callable[..., Any], pauses: list[float]) -> None:
    script = Script(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(NoAnswer, match=r"There is no service at http://lamina\.test: refused"):
        client_of(script, retries=Retries(most=2)).jobs.get("j")
    assert len(pauses) == 2
    script = Script(httpx.Response(503, json=BUSY, headers={"Retry-After": "3600"}))
    with pytest.raises(Busy) as caught:
        client_of(script).jobs.get("j")
    assert caught.value.retry_after_s == 3600


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: httpx.Response(404, json={"title": "No", "code": "not-found"}), NotFound),
        (lambda: httpx.Response(503, json={"title": "No", "code": "model-unavailable"}), Busy),
        (lambda: httpx.Response(500, text="<html>"), Problem),
        (lambda: httpx.Response(200, text="<html>"), NoAnswer),
        (lambda: httpx.LocalProtocolError("an illegal header"), NoAnswer),
    ],
)
def test_what_will_not_get_better_is_said_at_once(
    answer: Callable[[], Answer], kind: type[Exception], client_of: Callable[..., Any], pauses: list[float]
) -> None:
    with pytest.raises(kind):
        client_of(Script(answer())).jobs.get("j")
    assert pauses == []


def test_a_cancel_that_may_have_arrived_is_not_sent_again(client_of: Callable[..., Any], pauses: list[float]) -> None:
    script = Script(
        httpx.Response(200, json=_job("running")), httpx.ConnectError("refused"), httpx.ReadError("broke off")
    )
    job = client_of(script).jobs.get("j")
    with pytest.raises(NoAnswer):
        job.cancel()
    assert len(script.asked) == 3  # of the first it is sure that nothing was sent


def test_a_first_try_that_is_still_worked_on_is_waited_for(client_of: Callable[..., Any], pauses: list[float]) -> None:
    conflict = {"title": "It is under way", "code": "idempotency-conflict"}
    script = Script(
        httpx.ReadTimeout(""), httpx.Response(409, json=conflict, headers={"Retry-After": "2"}),
        httpx.Response(202, json=_job("queued")),
    )  # fmt: skip
    assert client_of(script).submit(b"picture").status == "queued"
    assert pauses[1] == 2


def _broken(*parts: bytes, headers: dict[str, str]) -> httpx.Response:
    """An answer of which no more comes."""

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from parts
            raise httpx.ReadError("broke off")

        async def __aiter__(self) -> Any:
            for part in parts:
                yield part
            raise httpx.ReadError("broke off")

    return httpx.Response(200, headers=headers, stream=Stream())


def test_a_download_that_breaks_off_goes_on_where_it_was(
    client_of: Callable[..., Any], tmp_path: Path, pauses: list[float]
) -> None:
    asset = httpx.Response(201, json={"sha256": "a", "url": "/v1/assets/a"})
    large = bytes(range(256)) * 2048
    tag = {"ETag": '"a"'}
    script = Script(
        asset, _broken(large[:400_000], headers=tag), httpx.Response(206, content=large[262_144:], headers=tag)
    )
    saved = client_of(script).assets.upload(b"picture").save(tmp_path / "a.png")
    assert saved.read_bytes() == large
    assert (script.asked[2].headers["Range"], script.asked[2].headers["If-Range"]) == ("bytes=262144-", '"a"')


def test_a_download_that_has_changed_meanwhile_begins_anew_and_one_that_fails_leaves_nothing(
    client_of: Callable[..., Any], tmp_path: Path, pauses: list[float]
) -> None:
    asset = httpx.Response(201, json={"sha256": "a", "url": "/v1/assets/a"})
    old = _broken(b"old" * 100_000, headers={"ETag": '"old"'})
    script = Script(asset, old, httpx.Response(200, content=b"new"), asset, httpx.Response(404, json={}))
    client = client_of(script)
    assert client.assets.upload(b"picture").save(tmp_path / "a.png").read_bytes() == b"new"
    with pytest.raises(NotFound):
        client.assets.upload(b"picture").save(tmp_path / "b.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


class _Large(httpx.BaseTransport):
    """Takes a picture of any size, and gives it back many times over; keeps nothing."""

    taken = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        self.taken += sum(map(len, request.stream))
        if request.method == "POST":
            return httpx.Response(201, json={"sha256": "a", "url": "/v1/assets/a"})
        return httpx.Response(200, content=(bytes(2**16) for _ in range(512)))


@pytest.mark.parametrize("form", ["path", "pipe"])
def test_large_files_are_never_whole_in_memory(form: str, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(2**25)
    transport = _Large()
    with either_client("sync", HERE, transport=transport) as client, large.open("rb") as opened:
        given = large if form == "path" else BufferedReader(_Pipe(opened))
        tracemalloc.start()
        client.assets.upload(given).save(tmp_path / "out.png")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert transport.taken > 2**25
    assert (tmp_path / "out.png").stat().st_size == 2**25
    assert peak < 2**23


class _Pipe(RawIOBase):
    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return int(self._file.readinto(buffer))


def _events(*jobs: dict[str, Any], first: int = 1) -> bytes:
    said = "retry: 3000\n\n: still here\n\n"
    for number, job in enumerate(jobs, first):
        said += f"data: {json.dumps(job)}\nid: {number}\n\n"
    return said.encode()


STREAM = {"Content-Type": "text/event-stream"}


def test_events_that_break_off_are_resumed_after_the_last_one_seen(client_of: Callable[..., Any]) -> None:
    script = Script(
        httpx.Response(200, json=_job("queued")),
        _broken(_events(_job("running", 0.2)), b'data: {"id": "half', headers=STREAM),
        httpx.Response(200, json=_job("running", 0.4), headers={"ETag": '"4"'}),
        httpx.Response(200, content=_events(_job("running", 0.6), _job("succeeded", 1.0), first=2), headers=STREAM),
    )
    seen: list[float] = []
    job = client_of(script).jobs.get("j")
    job.wait(on_progress=lambda state: seen.append(state.progress.fraction))
    assert seen == [0.0, 0.2, 0.4, 0.6, 1.0]
    assert "Last-Event-ID" not in script.asked[1].headers
    assert script.asked[3].headers["Last-Event-ID"] == "1"


def test_without_events_polls_wait_for_a_change(client_of: Callable[..., Any]) -> None:
    """As behind a proxy that knows nothing of event streams."""
    no_events = httpx.Response(404, text="<html>")
    script = Script(
        httpx.Response(200, json=_job("queued")), no_events,
        httpx.Response(200, json=_job("running", 0.5), headers={"ETag": '"1"'}), no_events,
        httpx.Response(304, headers={"ETag": '"1"'}), httpx.Response(200, json=_job("succeeded", 1.0)),
    )  # fmt: skip
    job = client_of(script).jobs.get("j").wait()
    assert job.status == "succeeded"
    polls = script.asked[4:]
    assert [one.headers["If-None-Match"] for one in polls] == ['"1"', '"1"']
    assert all(float(one.url.params["wait"]) == 20 for one in polls)


def test_the_key_goes_to_the_service_alone(client_of: Callable[..., Any], pauses: list[float]) -> None:
    asset = {"sha256": "a", "url": "https://elsewhere.test/a.png"}
    script = Script(httpx.Response(201, json=asset), httpx.Response(200, content=b"picture"))
    client_of(script, api_key="secret").assets.upload(b"picture").bytes()
    assert script.asked[0].headers["Authorization"] == "Bearer secret"
    assert script.asked[1].url.host == "elsewhere.test"
    assert "Authorization" not in script.asked[1].headers


@pytest.mark.parametrize("url", ["ftp://lamina.test", "http://", "http://[::1"])
def test_an_address_that_is_none_is_said_to_be(url: str) -> None:
    with pytest.raises(NoAnswer, match="no address"), either_client("sync", url):
        pass


def test_the_environment_says_where_the_service_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMINA_URL", "lamina.test:9000/under/")
    monkeypatch.setenv("LAMINA_API_KEY", "secret")
    script = Script(httpx.Response(200, json={"fonts": [], "generic": [], "newer": 1}))
    with either_client("sync", "", transport=httpx.MockTransport(script)) as client:
        assert client.fonts().raw["newer"] == 1
    assert str(script.asked[0].url) == "http://lamina.test:9000/under/v1/fonts"
    assert script.asked[0].headers["Authorization"] == "Bearer secret"
