"""Processes in which all pixels are decoded, encoded and rendered.

The API process stays small, and a decoder that crashes or hangs on a hostile picture takes down one small process,
which is replaced. Big data travels as files; arguments and answers are JSON.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from app.flow.errors import Unavailable
from app.flow.places import NoneFree, Places
from model import errors
from model.errors import LaminaError

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 10
ROOT = Path(__file__).resolve().parents[2]


class PixelsLost(LaminaError):
    """The process died or hung on this task, twice."""


class PixelsSlow(PixelsLost):
    """It took longer than it may."""


class PixelsFailed(LaminaError):
    """The task raised something that is no error of ours: a defect; the message is for the log."""


class _Child:
    def __init__(self, tasks: str, memory_bytes: int, path: list[str]) -> None:
        self._pipe, far = Pipe()
        command = [sys.executable, "-m", "app.flow.pixel_process", str(far.fileno()), tasks, str(memory_bytes)]
        # What decodes a stranger's bytes does not know where the database is, nor its password.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LAMINA_")}
        environment |= {"PYTHONPATH": os.pathsep.join(path), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, pass_fds=[far.fileno()], env=environment, stdin=subprocess.DEVNULL)
        far.close()
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, task: str, arguments: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Raises EOFError or OSError when the process is gone, TimeoutError when it is too slow."""
        if not self._ready:
            self._receive(timeout_s)
            self._ready = True
        self._pipe.send_bytes(json.dumps({"task": task, "arguments": arguments}).encode())
        answer: dict[str, Any] = json.loads(self._receive(timeout_s))
        return answer

    def _receive(self, timeout_s: float) -> bytes:
        if not self._pipe.poll(timeout_s):
            raise TimeoutError
        return self._pipe.recv_bytes()

    def close(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.wait()


class PixelPool:
    """``size`` processes; ``call`` may be used from any thread and waits for a free one.

    Args:
        tasks: the module whose functions may be called.
        timeout_s: the longest one task may take.
        patience_s: the longest one call waits for a free process.
        memory_bytes: the address space of each process.
        path: more folders for the processes' ``sys.path``.
    """

    def __init__(
        self,
        size: int = 2,
        *,
        tasks: str = "app.flow.pixel_tasks",
        timeout_s: float = 60.0,
        patience_s: float = 60.0,
        memory_bytes: int = 4 * 2**30,
        path: tuple[str, ...] = (),
    ) -> None:
        self._size = size
        self._tasks = tasks
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._memory_bytes = memory_bytes
        self._path = [str(ROOT), *path]
        self._idle: Places[_Child | None] = Places()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._closed = False
        for _ in range(size):
            self._idle.give(None)  # a place for a process that is started on its first use

    def start(self) -> None:
        """Start the processes now, without waiting for them to be ready."""
        places = [self._idle.take(self._patience_s) for _ in range(self._size)]
        for place in places:
            self._idle.give(place or self._spawn())

    def pids(self) -> list[int]:
        with self._lock:
            return sorted(child.pid for child in self._children)

    def call(self, task: str, **arguments: Any) -> Any:
        """Run ``task(**arguments)`` in one of the processes and return its JSON value.

        Raises:
            LaminaError: whatever the task raised of ours.
            FileNotFoundError: a file that the task reads has gone.
            PixelsLost: the process died on it, and so did a fresh one; or it took too long.
            PixelsFailed: the task has a defect.
            Unavailable: no process became free in time.
        """
        for attempt in (1, 2):
            child = self._free()
            try:
                child = child or self._spawn()
                answer = child.call(task, arguments, self._timeout_s)
            except TimeoutError:
                self._discard(child)
                child = None
                raise PixelsSlow(f"It took longer than {self._timeout_s:g} s.") from None
            except (EOFError, OSError) as error:
                logger.warning("a pixel process died in %s (attempt %d): %r", task, attempt, error)
                self._discard(child)
                child = None
            else:
                return _value(task, answer)
            finally:
                self._idle.give(child)
        raise PixelsLost("The picture could not be processed.")

    def _free(self) -> _Child | None:
        try:
            return self._idle.take(self._patience_s)
        except NoneFree:
            raise Unavailable("Too many pictures are being worked on.", RETRY_AFTER_S) from None

    def close(self) -> None:
        """Kill the processes; tasks under way end with ``PixelsLost``."""
        with self._lock:
            self._closed = True
            children, self._children = self._children, set()
        for child in children:
            child.close()

    def _spawn(self) -> _Child:
        with self._lock:
            if self._closed:
                raise PixelsLost("The server is closing.")
            child = _Child(self._tasks, self._memory_bytes, self._path)
            self._children.add(child)
            return child

    def _discard(self, child: _Child | None) -> None:
        if child is not None:
            with self._lock:
                self._children.discard(child)
            child.close()


def _value(task: str, answer: dict[str, Any]) -> Any:
    if "done" in answer:
        return answer["done"]
    if "missing" in answer:
        raise FileNotFoundError(answer["missing"])
    if "refused" in answer:
        raise _rebuilt(**answer["refused"])
    logger.error("the pixel task %s failed: %s", task, answer["failed"])
    raise PixelsFailed(answer["failed"])


def _rebuilt(message: str, **fields: Any) -> LaminaError:
    kind = getattr(errors, fields.pop("class"), LaminaError)
    error: LaminaError = kind(message)
    for name, value in fields.items():
        setattr(error, name, value)
    return error
