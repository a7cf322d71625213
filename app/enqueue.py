"""The doorbell: tells workers through Celery that there is work. No state lives here.

A message says only "there is a job for this model"; the job itself is claimed from Postgres. So a message that is lost
is rung again by the sweeper, and one that comes twice finds nothing to do.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from celery import Celery

from app.settings import RENDERS, Settings

TASK = "lamina.work"
RING_WITHIN_S = 0.25
QUIET_S = 1.0
UNSENT = 64
"""Messages that may wait for Redis to answer again."""

_logger = logging.getLogger(__name__)


def queue_of(model_name: str) -> str:
    """The queue that rings the workers of one model."""
    return f"work.{model_name}"


def served(settings: Settings) -> tuple[str, ...]:
    """What a worker with these settings does: jobs of these models, or rows of batches."""
    return (RENDERS,) if settings.renders else settings.models


def make_celery(settings: Settings, names: Sequence[str] | None = None) -> Celery:
    """The Celery app of API and workers alike; connects to nothing until it is used.

    Args:
        names: what it rings for, or is rung for; by default all that there is.
    """
    celery = Celery("lamina", broker=_broker_url(settings.redis_url), set_as_current=False)
    celery.conf.update(_options(settings, names or (*settings.models, RENDERS)))
    return celery


def _broker_url(redis_url: str | None) -> str:
    """kombu's spelling of a unix socket is ``redis+socket://``; other clients say ``unix://``."""
    if redis_url is None:
        return "redis://"
    scheme, colon, rest = redis_url.partition("://")
    kombu_scheme = {"unix": "redis+socket", "valkey+unix": "redis+socket", "valkey": "redis", "valkeys": "rediss"}
    return kombu_scheme.get(scheme, scheme) + colon + rest


def _options(settings: Settings, served: Sequence[str]) -> dict[str, Any]:
    names = [queue_of(name) for name in served]
    return {
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "event_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        # The anonymous exchange needs no bindings in Redis: a FLUSHALL loses messages but not the way to the queues.
        "task_queues": {name: {"exchange": "", "exchange_type": "direct", "routing_key": name} for name in names},
        "task_default_queue": names[0],
        "task_default_exchange": "",
        "task_default_exchange_type": "direct",
        "task_default_routing_key": names[0],
        "task_create_missing_queues": False,
        # The lease in Postgres is the acknowledgement: Redis must never deliver a message again.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        "task_publish_retry": False,
        # The last wall, for a child that hangs without letting its own watchdog run.
        "task_time_limit": settings.setup_s + settings.deadline_s + settings.stall_s,
        "worker_pool": "prefork",
        "worker_concurrency": 1,
        "worker_pool_start_method": "spawn",
        "worker_proc_alive_timeout": 300.0,
        "worker_lost_wait": 1.0,
        "worker_disable_prefetch": True,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": None,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": settings.drain_s,
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_acquire_timeout": 2,
        "visibility_timeout": 600,
        "broker_transport_options": {
            "visibility_timeout": 600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "retry_on_timeout": True,
            "global_keyprefix": "lamina:",
        },
    }


class Bell:
    """Rings a model's workers; safe to use from many threads.

    One thread of its own does the sending, so that not even a name server that hangs can hold a caller.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._sender = ThreadPoolExecutor(1, "bell")
        self._room = threading.BoundedSemaphore(UNSENT)
        self._producer: Any = None
        self._quiet_until = 0.0
        self._closed = False

    def ring(self, model_name: str) -> bool:
        """Whether Redis took the message within 0.25 s; never raises.

        In the second after a failure nobody waits, so that requests do not each wait for a Redis that is down; their
        messages go out when it answers again, up to ``UNSENT`` of them. The rest is for the sweeper to find.
        """
        sending = self._send(self._publish, model_name)
        return sending is not None and self._result(sending, model_name) is not None

    def waiting(self, model_name: str) -> int | None:
        """How many messages wait for a model's workers; ``None`` when Redis does not answer in time."""
        asking = None if self._is_quiet() else self._send(self._count, model_name)
        return None if asking is None else self._result(asking, model_name)

    def close(self) -> None:
        """Hangs up once what is being sent was sent or given up; does not wait for that."""
        self._closed = True
        self._sender.submit(self._hang_up)
        self._sender.shutdown(wait=False)

    def _is_quiet(self) -> bool:
        return time.monotonic() < self._quiet_until

    def _send(self, job: Any, model_name: str) -> "Future[int] | None":
        if not self._room.acquire(blocking=False):
            return None
        try:
            sending = self._sender.submit(self._attempt, job, model_name)
        except RuntimeError:  # closed meanwhile
            self._room.release()
            return None
        sending.add_done_callback(lambda _: self._room.release())
        return sending

    def _result(self, sending: "Future[int]", model_name: str) -> int | None:
        if self._is_quiet():
            return None
        try:
            return sending.result(RING_WITHIN_S)
        except Exception as error:
            self._quiet_until = time.monotonic() + QUIET_S
            _logger.warning("the bell does not ring: %r", error, extra={"model": model_name})
            return None

    def _attempt(self, job: Any, model_name: str) -> int:
        if self._closed:
            raise ConnectionError("The bell is closed.")
        try:
            result: int = job(model_name)
        except Exception:
            self._hang_up()
            raise
        return result

    def _publish(self, model_name: str) -> int:
        self._celery.send_task(
            TASK, [model_name], queue=queue_of(model_name), producer=self._dial(), retry=False, ignore_result=True
        )
        return 1

    def _count(self, model_name: str) -> int:
        return int(self._dial().channel.queue_declare(queue_of(model_name)).message_count)

    def _dial(self) -> Any:
        if self._producer is None:
            quick = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry_on_timeout": False}
            connection = self._celery.connection_for_write(connect_timeout=0.2, transport_options=quick)
            self._producer = self._celery.amqp.Producer(connection, auto_declare=False)
        return self._producer

    def _hang_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.connection.release()
