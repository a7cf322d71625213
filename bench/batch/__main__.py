"""``python -m bench batch``: a thousand rows of a template of 1024², beside a plain loop of Pillow in the same run.

Each row has words, a product and a colour of its own; pictures are PNGs. Ours is the whole way, from the POST to the
last row in the database, by ``lamina up`` as anybody starts it; the loop composes and saves in memory, on one core. It
is timed on some rows, in turn before and after ours, and its time for all is told from these.
"""

import io
import json
import threading
import time
import zipfile
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click
import httpx
import numpy as np
import psutil
from PIL import Image

from app.cli.service import running
from bench.batch.by_pillow import Loop
from bench.batch.poster import VARIABLES, Row, poster_layers, poster_png, product_pngs, rows

TARGET_S, TARGET_RATIO = 60.0, 5.0
LIKE = 3.0
"""Steps of 255 by which two drawings of one row may differ on average: letters are set and sizes changed by others."""


@click.command()
@click.option("--rows", "count", default=1000, show_default=True)
@click.option("--pillow-rows", default=40, show_default=True, help="How many of them the loop is timed on.")
def main(count: int, pillow_rows: int) -> None:
    """Print the seconds, the memory and the ratio."""
    asked, loop = list(rows(count)), Loop(poster_layers(), product_pngs())
    before = _loop_s(loop, asked[: pillow_rows // 2])
    with TemporaryDirectory(prefix="lamina") as name:
        folder = Path(name)
        models = {"LAMINA_MODELS": "poster", "LAMINA_DECOMPOSERS": "poster=bench.batch.poster:Poster@1"}
        with (
            running(folder / "data", folder / "logs", models) as url,
            httpx.Client(base_url=url, timeout=300, trust_env=False) as client,
        ):
            body = _body(client, asked)
            with _Watched() as watched:
                job, seconds = _timed(client, body)
            counts = job["counts"]
            assert counts == {"total": count, "succeeded": count, "failed": 0}, job["result"]
            _check_likeness(client, job, loop, asked)
            zip_s, zip_bytes = _downloaded(client, job, count, folder / "result.zip")
    after = _loop_s(loop, asked[-(pillow_rows - pillow_rows // 2) :])
    wall_s, cpu_s = (median(times) * count for times in zip(*before, *after, strict=True))
    print(f"{count} rows of 1024²: {seconds:.1f} s from POST to the last, {1000 * seconds / count:.1f} ms a row")
    print(f"CPU of all processes {watched.cpu_s:.1f} s: " + ", ".join(f"{n} {s:.1f}" for n, s in watched.by.items()))
    print(f"memory of the worker and its processes at most {watched.most_mb:.0f} MB (PSS)")
    print(f"the ZIP: {zip_bytes / 1e6:.0f} MB in {zip_s:.1f} s")
    print(f"Pillow's loop: {wall_s:.0f} s, of CPU {cpu_s:.0f} s, told from {pillow_rows} rows")
    print(f"\nOurs is {wall_s / seconds:.1f} × as fast, and takes {cpu_s / watched.cpu_s:.1f} × less of the processor.")
    print(f"Targets: under {TARGET_S * count / 1000:g} s on 2 cores, {TARGET_RATIO:g} ×.")


def _body(client: httpx.Client, asked: list[Row]) -> bytes:
    """The request; the template and its products are there then."""
    headers = {"Prefer": "wait=60"}
    job = client.post("/v1/decompositions", files={"image": ("p.png", poster_png())}, headers=headers).json()
    assert job["status"] == "succeeded", job
    made = {"decomposition_id": job["result"]["decomposition_id"]}
    document = client.post("/v1/documents", json=made).json()["id"]
    template = {"name": "poster", "document_id": document, "variables": VARIABLES}
    client.post("/v1/templates", json=template).raise_for_status()
    assets = [
        client.post("/v1/assets", files={"image": ("p.png", file)}).json()["sha256"] for file in product_pngs()
    ]  # fmt: skip
    given = [
        {"headline": row.headline, "product": assets[row.product], "badge": "#{:02x}{:02x}{:02x}".format(*row.badge)}
        for row in asked
    ]
    return json.dumps({"rows": given}).encode()


def _timed(client: httpx.Client, body: bytes) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    answer = client.post("/v1/templates/poster/batch", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    while job["status"] in ("queued", "running"):
        job = client.get(f"/v1/jobs/{job['id']}", params={"wait": 30}).json()
    return job, time.perf_counter() - started


def _check_likeness(client: httpx.Client, job: dict[str, Any], loop: Loop, asked: list[Row]) -> None:
    """Both draw the same: otherwise there is nothing to compare."""
    for n in (1, len(asked) // 2 + 1, len(asked)):
        ours = client.get(f"/v1/jobs/{job['id']}/rows/{n}.png").content
        pictures = [Image.open(io.BytesIO(file)).convert("RGB") for file in (ours, loop.draw(asked[n - 1]))]
        steps = np.abs(np.asarray(pictures[0], float) - np.asarray(pictures[1], float)).mean()
        assert steps < LIKE, (n, steps)


def _downloaded(client: httpx.Client, job: dict[str, Any], count: int, target: Path) -> tuple[float, int]:
    started = time.perf_counter()
    with client.stream("GET", job["urls"]["result"]) as answer, target.open("wb") as file:
        for chunk in answer.iter_raw():
            file.write(chunk)
    seconds = time.perf_counter() - started
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == count + 1
    return seconds, target.stat().st_size


def _loop_s(loop: Loop, asked: list[Row]) -> list[tuple[float, float]]:
    """Seconds of each row: by the clock, and of the processor, where a busy machine does not count."""
    times = []
    for row in asked:
        started = time.perf_counter(), time.process_time()
        loop.draw(row)
        times.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    return times


class _Watched:
    """CPU of all processes below this one, and the largest memory of those that draw rows."""

    def __init__(self) -> None:
        self.cpu_s, self.most_mb = 0.0, 0.0
        self.by: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Watched":
        self._before = _cpu_s()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.by = {name: used - self._before.get(name, 0.0) for name, used in _cpu_s().items()}
        self.cpu_s = sum(self.by.values())

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.most_mb = max(self.most_mb, sum(_pss(process) for process in _drawing()) / 1e6)


def _drawing() -> list[psutil.Process]:
    """The worker for batches, and all below it."""
    for process in psutil.Process().children(recursive=True):
        if "renders@%h" in process.cmdline():
            return [process, *process.children(recursive=True)]
    return []


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _cpu_s() -> dict[str, float]:
    used: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        try:
            said, times = " ".join(process.cmdline()), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        whose = "others"
        for word, name in (
            ("row_tasks", "drawing"),
            ("renders@", "worker"),
            ("postgres", "Postgres"),
            ("cli api", "API"),
        ):
            whose = name if word in said else whose
        used[whose] = used.get(whose, 0.0) + times.user + times.system
    return used


if __name__ == "__main__":
    main()
