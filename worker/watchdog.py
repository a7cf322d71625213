"""Ends a process whose job hangs: a live heartbeat must not keep a hung kernel alive."""

import logging
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType

from app.settings import Settings

EXIT_CODE = 70
LAST_WORDS_S = 5.0
_NEVER = float("inf")

_logger = logging.getLogger(__name__)


class Watchdog:
    """Watches one attempt from a thread of its own: a clock for the lack of progress, another for the whole.

    When either runs out the process ends at once, whatever its other threads are stuck in; the lease then runs out and
    the sweeper gives the job to another. While a model loads its weights only ``setup_s`` counts.
    """

    def __init__(self, settings: Settings, last_words: Callable[[str], None]) -> None:
        """``last_words(reason)`` gets a few seconds before the end; ``"stalled"`` or ``"deadline-exceeded"``."""
        self._settings = settings
        self._last_words = last_words
        self._changed = threading.Condition()
        self._over = False
        self._stall_s = self._stalled_at = self._late_at = _NEVER
        self._begin(settings.setup_s, settings.setup_s)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> "Watchdog":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()

    def set_up(self) -> None:
        """The model is loaded: from here on ``stall_s`` and ``deadline_s`` count."""
        self._begin(self._settings.stall_s, self._settings.deadline_s)

    def feed(self) -> None:
        """The job got on."""
        with self._changed:
            if self._stalled_at == _NEVER:  # otherwise the end moves away, and whoever waits for it wakes in time
                self._changed.notify()
            self._stalled_at = time.monotonic() + self._stall_s

    def excuse(self) -> None:
        """The job waits for one that has a watchdog of its own; until this one is fed, only its deadline counts."""
        with self._changed:
            self._stalled_at = _NEVER

    def _begin(self, stall_s: float, deadline_s: float) -> None:
        with self._changed:
            now = time.monotonic()
            self._stall_s, self._stalled_at, self._late_at = stall_s, now + stall_s, now + deadline_s
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._over:
                remaining = min(self._stalled_at, self._late_at) - time.monotonic()
                if remaining <= 0:
                    self._end("deadline-exceeded" if self._late_at <= self._stalled_at else "stalled")
                self._changed.wait(remaining)

    def _end(self, reason: str) -> None:
        _logger.error("the watchdog ends this process: %s", reason)
        speaking = threading.Thread(target=self._last_words, args=(reason,), name="last words", daemon=True)
        speaking.start()
        speaking.join(LAST_WORDS_S)
        os._exit(EXIT_CODE)
