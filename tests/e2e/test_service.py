"""``lamina up`` as a whole: what is killed comes back, what was stored stays, what is stopped leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image

from app.cli.sample_poster import sample_poster
from app.cli.service import running
from app.cli.up import READY
from lamina.client import Client, Job, operations
from tests.worker_process import PATIENCE_S, Puppets

ProcessOf = Callable[[str], psutil.Process]

API_LIMIT_MIB = 200
RUNTIMES = ("torch", "diffusers", "onnxruntime", "rapidocr")


@pytest.fixture(scope="module")
def small_png() -> bytes:
    return _noise(48, 36)


def _noise(width: int, height: int) -> bytes:
    out = BytesIO()
    pixels = np.random.default_rng(11).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _last(job: Job) -> Job:
    *_, job = job.follow()
    return job


def _restarted(process_of: ProcessOf, word: str, killed: psutil.Process) -> psutil.Process:
    """The process that took its place; the supervisor's pauses are short, so looking again is waiting."""
    killed.wait(PATIENCE_S)
    found = None
    while found is None or found == killed:
        try:
            found = process_of(word)
        except ValueError:  # between two lives
            found = None
    return found


def test_api_killed_in_the_middle_of_a_job_comes_back_and_the_job_ends_once(
    service: str, client: Client, strings: Puppets, process_of: ProcessOf, small_png: bytes
) -> None:
    job = client.submit(small_png, model="puppet", seed=1)
    puppet = strings.next()
    killed, seen = process_of("api"), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(job.wait, on_progress=lambda _: seen.set())  # follows on, over the break
        seen.wait(PATIENCE_S)
        killed.kill()
        assert _restarted(process_of, "api", killed).is_running()
        puppet.tell("finish")
        puppet.wait_for_end()
        assert waiting.result(PATIENCE_S).status == "succeeded"
    with Client(service) as later:
        job = _last(later.jobs.get(job.id))
    assert (job.status, job.attempts) == ("succeeded", 1)


def test_worker_killed_in_the_middle_of_a_job_is_replaced_and_the_job_ends_once(
    client: Client, strings: Puppets, process_of: ProcessOf, small_png: bytes
) -> None:
    job = client.submit(small_png, model="puppet", seed=2)
    first = strings.next()
    killed = process_of("worker@%h")
    killed.kill()
    first.wait_for_end()
    second = strings.next()
    assert second.pid != first.pid
    second.tell("finish")
    second.wait_for_end()
    job = _last(job)
    assert (job.status, job.attempts) == ("succeeded", 2)
    assert _restarted(process_of, "worker@%h", killed).is_running()


def test_fifty_identical_requests_at_once_run_the_model_once(
    service: str, client: Client, strings: Puppets, small_png: bytes
) -> None:
    before = _model_calls(service, "puppet")
    with ThreadPoolExecutor(50) as pool:
        posted = [pool.submit(client.submit, small_png, model="puppet", seed=3) for _ in range(50)]
        jobs = [one.result() for one in posted]
    puppet = strings.next()
    puppet.tell("finish")
    puppet.wait_for_end()
    ended = [_last(job) for job in {job.id: job for job in jobs}.values()]
    assert {job.status for job in ended} == {"succeeded"}
    assert len({job.decomposition_id for job in ended}) == 1
    assert _model_calls(service, "puppet") == before + 1


def _model_calls(service: str, model: str) -> float:
    lines = httpx.get(f"{service}/metrics", trust_env=False).text.splitlines()
    found = [line.split()[-1] for line in lines if line.startswith(f'lamina_model_calls_total{{model="{model}"}}')]
    return float(found[0]) if found else 0.0


def test_api_stays_small_and_free_of_model_runtimes_while_it_serves(client: Client, process_of: ProcessOf) -> None:
    poster = sample_poster()
    pictures = [poster, _noise(3000, 2000), _noise(2400, 3100)]
    for found in [client.decompose(picture, model="noop") for picture in pictures]:
        found.composite()
        found.layers[0].bytes(width=256)
        found.render(operations.rotate(0, by=10))
    api = process_of("api")
    assert api.memory_info().rss / 2**20 < API_LIMIT_MIB
    mapped = {process.pid: _mapped_files(process) for process in (api, *api.children(recursive=True))}
    assert any("psycopg2" in path for path in mapped[api.pid])  # what is loaded is seen here
    assert [path for paths in mapped.values() for path in paths if any(name in path for name in RUNTIMES)] == []


def _mapped_files(process: psutil.Process) -> set[str]:
    return {region.path for region in process.memory_maps()}


def test_data_survives_a_restart(tmp_path: Path, small_png: bytes) -> None:
    with _started(tmp_path) as client:
        first = client.submit(small_png, max_layers=2).wait()
        composite = first.decomposition().composite()
    with _started(tmp_path) as client:
        again = client.submit(small_png, max_layers=2)
        assert (again.status, again.cached, again.result) == ("succeeded", True, first.result)
        assert again.decomposition().composite() == composite
        assert client.jobs.get(first.id).wait().id == first.id


@contextmanager
def _started(folder: Path) -> Iterator[Client]:
    with running(folder / "data", folder / "logs", {}) as url, Client(url) as client:
        yield client


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that one service after the other takes over."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(data: Path, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """``lamina up`` in a terminal's foreground, ready."""
    command = [sys.executable, "-m", "app.cli", "up", "--port", "0", "--data", str(data)]
    with (
        (tmp_path / "errors").open("w") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # a terminal of its own, so that Ctrl-C goes to all of its foreground group
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert any(line.startswith(READY) for line in process.stdout), (tmp_path / "errors").read_text()
            yield process
        finally:
            process.kill()


def test_ctrl_c_stops_everything_and_leaves_nothing_running(up: "subprocess.Popen[str]", tmp_path: Path) -> None:
    family = psutil.Process(up.pid).children(recursive=True)
    assert len(family) >= 6  # Postgres and some of its own, Valkey, the API and its pool, the worker and its child
    os.killpg(up.pid, signal.SIGINT)
    out, _ = up.communicate(timeout=PATIENCE_S)
    assert up.returncode == 0
    assert out.splitlines()[-1] == "Lamina has stopped."
    assert _running(family) == []
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_nothing_outlives_a_killed_supervisor(up: "subprocess.Popen[str]") -> None:
    family = psutil.Process(up.pid).children(recursive=True)
    up.kill()
    end = time.monotonic() + PATIENCE_S
    while (left := _running(family)) and time.monotonic() < end:
        psutil.wait_procs(left, timeout=0.1)
    assert left == []


def _running(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still do something; an orphan that has ended and that nobody asked about yet does not."""
    found = []
    for one in family:
        with suppress(psutil.NoSuchProcess):
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def test_second_service_on_the_same_port_or_data_says_what_is_in_the_way(
    service: str, process_of: ProcessOf, tmp_path: Path
) -> None:
    up = process_of("api").parent()
    assert up is not None
    port, data = service.rpartition(":")[2], up.cmdline()[up.cmdline().index("--data") + 1]
    same_port = _lamina("up", "--port", port, "--data", str(tmp_path / "other"))
    same_data = _lamina("up", "--port", "0", "--data", data)
    assert (same_port.returncode, same_data.returncode) == (1, 1)
    assert f"Cannot listen on 127.0.0.1, port {port}" in same_port.stderr
    assert f"{data} is in use by process {up.pid}" in same_data.stderr
    assert not (tmp_path / "other").exists()
    assert up.is_running()


def _lamina(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
