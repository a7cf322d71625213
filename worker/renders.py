"""Rows of batches, drawn by as many processes as there are processors; in a worker's child process, beside its tasks.

    claim   rows, a few more than are being drawn, so that no process waits for the database
    draw    each in a thread of its own, which fetches its pictures and waits for a pixel process
    keep    what has come together in a moment: pictures, rows and counts in one transaction

Which rows are ours the database knows, and a bell wakes one worker only: so whoever has nothing to do looks by himself
every few seconds.
"""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.flow.errors import Unavailable
from app.flow.pixels import PixelPool
from app.settings import Settings
from app.store import batch_claims
from app.store.batch_claims import Claimed, Done
from app.store.blob_cache import BlobCache
from worker.batch_pictures import Shelf
from worker.batch_row import Drawn, Rows
from worker.batch_writer import DEFECT, Writer

TASKS = "app.flow.batch.row_tasks"
HELD_PER_PROCESS = 12
"""Rows that are ours at once: being drawn, fetching their pictures, or waiting to be written down."""
PROCESSES_KEPT_S = 60.0
"""Without work the pixel processes are ended after so long; they hold caches of some hundred megabytes."""
TRY_AGAIN_S = 1.0
STALE_S = 86_400.0
"""Longer than any batch goes on in one worker without a pause: its file lies there for so long."""

_logger = logging.getLogger(__name__)


class Renders:
    """``start`` once, ``wake`` when there may be work, ``stop`` at the end."""

    def __init__(self, settings: Settings, engine: Engine, heartbeats: Engine, worker_id: str) -> None:
        self._settings, self._engine, self._heartbeats, self._worker_id = settings, engine, heartbeats, worker_id
        self._processes = settings.render_processes or os.cpu_count() or 1
        self._most = self._processes * HELD_PER_PROCESS
        scratch = _emptied(settings.data_dir / "renders")
        cache = BlobCache(settings.data_dir / "cache", settings.cache_bytes)
        self._rows = Rows(Shelf(settings, engine, cache, scratch), self._pool)
        self._writer = Writer(engine, self._most // 3, self._written)
        self._drawing = ThreadPoolExecutor(self._most, "row")
        self._changed = threading.Condition()
        self._held: dict[tuple[str, int], Claimed] = {}
        self._stopping = threading.Event()
        self._look_at = 0.0
        self._alone = False
        self._pixels: PixelPool | None = None
        self._idle_since = time.monotonic()
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._claim_on, self._beat_on)]

    def start(self) -> None:
        self._writer.start()
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be work; returns at once."""
        with self._changed:
            self._look_at = 0.0
            self._changed.notify_all()

    def stop(self, timeout_s: float) -> bool:
        """Claim no more, and wait for the rows that are being drawn, ``timeout_s`` at most; says whether all of them
        were kept. Those that were not are the main process's to give back."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._held, timeout_s)
        if self._pixels is not None:
            self._pixels.close()
        return done

    def _claim_on(self) -> None:
        while not self._stopping.is_set():
            try:
                for row in self._claimed():
                    self._drawing.submit(self._draw, row)
            except SQLAlchemyError as error:
                _logger.warning("no rows could be claimed: %s", error)
                self._stopping.wait(TRY_AGAIN_S)
            except Exception:
                _logger.exception("claiming rows failed")
                self._stopping.wait(TRY_AGAIN_S)

    def _claimed(self) -> list[Claimed]:
        """Rows to be drawn now; none after a while of waiting for room or work."""
        room = self._room()
        if not room:
            return []
        with self._engine.begin() as connection:
            if not self._alone and batch_claims.are_suspected(connection):
                self._alone = True  # until none is held, nothing more is claimed
                if self._held:
                    return []
            lease_s, suspect = self._settings.lease_s, self._alone
            rows = batch_claims.claim(
                connection, worker_id=self._worker_id, most=room, lease_s=lease_s, suspect=suspect
            )
        with self._changed:
            self._held |= {(row.job_id, row.n): row for row in rows}
            if rows:
                self._idle_since = time.monotonic()
            elif not self._alone:
                self._look_at = time.monotonic() + self._settings.sweep_s
            self._alone = self._alone and bool(rows)
        return rows

    def _room(self) -> int:
        """How many rows to claim; waits until it is worth asking, and says 0 after a while."""
        with self._changed:
            self._changed.wait_for(self._may_claim, self._settings.sweep_s)
            self._let_go()
            if self._stopping.is_set() or not self._may_claim():
                return 0
            return self._most - len(self._held)

    def _may_claim(self) -> bool:
        if self._stopping.is_set():
            return True
        if self._alone:
            return not self._held
        return len(self._held) <= self._most * 3 // 4 and time.monotonic() >= self._look_at

    def _let_go(self) -> None:
        """What is of no use without work."""
        self._rows.keep_only({job_id for job_id, _ in self._held})
        if not self._held and time.monotonic() > self._idle_since + PROCESSES_KEPT_S and self._pixels is not None:
            self._pixels.close()
            self._pixels = None

    def _draw(self, row: Claimed) -> None:
        try:
            self._writer.put(self._rows.draw(row))
        except (SQLAlchemyError, Unavailable) as error:
            _logger.warning("a row is put back: %s", error, extra={"job_id": row.job_id, "row": row.n})
            self._writer.put_back(row)
        except Exception:
            _logger.exception("a row failed", extra={"job_id": row.job_id, "row": row.n})
            self._writer.put(Drawn(Done(row, error=DEFECT)))

    def _written(self, rows: list[Claimed]) -> None:
        with self._changed:
            for row in rows:
                self._held.pop((row.job_id, row.n), None)
            self._idle_since = time.monotonic()
            self._changed.notify_all()

    def _pool(self) -> PixelPool:
        with self._changed:
            if self._pixels is None:
                self._pixels = PixelPool(
                    self._processes,
                    tasks=TASKS,
                    timeout_s=self._settings.stall_s,
                    patience_s=self._settings.deadline_s,
                )
            return self._pixels

    def _beat_on(self) -> None:
        settings = self._settings
        # A row that hangs is not kept alive by a thread that does not; its own clocks are long over by then.
        longest_s = settings.deadline_s
        while not self._is_over(settings.heartbeat_s):
            try:
                with self._heartbeats.begin() as connection:
                    batch_claims.beat(connection, self._worker_id, settings.lease_s, longest_s)
            except SQLAlchemyError as error:
                _logger.warning("a heartbeat for rows was lost: %s", error)

    def _is_over(self, within_s: float) -> bool:
        """Whether the last row has been kept and none will come; waits a while for it."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping.is_set() and not self._held, within_s)


def _emptied(folder: Path) -> Path:
    """The folder of pictures on their way out, without what a killed worker left there long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        with suppress(FileNotFoundError):  # another worker starts as well
            if left.stat().st_mtime < time.time() - STALE_S:
                left.unlink()
    return folder.resolve()
