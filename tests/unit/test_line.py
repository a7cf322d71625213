"""One at a time for each name, first come, first served."""

import asyncio

from app.flow.line import Line


async def _worked(line: Line, name: str, log: list[str], go: asyncio.Event) -> None:
    async with line.turn(name):
        log.append(f"+{name}")
        await go.wait()
        log.append(f"-{name}")


def test_who_comes_later_waits_unless_for_another_name() -> None:
    async def play() -> list[str]:
        line, log = Line(), list[str]()
        first, rest = asyncio.Event(), asyncio.Event()
        rest.set()
        tasks = [asyncio.create_task(_worked(line, "a", log, first))]
        await asyncio.sleep(0)
        tasks += [asyncio.create_task(_worked(line, name, log, rest)) for name in ("a", "b", "a")]
        await tasks[2]
        first.set()
        await asyncio.gather(*tasks)
        return log

    assert asyncio.run(play()) == ["+a", "+b", "-b", "-a", "+a", "-a", "+a", "-a"]


def test_who_gives_up_or_fails_leaves_the_line() -> None:
    async def play() -> Line:
        line, log, never = Line(), list[str](), asyncio.Event()
        holder = asyncio.create_task(_worked(line, "a", log, never))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(_worked(line, "a", log, never))
        await asyncio.sleep(0)
        for one in (waiting, holder):
            one.cancel()
        await asyncio.gather(holder, waiting, return_exceptions=True)
        never.set()
        await asyncio.wait_for(_worked(line, "a", log, never), 5)
        return line

    assert asyncio.run(play())._turns == {}
