"""Writes down what came of rows: all that came together in a moment in one transaction, pictures, rows and counts."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.flow.batch.submit import problem_of_row
from app.flow.problem import is_database_down
from app.store import batch_claims, blob_files, counters
from app.store.batch_claims import Claimed, Done
from worker.batch_row import Drawn

GATHER_S = 0.2
"""How long rows are waited for before a transaction, which costs a sync of the disk. So much is drawn again at most
when a worker is killed."""
TRY_AGAIN_S = 1.0
DEFECT = problem_of_row("internal-error", "A defect of ours.")

_logger = logging.getLogger(__name__)


class Writer:
    """A thread of its own; ``put`` and ``put_back`` may be called from any, and return at once.

    Args:
        enough: rows that need not wait for others.
        written: called with rows that are no longer ours, whichever way they went.
    """

    def __init__(self, engine: Engine, enough: int, written: Callable[[list[Claimed]], None]) -> None:
        self._engine, self._enough, self._written = engine, enough, written
        self._came = threading.Condition()
        self._drawn: list[Drawn] = []
        self._returned: list[Claimed] = []
        self._thread = threading.Thread(target=self._run, name="row writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, drawn: Drawn) -> None:
        """It is done."""
        with self._came:
            self._drawn.append(drawn)
            self._came.notify()

    def put_back(self, row: Claimed) -> None:
        """It is to be drawn later."""
        with self._came:
            self._returned.append(row)
            self._came.notify()

    def _run(self) -> None:
        while True:
            with self._came:
                self._came.wait_for(lambda: self._drawn or self._returned)
                self._came.wait_for(lambda: len(self._drawn) >= self._enough, GATHER_S)
                drawn, self._drawn = self._drawn, []
                returned, self._returned = self._returned, []
            groups: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
            for one in drawn:
                groups[one.done.row.tenant_id, one.done.row.job_id].append(one)
            for group in groups.values():
                self._write(group)
            for row in returned:
                self._until_written(lambda connection, row=row: batch_claims.release(connection, [row]))  # type: ignore[misc]
                self._written([row])

    def _write(self, group: Sequence[Drawn]) -> None:
        try:
            self._until_written(lambda connection: _keep(connection, group))
        except SQLAlchemyError:
            if len(group) > 1:  # whichever it is that cannot be written, the others can
                for one in group:
                    self._write([one])
                return
            row = group[0].done.row
            _logger.exception("a row could not be written", extra={"job_id": row.job_id, "row": row.n})
            if group[0].done.error is not DEFECT:
                self._write([replace(group[0], done=Done(row, error=DEFECT), file=None)])
                return
        for one in group:
            if one.file is not None:
                one.file.unlink(missing_ok=True)
        self._written([one.done.row for one in group])

    def _until_written(self, write: Callable[[Connection], object]) -> None:
        """Raises SQLAlchemy's errors, but not that the database is away: then it tries again."""
        while True:
            try:
                with self._engine.begin() as connection:
                    write(connection)
            except SQLAlchemyError as error:
                if not is_database_down(error):
                    raise
                _logger.warning("rows could not be written, and are tried again: %s", error)
                time.sleep(TRY_AGAIN_S)
            else:
                return


def _keep(connection: Connection, group: Sequence[Drawn]) -> None:
    # In one order, so that two workers that keep the same pictures do not wait for each other.
    for one in sorted(group, key=lambda one: one.done.sha256 or ""):
        if one.file is not None:
            blob_files.put(connection, one.done.row.tenant_id, one.file, one.media_type)
    fenced = batch_claims.keep(connection, [one.done for one in group])
    if fenced:
        _logger.warning("rows were another worker's already", extra={"rows": fenced})
        counters.add(connection, "fenced_writes", "", fenced)
