"""A real worker as its own process, a puppet master for the decomposer inside it, and waiting on the jobs' bell."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import numpy as np
import psutil
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import Connection, Engine

from app.enqueue import Bell, make_celery
from app.settings import Settings
from app.store import images, jobs
from app.store.jobs import Job, NewJob
from app.store.session import libpq_url
from app.store.tables import DEFAULT_TENANT
from model import encode
from model.content_hash import decomposition_id, image_id
from model.decomposers import Parameters

ROOT = Path(__file__).parents[1]
PATIENCE_S = 90.0
MODELS = "noop,puppet,device,poison,missing"
DECOMPOSERS = ",".join(f"{name}=tests.decomposers_for_tests:{name.capitalize()}@1" for name in MODELS.split(","))
CELERY = (
    sys.executable, "-m", "celery", "-A", "worker.main:celery", "worker", "--without-gossip", "--without-mingle"
)  # fmt: skip
QUICK = {
    "LAMINA_LEASE_S": "60",  # for longer than a busy machine keeps a heart from beating
    "LAMINA_HEARTBEAT_S": "0.5",
    "LAMINA_SWEEP_S": "0.2",
    "LAMINA_RING_AGAIN_S": "0.5",
    "LAMINA_DRAIN_S": "1",
}

SHORT_LEASE = {"LAMINA_LEASE_S": "2"}
"""For tests that wait until a lease has run out."""


class WorkerProcess:
    """``celery -A worker.main:celery worker``, or a ``command`` that becomes it, with short clocks; killed at the end
    of the ``with``."""

    def __init__(
        self, database_url: str, redis_url: str, log: Path, *, command: Sequence[str] | None = None, **environment: str
    ) -> None:
        self._log, self._command = log, command or CELERY
        self._environment = os.environ | QUICK | {
            "LAMINA_DATABASE_URL": database_url,
            "LAMINA_REDIS_URL": redis_url,
            "LAMINA_MODELS": MODELS,
            "LAMINA_DECOMPOSERS": DECOMPOSERS,
            "PYTHONPATH": str(ROOT),
        } | environment  # fmt: skip

    def __enter__(self) -> "WorkerProcess":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.signal_all(signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text()

    def signal_main(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def signal_all(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            assert self._process.poll() is not None

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        return self._process.wait(PATIENCE_S)

    def child_pids(self) -> list[int]:
        return [child.pid for child in psutil.Process(self.pid).children()]


StartWorker: TypeAlias = Callable[..., WorkerProcess]
"""Starts a worker that is killed at the end of the test; words are settings: ``start_worker(LAMINA_STALL_S="1")``."""


class Puppets:
    """The test's end of the strings: accepts each puppet as it starts to work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._socket.settimeout(PATIENCE_S)
        self._started: list[Strings] = []

    def next(self) -> "Strings":
        """The next puppet that starts, waited for."""
        connection, _ = self._socket.accept()
        connection.settimeout(PATIENCE_S)
        self._started.append(Strings(connection))
        return self._started[-1]

    def close(self) -> None:
        self._socket.close()
        for strings in self._started:
            strings.close()


class Strings:
    """One running puppet: the ``pid`` of its process, the ``seed`` of its job, and the ``part`` of it that it does."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        with connection.makefile("rb") as lines:
            hello = json.loads(lines.readline())
        self.pid: int = hello["pid"]
        self.seed: int = hello["seed"]
        self.part: str = hello["part"]

    def tell(self, command: str) -> None:
        self._connection.sendall(command.encode())

    def wait_for_end(self) -> None:
        """Returns when the puppet has let go: it is done, or its process is dead."""
        with suppress(ConnectionResetError):
            assert self._connection.recv(1) == b""

    def close(self) -> None:
        self._connection.close()


class Watch:
    """Waits for rows to become as a test expects, woken by each change that the jobs announce."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection = psycopg2.connect(libpq_url(engine.url.render_as_string(hide_password=False)))
        self._connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with self._connection.cursor() as cursor:
            cursor.execute("LISTEN lamina_jobs")

    def until(self, what: str, seen: Callable[[Connection], object]) -> None:
        """Returns when ``seen(connection)`` is true; fails, saying ``what`` was awaited, when patience runs out."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with self._engine.begin() as connection:
                if seen(connection):
                    return
            # Half a second at most: not everything that is awaited is announced.
            select.select([self._connection], [], [], 0.5)
            self._connection.poll()
            self._connection.notifies.clear()
        raise AssertionError(f"waited in vain: {what}")

    def job(self, job: Job, state: str) -> Job:
        """The job, once it is in ``state``."""
        self.until(f"{job.id} {state}", lambda connection: read(connection, job).state == state)
        with self._engine.begin() as connection:
            return read(connection, job)

    def close(self) -> None:
        self._connection.close()


class Customer:
    """Posts jobs as the API does: the row first, then the bell."""

    def __init__(self, engine: Engine, redis_url: str) -> None:
        self._engine = engine
        self.bell = Bell(make_celery(Settings(redis_url=redis_url, models=MODELS, decomposers=DECOMPOSERS)))
        self._seed = 0

    def post(self, model: str, *, recompute: bool = False, ring: bool = True) -> Job:
        """A new job with a seed of its own, so that none is like another."""
        self._seed += 1
        return self.post_seed(model, self._seed, recompute=recompute, ring=ring)

    def post_seed(self, model: str, seed: int, *, recompute: bool = False, ring: bool = True) -> Job:
        pixels = np.random.default_rng(7).integers(0, 256, (8, 12, 4), np.uint8)
        pixels[:, :, 3] = 255
        name, parameters = image_id(pixels), asdict(Parameters(seed=seed))
        new = NewJob(
            tenant_id=DEFAULT_TENANT,
            model_name=model,
            model_revision="1",
            parameters=parameters,
            image_id=name,
            decomposition_id=decomposition_id(name, model, "1", parameters),
            recompute=recompute,
        )
        with self._engine.begin() as connection:
            images.put(connection, DEFAULT_TENANT, name, 12, 8, encode.png(pixels))
            job, _ = jobs.submit(connection, new)
        if ring:
            self.bell.ring(model)
        return job

    def close(self) -> None:
        self.bell.close()


def read(connection: Connection, job: Job) -> Job:
    found = jobs.get(connection, job.tenant_id, job.id)
    assert found is not None
    return found
