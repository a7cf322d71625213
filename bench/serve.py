"""``python -m bench.serve``: pictures that are known already, from one API process, beside a bare FastAPI route that
returns the same bytes; turn about, so that a noisy machine hits both alike.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import httpx

from app.cli.api import bound, url_of
from app.cli.sample_poster import sample_poster
from app.cli.service import running
from bench.load import Connection, get, load, post

TARGET_PER_SECOND, TARGET_RATIO = 1500, 0.8
EDIT = b'{"operations": [{"op": "move", "layer": 1, "by": {"x": 5, "y": 3}}], "output": {"width": 512}}'


@click.command()
@click.option("--clients", default=8, show_default=True)
@click.option("--seconds", default=2.0, show_default=True, help="Of each measurement.")
@click.option("--rounds", default=3, show_default=True)
def main(clients: int, seconds: float, rounds: int) -> None:
    """Print answers a second of ours and of the bare route, medians, and their ratio."""
    with TemporaryDirectory(prefix="lamina") as name:
        folder = Path(name)
        with running(folder / "data", folder / "logs", {}) as url:
            with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
                questions = _questions(client, url)
            print(f"{'':26}{'ours':>9}{'bare':>9}  ratio   ({clients} clients, answers a second, medians of {rounds})")
            for title, (ours, status, body, is_304) in questions.items():
                (folder / "body").write_bytes(body)
                with bare(folder / "body") as bare_url:
                    path = get(bare_url, "/known" if is_304 else "/")
                    pairs = [
                        (
                            _rate(url, ours, status, clients, seconds),
                            _rate(bare_url, path, status, clients, seconds),
                        )
                        for _ in range(rounds)
                    ]
                mine, other = (median(pair[side] for pair in pairs) for side in (0, 1))
                ratio = median(pair[0] / pair[1] for pair in pairs)
                print(f"{title:26}{mine:9.0f}{other:9.0f}  {ratio:5.2f}   {len(body) / 1024:.0f} KiB")
    print(f"\nThe targets: {TARGET_PER_SECOND} a second, and {TARGET_RATIO} of the bare route.")


def _questions(client: httpx.Client, url: str) -> dict[str, tuple[bytes, int, bytes, bool]]:
    """Each as its request, the status and the body that it must have, and whether that is none."""
    job = client.post(
        "/v1/decompositions", files={"image": ("p.png", sample_poster())}, headers={"Prefer": "wait=60"}
    ).json()
    assert job["status"] == "succeeded", job
    root = f"/v1/decompositions/{job['result']['decomposition_id']}"
    layer, small = f"{root}/layers/1.png", f"{root}/layers/1.png?w=256"
    edit = post(url, f"{root}/render", EDIT)
    answers = {path: client.get(path) for path in (layer, small)}
    rendered = client.post(f"{root}/render", content=EDIT, headers={"Content-Type": "application/json"})
    etag = answers[layer].headers["etag"]
    return {
        "a layer": (get(url, layer), 200, answers[layer].content, False),
        "a thumbnail": (get(url, small), 200, answers[small].content, False),
        "a layer, 304": (get(url, layer, **{"If-None-Match": etag}), 304, b"", True),
        "a render": (edit, 200, rendered.content, False),
    }


def _rate(url: str, request: bytes, status: int, clients: int, seconds: float) -> float:
    async def ask(connection: Connection) -> None:
        got, _, _ = await connection.ask(request)
        assert got == status, got

    return load(url, ask, clients, seconds).per_second


@contextmanager
def bare(file: Path) -> Iterator[str]:
    """The bare route in a process of its own."""
    listener = bound("127.0.0.1", 0)
    command = [sys.executable, "-m", "bench.bare_route", str(listener.fileno()), str(file)]
    process = subprocess.Popen(command, pass_fds=[listener.fileno()])
    try:
        url = url_of(listener)
        httpx.get(url, timeout=60)  # the socket listens already, so this waits until the route answers
        yield url
    finally:
        process.terminate()
        process.wait()
        listener.close()


if __name__ == "__main__":
    main()
