"""What a worker's main process does for the rows of batches, beside what it does for jobs; ``Upkeep`` calls it."""

import logging

from sqlalchemy import Engine

from app.settings import Settings
from app.store import batch_claims, batches
from worker.own_child import is_alive, kill, pid_of

PURGE_LIMIT = 5_000

_logger = logging.getLogger(__name__)


class BatchUpkeep:
    """Rows of dead children are taken back, children that hold rows and no longer beat are ended."""

    def __init__(self, settings: Settings, engine: Engine, worker_id: str) -> None:
        self._settings, self._engine, self._worker_id = settings, engine, worker_id

    def look_after(self, *, draining: bool, drained: bool, patient: bool) -> None:
        """See to our children's rows.

        Args:
            draining: the worker was told to stop, so that a dead child is no crash.
            drained: and it has had the time for it.
            patient: the database was away; leases that ran out mean nothing yet.
        """
        with self._engine.begin() as connection:
            held = batch_claims.holders(connection, self._worker_id)
        for child_id, expired in held:
            pid = pid_of(child_id)
            dead = not is_alive(pid)
            if drained or (dead and draining):
                kill(pid)  # first: what it were to write now would be of rows that are another's already
                with self._engine.begin() as connection:
                    count = batch_claims.give_back(connection, child_id)
                _logger.info("a stopping worker handed rows back", extra={"pid": pid, "rows": count})
            elif dead:
                with self._engine.begin() as connection:
                    count = batch_claims.lose(connection, child_id)
                _logger.warning("a child died with rows", extra={"pid": pid, "rows": count})
            elif expired and not patient:
                kill(pid)
                _logger.error("a child that did not beat for its rows was ended", extra={"pid": pid})

    def sweep(self) -> None:
        """Take back rows whose lease ran out, whoever held them; end what is to be canceled."""
        with self._engine.begin() as connection:
            requeued, failed = batch_claims.sweep(connection, self._settings.max_crashes)
        if requeued or failed:
            _logger.warning("lost rows were found", extra={"requeued": requeued, "failed": failed})

    def purge(self, older_than_s: float) -> None:
        """Forget rows of batches that ended so long ago."""
        with self._engine.begin() as connection:
            batches.purge(connection, older_than_s, PURGE_LIMIT)
