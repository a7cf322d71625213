"""Postgres tells which jobs change and what was deleted: whoever waits is woken, what has gone is forgotten. One
connection for a whole process."""

import asyncio
import logging
import select
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import psycopg2
from psycopg2 import extensions

from app.store import gone
from app.store.jobs.row import CHANNEL
from app.store.session import libpq_url

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
_STOP_WITHIN_S = 6.0  # an attempt to connect is given up after 5 s

_logger = logging.getLogger(__name__)


class JobListener:
    """Listens from a thread of its own, so that no network stands in the way of the event loop.

    What is announced while the connection is away cannot be told, so all who wait are woken after each connection, the
    first included, and look for themselves; and anything may have been deleted.

    Args:
        forget: called with the path of what was deleted, ``None`` for anything; from the listener's thread.
    """

    def __init__(self, database_url: str, forget: Callable[[str | None], None] = lambda resource: None) -> None:
        self._database_url = database_url
        self._forget = forget
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._bell, self._button = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="job listener", daemon=True)

    async def start(self) -> None:
        """Begin to listen; a database that is away does not matter here, it is dialled until it answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Hang up. Those who wait are not woken."""
        self._stopping.set()
        self._button.close()
        await asyncio.to_thread(self._thread.join, _STOP_WITHIN_S)
        self._bell.close()

    @asynccontextmanager
    async def subscribe(self, job_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change of the job. Clear it, look at the job, wait; in this order no change is
        missed."""
        changed = asyncio.Event()
        self._waiting.setdefault(job_id, set()).add(changed)
        try:
            yield changed
        finally:
            self._waiting[job_id].discard(changed)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                with closing(self._dial()) as connection:
                    pause_s = FIRST_PAUSE_S
                    self._in_loop(self._wake_all)
                    self._forget(None)
                    self._listen(connection)
            except psycopg2.Error as error:
                _logger.warning("the connection that tells of jobs is away: %s", str(error).strip())
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _dial(self) -> Any:
        connection = psycopg2.connect(libpq_url(self._database_url))
        try:
            connection.set_isolation_level(extensions.ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}; LISTEN {gone.CHANNEL}")
        except psycopg2.Error:
            connection.close()
            raise
        return connection

    def _listen(self, connection: Any) -> None:
        """Until told to stop; raises psycopg2's errors when the connection is lost."""
        while True:
            ready, _, _ = select.select([connection, self._bell], [], [])
            if self._bell in ready:
                return
            connection.poll()
            # Who begins to wait just now looks after this change was committed.
            notices = list(connection.notifies)
            connection.notifies.clear()
            for notice in notices:
                if notice.channel == gone.CHANNEL:
                    self._forget(notice.payload)
            changed = {notice.payload for notice in notices if notice.payload in self._waiting}
            if changed:
                self._in_loop(self._wake, changed)

    def _in_loop(self, action: Any, *arguments: object) -> None:
        assert self._loop is not None
        if not self._stopping.is_set():
            self._loop.call_soon_threadsafe(action, *arguments)

    def _wake(self, job_ids: set[str]) -> None:
        for job_id in job_ids:
            for changed in self._waiting.get(job_id, ()):
                changed.set()

    def _wake_all(self) -> None:
        self._wake(set(self._waiting))
