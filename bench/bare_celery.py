"""Celery with our settings and a task that does nothing but answer: the least a round trip can take."""

import os
from functools import cache

from celery import shared_task
from redis import Redis

from app.enqueue import make_celery
from app.settings import Settings

REPLIES = "bench:replies"

celery = make_celery(Settings())
celery.conf.include = [__name__]


@shared_task(name="bench.answer")
def answer(word: str) -> None:
    _redis().lpush(REPLIES, word)


@cache
def _redis() -> Redis:
    return redis_of(os.environ["LAMINA_REDIS_URL"])


def redis_of(url: str) -> Redis:
    return Redis.from_url(url.replace("redis+socket://", "unix://"))
