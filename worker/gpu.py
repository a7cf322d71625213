"""The life of the decomposers in a worker's child process: made once, set up once, kept for every job."""

import logging
import threading
import time
from typing import Any

from app.settings import QWEN, Settings
from model import decomposers
from model.decomposers import Decomposer
from model.errors import ModelUnavailable

TRY_AGAIN_S = 60.0
"""How long a failed setup is remembered before it is tried again."""

_logger = logging.getLogger(__name__)


class Decomposers:
    """Decomposers by name, each set up at its first use; safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        settings.register_decomposers()
        self._settings = settings
        self._locks: dict[str, threading.Lock] = {}
        self._ready: dict[str, Decomposer] = {}
        self._failed: dict[str, tuple[float, ModelUnavailable]] = {}

    def is_ready(self, name: str) -> bool:
        """Whether ``get`` would return at once."""
        return name in self._ready

    def get(self, name: str) -> Decomposer:
        """The decomposer, set up; waits while it loads.

        Raises:
            ModelUnavailable: it cannot be set up here; asked again within a minute, the same answer comes at once.
        """
        # A lock a name: the weights of one model may take an hour to come, and others need not wait for them.
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._ready:
                self._ready[name] = self._set_up(name)
            return self._ready[name]

    def is_on_gpu(self, name: str) -> bool:
        """Whether the model leaves the processor free, so that another job may be finished meanwhile. Sets it up.

        Raises:
            ModelUnavailable: as ``get``.
        """
        return bool(getattr(self.get(name), "on_gpu", False))

    def warm(self) -> None:
        """Set up all models offered, so that the first job need not wait; what fails is said in the log."""
        for name in self._settings.models:
            try:
                self.get(name)
            except ModelUnavailable as error:
                _logger.warning("the model cannot be used here: %s", error, extra={"model": name})

    def _set_up(self, name: str) -> Decomposer:
        failed_at, error = self._failed.get(name, (0.0, None))
        if error is not None and time.monotonic() - failed_at < TRY_AGAIN_S:
            raise error
        started = time.perf_counter()
        try:
            decomposer = decomposers.create(name, **self._options(name))
            decomposer.setup()
        except Exception as cause:
            unavailable = _unavailable(name, cause)
            self._failed[name] = time.monotonic(), unavailable
            raise unavailable from cause
        self._failed.pop(name, None)
        _logger.info("the model is ready", extra={"model": name, "seconds": round(time.perf_counter() - started, 3)})
        return decomposer

    def _options(self, name: str) -> dict[str, Any]:
        return self._settings.qwen_options(name) if name in QWEN else {}


def _unavailable(name: str, cause: Exception) -> ModelUnavailable:
    said = str(cause) if isinstance(cause, ModelUnavailable) else f"The model {name!r} cannot be set up here: {cause}"
    return ModelUnavailable(said)
