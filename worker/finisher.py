"""The thread on which one job is finished while the next is on the device."""

import logging
import threading
from collections.abc import Callable

_logger = logging.getLogger(__name__)


class Finisher:
    """Does one piece of work at a time, beside its caller; to be used from one thread.

    There is room for one and no more: whoever brings the next waits, so that two pictures are in memory at most.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until nothing is under way here, ``timeout_s`` seconds at most; says whether that is so."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return False
            self._thread = None
        return True

    def start(self, work: Callable[[], None]) -> None:
        """Waits until there is room, begins ``work`` and returns.

        Raises:
            RuntimeError: there can be no other thread; nothing was begun.
        """
        self.wait()
        # A thread a job: one that waited for work would hold the last picture until the next one came.
        thread = threading.Thread(target=_logged, args=(work,), name="finishing", daemon=True)
        thread.start()
        self._thread = thread


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        _logger.exception("what was to finish a job did not")
