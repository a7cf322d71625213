"""Children are kept alive and end in order."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.cli import supervise as module
from app.cli.supervise import Child, supervise

WITHIN_S = 30.0


class Lines:
    """What was said, and a way to wait for it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._more = asyncio.Event()

    def say(self, line: str) -> None:
        self.said.append(line)
        self._more.set()

    async def until(self, enough: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not enough(self.said):
                self._more.clear()
                await self._more.wait()


def _shell(name: str, script: str, stop_s: float = 10.0, log: Path | None = None) -> Child:
    return Child(name, ("/bin/sh", "-c", script), {}, log=log, stop_s=stop_s)


class Pipe:
    """A named pipe that children write lines into: each line is an event."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._opened = os.fdopen(os.open(path, os.O_RDWR), closefd=True)  # writing too, so that it never ends

    async def line(self) -> str:
        async with asyncio.timeout(WITHIN_S):
            return (await asyncio.to_thread(self._opened.readline)).strip()

    def close(self) -> None:
        self._opened.close()


def _run(
    children: Sequence[Child], during: Callable[[Lines, asyncio.Event, asyncio.Event], "asyncio.Future[None]"]
) -> list[str]:
    async def run() -> list[str]:
        lines, stop, hurry = Lines(), asyncio.Event(), asyncio.Event()
        supervising = asyncio.create_task(supervise(children, stop, hurry, lines.say))
        await during(lines, stop, hurry)
        stop.set()
        async with asyncio.timeout(WITHIN_S):
            await supervising
        return lines.said

    return asyncio.run(run())


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    made = Pipe(tmp_path / "events")
    yield made
    made.close()


def test_child_that_dies_is_started_again_after_a_pause_that_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)

    async def during(lines: Lines, *_: object) -> None:
        await lines.until(lambda said: len(said) >= 3)

    said = _run([_shell("patient", "exit 7")], during)
    assert said[:3] == [
        "The patient ended (exit status 7); it starts again in 0.01 s.",
        "The patient ended (exit status 7); it starts again in 0.02 s.",
        "The patient ended (exit status 7); it starts again in 0.04 s.",
    ]


def test_pause_is_short_again_after_a_healthy_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(module, "HEALTHY_AFTER_S", 0.0)

    async def during(lines: Lines, *_: object) -> None:
        await lines.until(lambda said: len(said) >= 3)

    said = _run([_shell("patient", "kill -KILL $$")], during)
    assert set(said) == {"The patient ended (SIGKILL); it starts again in 0.01 s."}


def test_children_end_first_to_last_and_only_then_does_the_supervisor(pipe: Pipe) -> None:
    def child(name: str) -> Child:
        script = f'trap "echo {name} >> {pipe.path}; exit 0" TERM; echo up >> {pipe.path}; while :; do sleep 0.05; done'
        return _shell(name, script)

    events: list[str] = []

    async def during(lines: Lines, stop: asyncio.Event, _: asyncio.Event) -> None:
        events.extend([await pipe.line(), await pipe.line()])
        stop.set()
        events.extend([await pipe.line(), await pipe.line()])

    assert _run([child("first"), child("second")], during) == []
    assert events == ["up", "up", "first", "second"]


def test_child_that_does_not_end_in_time_is_killed(pipe: Pipe) -> None:
    async def during(*_: object) -> None:
        await pipe.line()

    stubborn = _shell("stubborn", f'trap "" TERM; echo up >> {pipe.path}; while :; do sleep 0.05; done', stop_s=0.2)
    assert _run([stubborn], during) == ["The stubborn did not end by itself and is killed."]


def test_second_request_to_stop_waits_for_nobody(pipe: Pipe) -> None:
    async def during(lines: Lines, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        await pipe.line()
        stop.set()
        hurry.set()

    stubborn = _shell("stubborn", f'trap "" TERM; echo up >> {pipe.path}; while :; do sleep 0.05; done', stop_s=1000)
    assert _run([stubborn], during) == ["The stubborn did not end by itself and is killed."]


def test_what_a_dead_child_left_behind_is_killed(pipe: Pipe, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)

    async def during(*_: object) -> None:
        left_behind = os.pidfd_open(int(await pipe.line()))
        await asyncio.to_thread(go.write_text, "die\n")
        await _ended(left_behind)
        os.close(left_behind)

    _run([_shell("leader", f"sleep 1000 & echo $! >> {pipe.path}; read line < {go}; kill -KILL $$")], during)


def test_output_goes_to_the_log_that_was_named(tmp_path: Path) -> None:
    async def during(lines: Lines, *_: object) -> None:
        await lines.until(lambda said: len(said) >= 1)

    _run([_shell("talker", "echo out; echo err >&2; exit 1", log=tmp_path / "talker.log")], during)
    assert set((tmp_path / "talker.log").read_text().split()) == {"out", "err"}


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_child_on_a_leash_ends_with_a_parent_that_was_killed(name: str, pipe: Pipe) -> None:
    child = (
        "import os, sys, time; from app.cli.leash import end_with; end_with(int(sys.argv[1]));"
        f"print(os.getpid(), flush=True, file=open({str(pipe.path)!r}, 'w')); time.sleep(1000)"
    )
    parent = (
        "import os, subprocess, sys, time;"
        f"subprocess.Popen([sys.executable, '-c', {child!r}, str(os.getpid())]); time.sleep(1000)"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as running:
        pid = int(asyncio.run(pipe.line()))
        watch = os.pidfd_open(pid)
        running.send_signal(signal.Signals[name])
    try:
        with asyncio.Runner() as runner:
            runner.run(_ended(watch))
    finally:
        os.close(watch)


async def _ended(watch: int) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(watch, ended.set)
    async with asyncio.timeout(WITHIN_S):
        await ended.wait()
