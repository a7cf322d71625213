"""How long a job takes when the model takes no time: POST until ``succeeded``, beside a bare Celery round trip.

    python -m bench.roundtrip [--rounds 200]

Both go over the same embedded Redis in the same minute, turn about, so that a noisy machine hits both alike.
"""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import httpx
import numpy as np
from celery import Celery
from PIL import Image
from redis import Redis

from app.cli.service import running
from app.embedded import resolve
from app.enqueue import make_celery, queue_of
from app.settings import Settings
from bench.bare_celery import REPLIES, redis_of

BARE = "bare"
TARGET_MS = 40.0
WARM_UP = 10


@click.command()
@click.option("--rounds", default=200, show_default=True)
@click.option("--side", default=64, show_default=True, help="Of the square picture, in pixels.")
def main(rounds: int, side: int) -> None:
    """Print the 50th, 90th and 99th percentile of both."""
    with TemporaryDirectory(prefix="lamina") as name, resolve(Settings(data_dir=Path(name))) as settings:
        environment = {
            "LAMINA_DATABASE_URL": str(settings.database_url),
            "LAMINA_REDIS_URL": str(settings.redis_url),
            "LAMINA_MODELS": "noop",
            "LAMINA_DECOMPOSERS": "noop=bench.noop:Noop@1",
            "PYTHONPATH": str(Path.cwd()),
        }
        folder = Path(name) / "bench"
        with bare_worker(environment), running(folder, folder / "log", environment) as url:
            bare = make_celery(Settings(redis_url=settings.redis_url, models=(BARE,)))
            with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
                report(*measure(bare, redis_of(str(settings.redis_url)), client, picture(side), rounds))


@contextmanager
def bare_worker(environment: Mapping[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "bench.bare_celery:celery", "worker", "--loglevel", "WARNING"]
    process = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle"],
        env={**os.environ, **environment, "LAMINA_MODELS": BARE},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def picture(side: int) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def measure(
    bare: Celery, redis: Redis, client: httpx.Client, png: bytes, rounds: int
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of bare round trips, of jobs waited for with ``Prefer: wait``, and of jobs answered 202 at once."""
    celery_ms, waited_ms, accepted_ms = [], [], []
    for index in range(rounds + WARM_UP):
        celery_ms.append(timed(bare_round_trip, bare, redis, str(index))[0])
        waited_ms.append(timed(job_round_trip, client, png, index)[0])
        took_ms, job_url = timed(accepted, client, png, rounds + WARM_UP + index)
        accepted_ms.append(took_ms)
        client.get(job_url, params={"wait": 60})  # off the clock
    return celery_ms[WARM_UP:], waited_ms[WARM_UP:], accepted_ms[WARM_UP:]


def timed(action: Callable[..., Any], *arguments: object) -> tuple[float, Any]:
    started = time.perf_counter()
    result = action(*arguments)
    return (time.perf_counter() - started) * 1000, result


def bare_round_trip(bare: Celery, redis: Redis, word: str) -> None:
    bare.send_task("bench.answer", [word], queue=queue_of(BARE))
    reply = redis.blpop([REPLIES], timeout=60)
    assert reply == (REPLIES.encode(), word.encode()), reply


def job_round_trip(client: httpx.Client, png: bytes, seed: int) -> None:
    answer = client.post(
        "/v1/decompositions",
        files={"image": ("p.png", png, "image/png")},
        data={"model": "noop", "seed": str(seed)},
        headers={"Prefer": "wait=60"},
    )
    job = answer.json()
    assert job["status"] == "succeeded", answer.text
    assert not job["cached"], answer.text


def accepted(client: httpx.Client, png: bytes, seed: int) -> str:
    """Where the job is."""
    answer = client.post(
        "/v1/decompositions",
        files={"image": ("p.png", png, "image/png")},
        data={"model": "noop", "seed": str(seed)},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["urls"]["self"])


def report(celery_ms: list[float], waited_ms: list[float], accepted_ms: list[float]) -> None:
    print(f"{'':34}{'p50':>8}{'p90':>8}{'p99':>8}  ms, {len(celery_ms)} rounds")
    rows = {
        "bare Celery round trip": celery_ms,
        "no-op job: POST until succeeded": waited_ms,
        "no-op job: POST until 202": accepted_ms,
    }
    for title, times in rows.items():
        print(f"{title:34}" + "".join(f"{np.percentile(times, q):8.1f}" for q in (50, 90, 99)))
    p50, bare = float(np.median(waited_ms)), float(np.median(celery_ms))
    print(f"{p50:.1f} ms is {p50 / bare:.1f} × bare Celery; the target is {TARGET_MS:g} ms.")


if __name__ == "__main__":
    main()
