"""One at a time for each name. Who waits here holds no thread and no connection, so that nobody else waits with him."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Line:
    """For the coroutines of one process, first come, first served; names are forgotten when nobody is there any more.

    Between processes the database decides: this only spares it, and the pool of threads, a crowd at one row.
    """

    def __init__(self) -> None:
        self._turns: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """``async with line.turn("doc_1"):``"""
        lock, waiting = self._turns.get(name, (asyncio.Lock(), 0))
        self._turns[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            waiting = self._turns[name][1] - 1
            if waiting:
                self._turns[name] = (lock, waiting)
            else:
                del self._turns[name]
