"""The API as it is served, by uvicorn on a port of its own, in a thread; and a worker that works when it is told to."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from PIL import Image
from starlette.datastructures import State

from app.cli.api import bound, url_of
from app.main import create_app
from app.settings import Settings
from app.store.jobs import Job
from app.store.session import make_engine
from app.store.tables import DEFAULT_TENANT, metadata, tenants
from app.web.kept import Kept
from model.decomposers import OnProgress, Parameters
from model.layers import Layer, Pixels, Stack
from tests.worker_process import DECOMPOSERS, PATIENCE_S
from worker.decompose import Runtime, run
from worker.gpu import Decomposers

WIDTH, HEIGHT = 60, 40
GREY, RED, BLUE = (120, 120, 120), (220, 40, 30), (30, 60, 210)
CARDS = {"Red card": (6, 8, 20, 16), "Blue card": (34, 10, 16, 20)}
"""The boxes, x, y, width, height, of the two cards of ``cards_png``."""


class Cards:
    """Knows where the cards of ``cards_png`` lie."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        height, width = image.shape[:2]
        ground = np.empty_like(image)
        ground[:] = (*GREY, 255)
        layers = [Layer(ground, name="Ground", kind="background")]
        for name, (x, y, across, down) in CARDS.items():
            layers.append(Layer(image[y : y + down, x : x + across].copy(), x, y, name, "shape"))
        on_progress("cards", 1, 1)
        return Stack(width, height, tuple(layers), {"caption": "two cards"})


def cards_pixels() -> Pixels:
    """``(40, 60, 4)``: a red and a blue card on grey."""
    pixels = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:] = (*GREY, 255)
    for (x, y, across, down), colour in zip(CARDS.values(), (RED, BLUE), strict=True):
        pixels[y : y + down, x : x + across, :3] = colour
    return pixels


def cards_png() -> bytes:
    out = io.BytesIO()
    Image.fromarray(cards_pixels()).save(out, "PNG")
    return out.getvalue()


def pixels_of(file: bytes) -> Pixels:
    """A file as RGBA, by Pillow."""
    with Image.open(io.BytesIO(file)) as picture:
        return np.array(picture.convert("RGBA"))


@contextmanager
def picture_site(*pictures: bytes) -> Iterator[str]:
    """The address of a picture on a server of its own, until the ``with`` ends; of several, each request gets the next,
    the last one again and again."""
    left = [*pictures]

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(left.pop(0) if len(left) > 1 else left[0])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/poster.png"
        finally:
            server.shutdown()


class Api:
    """A running service. ``http`` is a client of it, ``engine`` its database; ``work`` does one job in this thread."""

    def __init__(self, settings: Settings, url: str, state: State) -> None:
        self.settings = settings
        self.kept: Kept = state.kept
        self._state = state
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_S)
        self.engine = make_engine(str(settings.database_url))
        self._runtime = Runtime(self.engine, self.engine, settings, Decomposers(settings), "host/1")

    def close(self) -> None:
        self.http.close()
        self.engine.dispose()

    def empty(self) -> None:
        """Forget all that was stored, in the database, on disk and in memory."""
        with self.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                kept = table is tenants
                connection.execute(table.delete().where(tenants.c.id != DEFAULT_TENANT) if kept else table.delete())
        for path in (self.settings.data_dir / "cache").rglob("*"):
            if path.is_file():
                path.unlink()
        self.kept.forget(None)
        self._state.services.decompositions.forget(None)
        self._state.url_keys.forget()

    def work(self, model: str = "cards") -> Job | None:
        return run(self._runtime, model)

    def post(self, picture: bytes, model: str = "cards", **fields: Any) -> httpx.Response:
        """Post a picture as a form, which is how most do it."""
        data = {"model": model, **{name: str(value) for name, value in fields.items()}}
        return self.http.post("/v1/decompositions", files={"image": ("poster.png", picture)}, data=data)

    def made(self, picture: bytes | None = None, **fields: Any) -> str:
        """The id of a decomposition that was made just now."""
        answer = self.post(cards_png() if picture is None else picture, **fields)
        assert answer.status_code in (200, 202), answer.text
        if answer.status_code == 202:
            self.work(fields.get("model", "cards"))
        job = self.http.get(answer.headers["Location"]).json()
        assert job["status"] == "succeeded", job
        found: str = job["result"]["decomposition_id"]
        return found

    def metric(self, name: str) -> float:
        """A sample of ``/metrics`` by its name with labels."""
        lines = self.http.get("/metrics").text.splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + " "))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def serving(database_url: str, redis_url: str, data: Path, **changed: Any) -> Iterator[Api]:
    """The service, until the ``with`` ends; ``changed`` are settings."""
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        data_dir=data,
        **{
            "models": "cards,noop,puppet",
            "decomposers": f"{DECOMPOSERS},cards=tests.api_in_thread:Cards@1",
            "pixel_processes": 1,
            "heartbeat_s": 0.2,
            **changed,
        },
    )
    listener = bound("127.0.0.1", 0)
    listener.listen(128)
    app = create_app(settings)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = _Server(config)
    _know_routes(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api")
    thread.start()
    api = Api(settings, url_of(listener), app.state)
    try:
        _until_up(server, thread)
        yield api
    finally:
        api.close()
        server.should_exit = True
        thread.join()
        listener.close()


def _know_routes(app: FastAPI) -> None:
    """FastAPI looks at them at the first request, which two services may have at once; it silences warnings meanwhile,
    and two threads that do so let them out."""
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/nowhere", "root_path": "", "headers": []})


def _until_up(server: _Server, thread: threading.Thread) -> None:
    end = time.monotonic() + PATIENCE_S
    while not server.up.wait(0.1):
        assert thread.is_alive(), "the API did not start; the log says why"
        assert time.monotonic() < end
