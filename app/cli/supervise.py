"""Keep children alive until told to stop, then end them in order."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
HEALTHY_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Child:
    """Attributes:
    name: what the messages call it.
    command: program and arguments.
    environment: on top of ours.
    pass_fds: open files it inherits.
    log: its output goes there; ``None`` is where ours goes.
    stop_s: how long it may take to end after SIGTERM before it is killed.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    log: Path | None = None
    stop_s: float = 10.0


async def supervise(
    children: Sequence[Child], stop: asyncio.Event, hurry: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Start the children, restart those that die, and when ``stop`` is set end them, first to last.

    Args:
        children: in the order in which they are ended.
        stop: set by a signal.
        hurry: set by a second one: nobody is waited for any more.
        say: takes one line for the user.
    """
    kept = [_Kept(child, say) for child in children]
    keeping = [asyncio.create_task(one.keep()) for one in kept]
    try:
        await stop.wait()
    finally:
        for one, task in zip(kept, keeping, strict=True):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await one.end(hurry)


class _Kept:
    def __init__(self, child: Child, say: Callable[[str], None]) -> None:
        self._child = child
        self._say = say
        self._process: asyncio.subprocess.Process | None = None

    async def keep(self) -> None:
        """Run the child for ever; the pause before a restart doubles, and is short again after a healthy while."""
        clock = asyncio.get_running_loop().time
        pause_s = FIRST_PAUSE_S
        while True:
            started = clock()
            self._process = await self._start()
            code = await self._process.wait()
            _kill_group(self._process.pid)
            if clock() - started >= HEALTHY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            self._say(f"The {self._child.name} ended ({_how(code)}); it starts again in {pause_s:g} s.")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _start(self) -> asyncio.subprocess.Process:
        child = self._child
        output = None if child.log is None else os.open(child.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            return await asyncio.create_subprocess_exec(
                *child.command,
                env={**os.environ, **child.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=child.pass_fds,
                process_group=0,  # Ctrl-C reaches us only; we end them in order
            )
        finally:
            if output is not None:
                os.close(output)

    async def end(self, hurry: asyncio.Event) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        ended = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=self._child.stop_s, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            self._say(f"The {self._child.name} did not end by itself and is killed.")
            _kill_group(process.pid)
        await ended
        _kill_group(process.pid)


def _kill_group(leader: int) -> None:
    """What the child started must not outlive it: a pool's process would hold the GPU."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _how(code: int) -> str:
    return f"exit status {code}" if code >= 0 else signal.Signals(-code).name
