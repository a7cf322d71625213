"""A watched folder whose service is away, busy, or refuses."""

import asyncio
import os
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from app.cli import watcher
from app.cli.watch_folder import SUFFIXES, WatchedFolder
from app.cli.watch_journal import Journal
from app.cli.watch_results import Wanted
from app.cli.watcher import Done, Orders, Watcher
from lamina.client import AsyncClient, Problem, Retries

JOB = {"id": "j", "status": "succeeded", "result": {"decomposition_id": "d"}, "urls": {"self": "/v1/jobs/j"}}
FAILED = {**JOB, "status": "failed", "error": {"title": "Out", "detail": "Out of memory.", "code": "out-of-memory"}}
MADE = {"id": "d", "layers": [], "urls": {}, "image": {"width": 1, "height": 1}}


class Watched:
    """What a run over one picture did: ``done``, ``complaints``, and the ``pauses`` before it tried again."""

    def __init__(
        self, folder: Path, answers: list[httpx.Response | Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.done: list[Done] = []
        self.complaints: list[str] = []
        self.pauses: list[float] = []
        self._answers, self._sleep = answers, asyncio.sleep
        self.incoming, self.out = folder / "incoming", folder / "out"
        for path in (self.incoming, self.out):
            path.mkdir(exist_ok=True)
        (self.incoming / "a.png").write_bytes(b"picture")
        # The watcher's alone: a server that runs in another thread of this process sleeps as well.
        own = SimpleNamespace(Queue=asyncio.Queue, TaskGroup=asyncio.TaskGroup, sleep=self._pause)
        clock = count()
        monkeypatch.setattr(watcher, "asyncio", own)
        monkeypatch.setattr(watcher, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    def run(self) -> None:
        orders = Orders(self.out, {}, Wanted(False, (), None), False, at_once=2, every_s=0.0, once=True)

        async def watch() -> None:
            transport = httpx.MockTransport(self._answer)
            with Journal.opened(self.out) as journal:
                async with AsyncClient("http://lamina.test", transport=transport, retries=Retries(most=0)) as client:
                    folder = WatchedFolder(self.incoming, SUFFIXES, 1)
                    await Watcher(client, folder, journal, orders, self.done.append, self.complaints.append).run()

        asyncio.run(watch())

    async def _pause(self, seconds: float) -> None:
        if seconds:
            self.pauses.append(seconds)
        await self._sleep(0)

    def _answer(self, _: httpx.Request) -> httpx.Response:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _refused(status: int, **problem: Any) -> httpx.Response:
    return httpx.Response(status, json={"title": "No", **problem})


def test_pictures_wait_while_the_service_is_away_or_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(
        tmp_path,
        [
            httpx.ConnectError("refused"), _refused(503, code="queue-full"), httpx.Response(202, json=JOB),
            httpx.ReadError("broke off"), httpx.Response(200, json=JOB), httpx.Response(200, json=MADE),
        ],
        monkeypatch,
    )  # fmt: skip
    watched.run()
    assert [(one.name, one.detail) for one in watched.done] == [("a.png", None)]
    assert watched.pauses == [1, 2, 4]
    assert len(watched.complaints) == 3
    assert all("a.png waits." in line for line in watched.complaints)
    assert [path.name for path in (watched.out / "a").iterdir()] == ["manifest.json"]


def test_a_picture_whose_job_failed_is_marked_and_the_next_run_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Watched(tmp_path, [httpx.Response(200, json=FAILED)], monkeypatch).run()
    assert (tmp_path / "out" / "a.failed.txt").read_text() == "a.png: Out of memory.\n"
    written = (tmp_path / "incoming" / "a.png").stat().st_mtime_ns
    again = Watched(tmp_path, [], monkeypatch)
    os.utime(again.incoming / "a.png", ns=(written, written))
    again.run()
    assert again.done == []


@pytest.mark.parametrize("answer", [_refused(401, code="unauthorized"), _refused(422, errors=[{"pointer": "/model"}])])
def test_what_every_picture_would_meet_ends_the_watch(
    answer: httpx.Response, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(tmp_path, [answer], monkeypatch)
    with pytest.raises(Problem):
        watched.run()
    assert list(watched.out.glob("*.failed.txt")) == []
