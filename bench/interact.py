"""``python -m bench.interact``: edit → PNG over HTTP, as eight people who edit at once would see it.

Each client edits a document of its own: it moves, recolors and fades layers in turn, and waits for each picture before
it asks for the next. Beside it, in the same run: Pillow composing the same layers and saving at its default.
"""

import io
import json
import re
import time
from collections.abc import Iterator
from itertools import count
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
from bench.load import Connection, load, post
from bench.speed.pictures import Drawing, drawn
from model.encode import png

TARGET_RATIO, TARGET_P50_MS, TARGET_P99_MS = 15, 25, 60
POSTERS = (101, 103, 104, 106)


@click.command()
@click.option("--clients", default=8, show_default=True)
@click.option("--seconds", default=5.0, show_default=True)
@click.option("--megapixels", default=1.048576, show_default=True)
def main(clients: int, seconds: float, megapixels: float) -> None:
    """Print percentiles for one client and for several, and the ratio to Pillow."""
    with TemporaryDirectory(prefix="lamina") as name:
        folder = Path(name)
        with running(folder / "data", folder / "logs", {}) as url:
            with httpx.Client(base_url=url, timeout=300, trust_env=False) as client:
                roots = [_made(client, seed, megapixels) for seed in POSTERS]
                pillow_ms = _pillow_ms(client, roots[0])
            print(f"{'':30}{'p50':>8}{'p90':>8}{'p99':>8}  ms      edits a second      CPU ms an edit")
            first = _measured(url, roots, 1, seconds, "one client")
            _measured(url, roots, clients, seconds, f"{clients} clients")
    print(f"{'Pillow, compose and save':30}{pillow_ms:8.1f}")
    print(f"\nOne client's edit is {pillow_ms / first:.1f} × as fast as Pillow; the target is {TARGET_RATIO}.")
    print(f"The targets for {clients} clients on 2 cores: p50 {TARGET_P50_MS} ms, p99 {TARGET_P99_MS} ms.")


def _made(client: httpx.Client, seed: int, megapixels: float) -> dict[str, Any]:
    """The manifest of a product card that was taken apart."""
    file = png(drawn(Drawing("product", seed, 0.0), megapixels))
    job = client.post("/v1/decompositions", files={"image": ("p.png", file)}, headers={"Prefer": "wait=60"}).json()
    assert job["status"] == "succeeded", job
    manifest: dict[str, Any] = client.get(f"/v1/decompositions/{job['result']['decomposition_id']}").json()
    return manifest


def _edits(manifest: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """One after another, none the same as one before."""
    layers = [layer["index"] for layer in manifest["layers"] if layer["index"] > 0]
    for step in count():
        layer = layers[(number + step // 12) % len(layers)]
        kinds = (
            {"op": "move", "layer": layer, "by": {"x": step % 40 + 0.001 * number, "y": -(step % 23)}},
            {"op": "recolor", "layer": layer, "mode": "tint", "color": f"#{(step * 40503 + number * 977) % 2**24:06x}"},
            {"op": "opacity", "layer": layer, "to": round(0.2 + (step * 0.0137 + number * 0.0011) % 0.7, 6)},
        )
        yield {"operations": [kinds[step // 4 % 3]]}


def _measured(url: str, roots: list[dict[str, Any]], clients: int, seconds: float, title: str) -> float:
    edits = [_edits(roots[number % len(roots)], number) for number in range(clients)]

    async def ask(connection: Connection) -> None:
        root = roots[connection.number % len(roots)]["id"]
        body = json.dumps(next(edits[connection.number])).encode()
        status, _, file = await connection.ask(post(url, f"/v1/decompositions/{root}/render", body))
        assert status == 200, file

    load(url, ask, clients, 1.0)  # layers are decoded; off the clock
    before = _cpu_s()
    found = load(url, ask, clients, seconds)
    spent = {name: 1000 * (end - before[name]) / len(found.latencies_ms) for name, end in _cpu_s().items()}
    shown = "".join(f"{np.percentile(found.latencies_ms, share):8.1f}" for share in (50, 90, 99))
    told = ", ".join(f"{name} {ms:.2f}" for name, ms in spent.items())
    print(f"{title:30}{shown}      {found.per_second:8.0f}            {told}", flush=True)
    return median(found.latencies_ms)


def _cpu_s() -> dict[str, float]:
    """Seconds of CPU so far, by whose they are: what a busy machine does not change."""
    spent = {"client": time.process_time(), "API": 0.0, "pixels": 0.0, "others": 0.0}
    for process in psutil.Process().children(recursive=True):
        try:
            said, used = " ".join(process.cmdline()), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        whose = "pixels" if "pixel_process" in said else "API" if re.search(r"\bapi\b", said) else "others"
        spent[whose] += used.user + used.system
    return spent


def _pillow_ms(client: httpx.Client, manifest: dict[str, Any]) -> float:
    layers = [Image.open(io.BytesIO(client.get(layer["url"]).content)).convert("RGBA") for layer in manifest["layers"]]
    times = []
    for _ in range(5):
        start = time.perf_counter()
        picture = layers[0]
        for layer in layers[1:]:
            picture = Image.alpha_composite(picture, layer)
        picture.save(io.BytesIO(), "PNG")
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


if __name__ == "__main__":
    main()
