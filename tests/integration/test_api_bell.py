"""The bell on a real Redis: a message waits for the workers, and an emptied Redis takes the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app.enqueue import Bell, make_celery, queue_of
from app.settings import Settings

MODEL = "classic"


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def bell(redis_url: str) -> Iterator[Bell]:
    bell = Bell(make_celery(Settings(redis_url=redis_url)))
    yield bell
    bell.close()


def ring(bell: Bell) -> None:
    """A machine under load may need more than a quarter of a second, and the bell is quiet for a second after that."""
    while not bell.ring(MODEL):
        pass


def waiting(bell: Bell) -> int:
    while (count := bell.waiting(MODEL)) is None:
        pass
    return count


def test_a_ring_is_a_message_for_the_models_workers(bell: Bell) -> None:
    assert waiting(bell) == 0
    ring(bell)
    once = waiting(bell)
    assert once > 0
    ring(bell)
    assert waiting(bell) > once


def test_a_redis_that_was_emptied_takes_the_next_ring(bell: Bell, server: redis.Redis) -> None:
    ring(bell)
    server.flushall()
    assert waiting(bell) == 0
    ring(bell)
    assert waiting(bell) > 0


def test_a_closed_bell_leaves_no_connection(redis_url: str, server: redis.Redis) -> None:
    before = {client["id"] for client in server.client_list()}
    bell = Bell(make_celery(Settings(redis_url=redis_url)))
    ring(bell)
    assert {client["id"] for client in server.client_list()} > before
    bell.close()
    while not {client["id"] for client in server.client_list()} <= before:
        pass  # the test's own time limit ends it


def test_what_is_rung_in_the_quiet_second_arrives_once_redis_answers(
    redis_url: str, server: redis.Redis, tmp_path: Path
) -> None:
    moved = tmp_path / "socket"
    bell = Bell(make_celery(Settings(redis_url=f"unix://{moved}")))
    assert bell.ring(MODEL) is False
    moved.symlink_to(redis_url.partition("://")[2].partition("?")[0])
    bell.ring(MODEL)
    assert server.blpop([f"lamina:{queue_of(MODEL)}"], timeout=60) is not None
    bell.close()
