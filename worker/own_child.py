"""The processes under a worker's main process, as it sees them."""

import os
import signal
from contextlib import suppress

import psutil


def pid_of(worker_id: str) -> int:
    """Of the child that holds a job or a row under this name; see ``worker.tasks.worker_id``."""
    return int(worker_id.rpartition("/")[2])


def is_alive(pid: int) -> bool:
    """Whether the process is a child of ours, and not dead yet."""
    try:
        process = psutil.Process(pid)
        return bool(process.ppid() == os.getpid() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill(pid: int) -> None:
    """End the process, if it is a child of ours."""
    if is_alive(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
