"""The bell never holds a request, whatever Redis is doing."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.enqueue import QUIET_S, RING_WITHIN_S, TASK, Bell, make_celery, queue_of, served
from app.settings import RENDERS, Settings


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of a Redis that accepts and then says nothing."""
    with TemporaryDirectory(prefix="lamina") as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "redis"
        listening.bind(str(path))
        listening.listen(64)
        yield f"redis+socket://{path}"


def bell_of(redis_url: str) -> Bell:
    return Bell(make_celery(Settings(redis_url=redis_url)))


def test_without_redis_the_answer_is_false(tmp_path: Path) -> None:
    bell = bell_of(f"redis+socket://{tmp_path}/nobody")
    assert bell.ring("classic") is False
    assert bell.waiting("classic") is None
    bell.close()


def test_a_redis_that_says_nothing_is_given_up(silent_redis: str) -> None:
    bell = bell_of(silent_redis)
    assert bell.ring("classic") is False
    bell.close()


def test_many_callers_wait_side_by_side_not_in_line(silent_redis: str) -> None:
    """Each waits for the same quarter of a second; in line they would take fifty times as long."""
    bell = bell_of(silent_redis)
    started = time.monotonic()
    with ThreadPoolExecutor(50) as callers:
        assert not any(callers.map(bell.ring, ["classic"] * 50))
    assert time.monotonic() - started < 50 * RING_WITHIN_S / 2
    bell.close()


def test_in_the_second_after_a_failure_nobody_waits(silent_redis: str) -> None:
    bell = bell_of(silent_redis)
    bell.ring("classic")
    failed = threading.active_count()
    quiet = [bell.ring("classic") for _ in range(1000)]  # would take minutes if each were waited for
    assert not any(quiet)
    assert threading.active_count() <= failed
    assert QUIET_S <= 1
    bell.close()


@pytest.mark.parametrize(
    ("ours", "kombus"),
    [
        ("redis://host:6379/1", "redis://host:6379/1"),
        ("redis+socket:///run/redis", "redis+socket:///run/redis"),
        ("unix:///run/redis", "redis+socket:///run/redis"),
        ("valkey://host", "redis://host"),
    ],
)
def test_each_spelling_of_an_address_is_understood(ours: str, kombus: str) -> None:
    assert make_celery(Settings(redis_url=ours)).conf.broker_url == kombus


def test_messages_are_never_redelivered_pickled_or_answered() -> None:
    conf = make_celery(Settings(redis_url="redis://nowhere", models="classic,other")).conf
    assert conf.task_acks_late is False
    assert conf.accept_content == ["json"]
    assert conf.result_backend is None
    assert conf.worker_disable_prefetch is True
    assert conf.worker_pool_start_method == "spawn"
    assert set(conf.task_queues) == {queue_of("classic"), queue_of("other"), queue_of(RENDERS)}


def test_the_producer_needs_neither_the_worker_nor_a_model() -> None:
    program = (
        "import sys, app.enqueue\n"
        "heavy = [name for name in ('worker', 'torch', 'cv2', 'onnxruntime', 'sqlalchemy') if name in sys.modules]\n"
        f"assert not heavy, heavy\nassert app.enqueue.TASK == {TASK!r}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


def test_worker_for_batches_is_rung_for_them_only_and_others_for_models_only() -> None:
    rows, jobs = Settings(renders=True, models="classic"), Settings(models="classic,other")
    assert set(make_celery(rows, served(rows)).conf.task_queues) == {queue_of(RENDERS)}
    assert set(make_celery(jobs, served(jobs)).conf.task_queues) == {queue_of("classic"), queue_of("other")}
