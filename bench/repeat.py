"""``python -m bench.repeat``: the same POST again is answered from the table; how long that takes beside the first one.

The first runs the model; the others find its row. All are whole requests: each time the upload is decoded and named.
"""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import httpx

from app.cli.sample_poster import HEIGHT, WIDTH, sample_poster
from app.cli.service import running

TARGET = 0.01


@click.command()
@click.option("--rounds", default=30, show_default=True, help="How often it is posted again.")
def main(rounds: int) -> None:
    """Print the first time, the median of the others and their ratio."""
    poster = sample_poster()
    with TemporaryDirectory(prefix="lamina") as name:
        folder = Path(name)
        with (
            running(folder / "data", folder / "logs", {}) as url,
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            timed_post(client, poster, seed=0)  # the model loads; off the clock
            first_s, found = timed_post(client, poster, seed=1)
            assert "hit" not in found
            again = [timed_post(client, poster, seed=1) for _ in range(rounds)]
    assert all("hit" in found for _, found in again)
    again_s = median(seconds for seconds, _ in again)
    print(
        f"{WIDTH} x {HEIGHT} pixels: first {1000 * first_s:.0f} ms, again {1000 * again_s:.1f} ms (median of {rounds}),"
    )
    print(f"which is {100 * again_s / first_s:.2f} %; the target is under {100 * TARGET:g} %.")


def timed_post(client: httpx.Client, image: bytes, seed: int) -> tuple[float, str]:
    """Seconds from the request to the finished job, and what ``Cache-Status`` said."""
    started = time.perf_counter()
    answer = client.post(
        "/v1/decompositions",
        files={"image": ("poster.png", image, "image/png")},
        data={"seed": str(seed)},
        headers={"Prefer": "wait=60"},
        timeout=90,
    )
    took_s = time.perf_counter() - started
    assert answer.json()["status"] == "succeeded", answer.text
    return took_s, answer.headers["Cache-Status"]


if __name__ == "__main__":
    main()
