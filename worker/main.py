"""``celery -A worker.main:celery worker``: the main process, which takes messages and looks after the rest.

The main process never loads a model: jobs run in its one child (spawned, so that it inherits no connection), which may
be killed at any time.
"""

import os
import warnings

from celery import signals

from app.enqueue import Bell, make_celery, served
from app.settings import Settings
from app.store.session import make_engine
from worker.deliver import Delivery
from worker.sketches import Sketches
from worker.tasks import RUN, required, worker_id
from worker.upkeep import Upkeep

# Celery warns root of pickled messages; ours are JSON, and it takes no others.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges")

settings = Settings()
celery = make_celery(settings, served(settings))
celery.conf.include = ["worker.tasks"]
_upkeep: list[Upkeep] = []
_delivery: list[Delivery] = []
_sketches: list[Sketches] = []


@signals.worker_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _check(**_: object) -> None:
    required(settings.database_url, "LAMINA_DATABASE_URL")
    required(settings.redis_url, "LAMINA_REDIS_URL")
    os.environ.pop(RUN, None)
    worker_id(os.getpid())  # before the children are started, which inherit it


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def _start(**_: object) -> None:
    if not _upkeep:  # Celery says "ready" again after each lost connection
        engine = make_engine(required(settings.database_url, "LAMINA_DATABASE_URL"))
        _upkeep.append(Upkeep(settings, engine, Bell(celery), worker_id(os.getpid())))
        _upkeep[0].start()
        _delivery.append(Delivery(settings, engine))
        _delivery[0].start()
        _sketches.append(Sketches(engine))
        _sketches[0].start()


@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _drain(**_: object) -> None:
    for upkeep in _upkeep:
        upkeep.drain()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _stop(**_: object) -> None:
    for delivery in _delivery:
        delivery.stop()
    for sketches in _sketches:
        sketches.stop()
    for upkeep in _upkeep:
        upkeep.stop()
