"""The one Celery task, and the child process it runs in."""

import logging
import os
import socket
import threading
from functools import cache
from secrets import token_hex
from typing import TYPE_CHECKING

from celery import shared_task
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.enqueue import TASK
from app.settings import RENDERS, Settings
from app.store.session import make_engine

if TYPE_CHECKING:
    from worker.decompose import Runtime
    from worker.renders import Renders

BEAT_WITHIN_S = 3.0
RUN = "LAMINA_WORKER_RUN"

_logger = logging.getLogger(__name__)


@shared_task(name=TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def work(model_name: str) -> None:
    """The bell rang: do one job of this model, if one is waiting, or as much of it as needs the GPU; or look for rows
    of batches, which are drawn beside this task."""
    if model_name == RENDERS:
        _renders().wake()
        return
    from worker.decompose import run

    try:
        run(_runtime(), model_name)
    except SQLAlchemyError as error:
        _logger.warning("the bell rang, but the database did not answer: %s", error)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _log(loglevel: int | None = None, **_: object) -> None:
    logs.configure(loglevel or logging.INFO)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start(**_: object) -> None:
    if Settings().renders:
        _renders().start()
        return
    # Loading weights takes minutes, and Celery takes a child for dead that does not report up in time.
    threading.Thread(target=_runtime().decomposers.warm, name="warm", daemon=True).start()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _stop(**_: object) -> None:
    # Celery has waited for the tasks; a job that its task left to the finisher is waited for here. The main process
    # looks on meanwhile, and when it has waited for ``drain_s`` in all it takes the job back.
    if Settings().renders:
        _renders().stop(Settings().drain_s)
        return
    runtime = _runtime()
    if runtime.finisher is not None:
        runtime.finisher.wait(runtime.settings.drain_s)


@cache
def _runtime() -> "Runtime":
    # The main process imports this module too and shall stay small, so what touches pixels is imported here.
    from worker.decompose import Runtime
    from worker.finisher import Finisher
    from worker.gpu import Decomposers

    settings = Settings()
    database_url = required(settings.database_url, "LAMINA_DATABASE_URL")
    return Runtime(
        engine=make_engine(database_url),
        heartbeats=make_engine(database_url, hurry_s=BEAT_WITHIN_S),
        settings=settings,
        decomposers=Decomposers(settings),
        worker_id=worker_id(os.getppid(), os.getpid()),
        finisher=Finisher(),
    )


@cache
def _renders() -> "Renders":
    from worker.renders import Renders

    settings = Settings()
    database_url = required(settings.database_url, "LAMINA_DATABASE_URL")
    heartbeats = make_engine(database_url, hurry_s=BEAT_WITHIN_S)
    return Renders(settings, make_engine(database_url), heartbeats, worker_id(os.getppid(), os.getpid()))


def worker_id(main_pid: int, child_pid: int | None = None) -> str:
    """Names a worker (its main process) or one of its children: ``host/main-run`` or ``host/main-run/child``.

    The children inherit the run: in a container that starts again all names and numbers are the same as before, and a
    job left by the run before must not be taken for the new child's.
    """
    run = os.environ.setdefault(RUN, token_hex(4))
    name = f"{socket.gethostname()}/{main_pid}-{run}"
    return name if child_pid is None else f"{name}/{child_pid}"


def required(url: str | None, name: str) -> str:
    """The URL; raises SystemExit with advice where it is not set."""
    if url is None:
        raise SystemExit(f"A worker needs {name}; `lamina worker` and `lamina up` set it.")
    return url
