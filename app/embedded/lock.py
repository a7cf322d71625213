"""One process at a time may use a data folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from app.embedded.server import LOOK_EVERY_S, CannotStart

_LEFT_WITHIN_S = 60.0


@contextmanager
def alone(folder: Path) -> Iterator[int]:
    """An open file whose lock is ours. The servers inherit it, so it is free only when the last of them has ended.

    Raises:
        CannotStart: another process has the folder, or its servers do not end.
    """
    lock = os.open(folder / "servers.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + _LEFT_WITHIN_S
        while not _is_locked(lock):
            owner = int(os.pread(lock, 20, 0) or 0)
            if _runs(owner):
                raise CannotStart(
                    f"{folder} is in use by process {owner}. Stop it, choose another folder with --data or "
                    "LAMINA_DATA_DIR, or set LAMINA_DATABASE_URL and LAMINA_REDIS_URL."
                )
            if time.monotonic() > end:
                raise CannotStart(f"In {folder} the servers of process {owner}, which is gone, still run; stop them.")
            time.sleep(LOOK_EVERY_S)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
