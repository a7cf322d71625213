"""Takes the pictures of a watched folder apart as they come: one after the other in each of a few tasks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.cli.watch_folder import Version, WatchedFolder
from app.cli.watch_journal import Entry, Journal
from app.cli.watch_results import InTheWay, Wanted, write_results
from lamina.client import AsyncClient, AsyncJob, Busy, How, InvalidRequest, NoAnswer, Problem
from lamina.client.whole_file import whole_file

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What is done with each picture, and with how many at once; ``move`` puts each away when it is done with."""

    out: Path
    how: How
    wanted: Wanted
    move: bool
    at_once: int
    every_s: float
    once: bool


class CannotBeRead(Exception):
    """By the user who watches."""


@dataclass(frozen=True, slots=True)
class Done:
    """One picture; ``detail`` says what was wrong with it, or is ``None``."""

    name: str
    folder: Path
    layers: int
    decomposition_id: str | None
    warnings: tuple[str, ...]
    detail: str | None


class Watcher:
    """
    Args:
        tell: called with each picture that is done with.
        complain: called with a line when the service is away.
    """

    def __init__(
        self,
        client: AsyncClient,
        folder: WatchedFolder,
        journal: Journal,
        orders: Orders,
        tell: Callable[[Done], None],
        complain: Callable[[str], None],
    ) -> None:
        self._client, self._folder, self._journal, self._orders = client, folder, journal, orders
        self._tell, self._complain = tell, complain
        self._waiting: asyncio.Queue[Version] = asyncio.Queue()
        self._busy: set[str] = set()

    async def run(self) -> None:
        """For ever, or until all that is there has been done.

        Raises:
            Problem: the service refuses whatever is sent: the orders are wrong, not a picture.
            OSError: results cannot be written.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                workers = [tasks.create_task(self._work()) for _ in range(self._orders.at_once)]
                while not (self._look() and self._orders.once):
                    await asyncio.sleep(self._orders.every_s)
                for worker in workers:
                    worker.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    def _look(self) -> bool:
        """Give out what is new; whether there was nothing to wait for."""
        settled, more = self._folder.look(time.monotonic())
        for version in settled:
            if version.name in self._busy:
                continue
            known = self._journal.entry(version)
            if known is not None:
                self._put_away(known)
                continue
            self._busy.add(version.name)
            self._waiting.put_nowait(version)
        return not more and not self._busy

    async def _work(self) -> None:
        while True:
            version = await self._waiting.get()
            done = await self._patiently(version)
            if done is None:
                self._busy.discard(version.name)
                continue
            entry = Entry(
                version.name, version.size, version.mtime_ns, done.folder.name, done.decomposition_id, done.detail
            )
            self._mark(done)
            self._journal.add(entry)
            self._put_away(entry)
            self._tell(done)
            self._busy.discard(version.name)

    async def _patiently(self, version: Version) -> Done | None:
        """A service that is away or busy is no fault of the picture's."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                return await self._done(version)
            except (NoAnswer, Busy) as error:
                self._complain(f"{error} {version.name} waits.")
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE_S, 2 * pause)

    async def _done(self, version: Version) -> Done | None:
        """``None``: the picture is not there any more."""
        name = self._journal.folder_of(version.name)
        folder = self._orders.out / name
        made: str | None = None
        try:
            job = await self._submitted(version)
            if job is None:
                return None
            found = await (await job.wait()).decomposition()
            made = found.id
            warnings = await write_results(found, self._orders.out, name, self._orders.wanted)
        except (NoAnswer, Busy):
            raise
        except (Problem, InTheWay, CannotBeRead) as error:
            if _is_of_the_orders(error):
                raise
            return Done(version.name, folder, 0, made, (), " ".join(str(error).split()))
        return Done(version.name, folder, len(found.layers), found.id, tuple(warnings), None)

    async def _submitted(self, version: Version) -> AsyncJob | None:
        try:
            return await self._client.submit(self._folder.path / version.name, **self._orders.how)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CannotBeRead(f"It cannot be read: {error.strerror or error}.") from None

    def _mark(self, done: Done) -> None:
        """A file beside the results says what was wrong, as long as it is."""
        mark = done.folder.with_name(f"{done.folder.name}.failed.txt")
        if done.detail is None:
            mark.unlink(missing_ok=True)
            return
        with whole_file(mark) as file:
            file.write(f"{done.name}: {done.detail}\n".encode("utf-8", "surrogateescape"))

    def _put_away(self, entry: Entry) -> None:
        if not self._orders.move:
            return
        picture = self._folder.path / entry.name
        away = self._folder.path / ("done" if entry.detail is None else "failed")
        away.mkdir(exist_ok=True)
        target, number = away / entry.name, 1
        while target.exists():
            number += 1
            target = away / f"{Path(entry.name).stem}-{number}{picture.suffix}"
        picture.rename(target)


def _is_of_the_orders(error: Exception) -> bool:
    """Whether every other picture would be refused as well."""
    if isinstance(error, InvalidRequest) and error.status == 422:
        return any(not one.pointer.startswith(("/image", "/operations", "/layers")) for one in error.errors)
    return isinstance(error, Problem) and error.status in (401, 403)
