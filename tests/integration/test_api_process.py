"""The API as a process of its own beside a real worker: the bell is heard, and the API stays small."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import hostile_images as pictures
import httpx
import psutil
import pytest
from PIL import Image

from app.cli.api import bound, url_of
from tests.api_in_thread import cards_png
from tests.worker_process import DECOMPOSERS, MODELS, PATIENCE_S, ROOT, WorkerProcess

MOST_MB = 200
HEAVY = ("torch", "onnxruntime", "cv2", "PIL")


@pytest.fixture
def process(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[psutil.Process, httpx.Client]]:
    """``lamina api`` on a socket that is open already, so that no request comes too early."""
    environment = os.environ | {
        "LAMINA_DATABASE_URL": database_url,
        "LAMINA_REDIS_URL": redis_url,
        "LAMINA_DATA_DIR": str(tmp_path / "data"),
        "LAMINA_MODELS": MODELS,
        "LAMINA_DECOMPOSERS": DECOMPOSERS,
        "PYTHONPATH": str(ROOT),
    }
    listener = bound("127.0.0.1", 0)
    listener.listen(128)
    command = [sys.executable, "-m", "app.cli", "api", "--fd", str(listener.fileno())]
    with (
        (tmp_path / "api.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[listener.fileno()], stdout=log, stderr=log
        ) as running,
        httpx.Client(base_url=url_of(listener), timeout=PATIENCE_S) as client,
    ):
        listener.close()
        try:
            yield psutil.Process(running.pid), client
        finally:
            running.terminate()


def test_a_job_is_done_by_a_worker_who_heard_the_bell(
    process: tuple[psutil.Process, httpx.Client], database_url: str, redis_url: str, tmp_path: Path
) -> None:
    running, client = process
    with WorkerProcess(database_url, redis_url, tmp_path / "worker.log"):
        answer = client.post(
            "/v1/decompositions",
            files={"image": cards_png()},
            data={"model": "noop"},
            headers={"Prefer": "wait=60"},
        )
        assert (answer.status_code, answer.json()["status"]) == (200, "succeeded"), answer.text
        manifest = client.get(answer.json()["urls"]["result"]).json()
        rendered = client.post(manifest["urls"]["render"], json={"operations": [], "output": {"format": "jpeg"}})
        assert rendered.headers["Content-Type"] == "image/jpeg"
        document = client.post("/v1/documents", json={"decomposition_id": manifest["id"]}).json()
        hidden = client.post(document["urls"]["operations"], json={"operations": [{"op": "hide", "layer": 0}]})
        assert hidden.json()["dirty"] == client.post(document["urls"]["undo"]).json()["dirty"] == [0, 0, 60, 40]
        assert client.get(document["urls"]["render"]).headers["Content-Type"] == "image/png"
        _touches_no_pixels(running)


def test_the_process_stays_small_and_touches_no_pixels_while_it_serves(
    process: tuple[psutil.Process, httpx.Client],
) -> None:
    running, client = process
    large = pictures.saved(Image.effect_noise((2000, 2000), 90), "PNG")
    assert len(large) > 2 * 2**20
    for number in range(4):
        form = client.post("/v1/decompositions", files={"image": large}, data={"model": "noop", "seed": str(number)})
        assert form.status_code == 202
        assert client.post("/v1/decompositions", files={"image": pictures.text_bomb_png()}).status_code == 415
        assert client.post("/v1/assets", files={"image": large}).status_code in (200, 201)
    assert client.get("/openapi.json").status_code == client.get("/metrics").status_code == 200
    assert _peak_bytes(running) < MOST_MB * 2**20
    _touches_no_pixels(running)


def _touches_no_pixels(running: psutil.Process) -> None:
    mapped = {Path(entry.path).parts for entry in running.memory_maps()}
    assert not [parts for parts in mapped if set(parts) & set(HEAVY)]


def _peak_bytes(running: psutil.Process) -> int:
    """The most memory the process ever had, by Linux's count in kB."""
    lines = Path(f"/proc/{running.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST /v1/assets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: ",
    ],
    ids=["header", "trailer"],
)
def test_a_line_that_never_ends_is_cut_off_and_fills_no_memory(
    process: tuple[psutil.Process, httpx.Client], begun: bytes
) -> None:
    running, client = process
    assert client.get("/healthz").status_code == 200
    before = _peak_bytes(running)
    with socket.create_connection((client.base_url.host, client.base_url.port), PATIENCE_S) as connection:
        connection.sendall(begun)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(b"a" * (100 * 2**20))
    assert _peak_bytes(running) - before < 20 * 2**20
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431, "headers-too-large"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "headers-too-large"),
        (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed-request"),
    ],
)
def test_what_the_server_itself_refuses_is_a_problem_too(
    process: tuple[psutil.Process, httpx.Client], sent: bytes, status: int, code: str
) -> None:
    _, client = process
    with socket.create_connection((client.base_url.host, client.base_url.port), PATIENCE_S) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        found = json.loads(answer.read())
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (found["status"], found["code"], found["request_id"]) == (status, code, answer.headers["X-Request-Id"])


def test_many_requests_in_one_piece_are_all_answered(process: tuple[psutil.Process, httpx.Client]) -> None:
    _, client = process
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    count = 3 * 64 * 1024 // len(request)
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with socket.create_connection((client.base_url.host, client.base_url.port), PATIENCE_S) as connection:
        sender = threading.Thread(target=connection.sendall, args=[request * count + last])
        sender.start()
        answered = b"".join(iter(lambda: connection.recv(65536), b""))
        sender.join(PATIENCE_S)
    assert answered.count(b"HTTP/1.1 200 OK") == count + 1


def test_a_killed_pixel_process_costs_no_request(process: tuple[psutil.Process, httpx.Client]) -> None:
    running, client = process
    assert client.post("/v1/assets", files={"image": cards_png()}).status_code == 201
    for child in running.children():
        child.kill()
    assert client.post("/v1/assets", files={"image": cards_png()}).status_code == 200
    assert client.get("/healthz").status_code == 200
