"""Every command of README.md is run, as it stands there but for the port, the servers and what needs a GPU."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from app.cli.sample_poster import sample_poster
from model.decomposers import NAMES
from tests.export_readers import READERS
from tests.worker_process import PATIENCE_S, ROOT

ADDRESS = "http://127.0.0.1:8080"
STAND_IN = Path(__file__).with_name("curl_stand_in.py")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


def _kind(block: str) -> str:
    """How a block is tried."""
    if "pip install" in block:
        return "GPU"
    if "make " in block:
        return "make"
    if "lamina migrate" in block:
        return "real servers"
    return "curl" if "curl " in block else "lamina"


def _blocks(kind: str) -> list[str]:
    return [block for block in BLOCKS if _kind(block) == kind]


def _commands(block: str) -> list[str]:
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the reader's picture in it."""
    (tmp_path / "poster.png").write_bytes(sample_poster())
    return tmp_path


def _bash(script: str, folder: Path, *first_on_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join(map(str, (*first_on_path, Path(sys.executable).parent, os.environ["PATH"])))
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S * 2,
    )


def test_blocks_are_of_kinds_that_are_tried() -> None:
    assert len(BLOCKS) == sum(len(_blocks(kind)) for kind in ("make", "curl", "lamina", "GPU", "real servers"))
    assert set(map(_kind, BLOCKS)) == {"make", "curl", "lamina", "GPU", "real servers"}
    for block in _blocks("lamina"):
        assert all(line.startswith("lamina ") for line in _commands(block))


@pytest.mark.parametrize(
    "curl", ["stand-in", *([found] if (found := shutil.which("curl")) else [])], ids=lambda curl: Path(curl).name
)
def test_the_whole_way_with_curl(curl: str, service: str, here: Path) -> None:
    tools = here / "tools"
    tools.mkdir()
    program = tools / "curl"
    if curl == "stand-in":
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(STAND_IN))} "$@"\n')
        program.chmod(0o755)
    else:
        program.symlink_to(curl)
    script = "\n".join(_blocks("curl")).replace(ADDRESS, service)
    done = _bash(script, here, tools, no_proxy="127.0.0.1")
    assert done.returncode == 0, done.stdout + done.stderr
    _check_what_the_whole_way_left(here)
    assert '"status":"succeeded"' in done.stdout.replace(" ", "")
    assert "event: " in done.stdout or "data: " in done.stdout
    assert re.search(r"cache-status: lamina; hit", done.stdout, re.IGNORECASE)
    assert re.search(r'lamina_model_calls_total\{model="classic"\} [1-9]', done.stdout)


def _check_what_the_whole_way_left(folder: Path) -> None:
    job = json.loads((folder / "job.json").read_text())
    assert job["status"] == "succeeded"
    source = _pixels(folder / "source.png")
    assert np.array_equal(source, _pixels(folder / "poster.png"))
    assert np.array_equal(source, _pixels(folder / "recomposed.png"))
    assert _pixels(folder / "background.png").shape == source.shape
    assert _pixels(folder / "trimmed.png").size <= source.size
    assert _pixels(folder / "small.webp").shape[1] == 256
    parts = json.loads((folder / "parts.json").read_text())
    assert (parts["kind"], parts["status"]) == ("layer_decomposition", "succeeded")
    edited = _pixels(folder / "edited.png")
    assert edited.shape == source.shape
    assert not np.array_equal(edited, source)
    assert not np.array_equal(_pixels(folder / "moved.png"), source)
    assert np.array_equal(_pixels(folder / "undone.png"), source)
    assert np.array_equal(_pixels(folder / "poster.psd"), _pixels(folder / "moved.png"))
    for suffix, read in READERS.items():
        found = read((folder / f"poster.{suffix}").read_bytes())
        assert len(found.items) > 2
        assert all(item.pixels is not None for item in found.items)
        if suffix in ("ora", "tiff", "zip"):
            assert np.array_equal(found.picture, source)
    with Image.open(folder / "build-up.webp") as played:
        played.seek(played.n_frames - 1)  # type: ignore[attr-defined]
        assert np.array_equal(np.array(played.convert("RGBA")), source)


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.array(opened.convert("RGBA"))


def test_commands_without_curl_leave_layers_that_recompose(service: str, here: Path) -> None:
    script = "\n".join(
        f"{line}\nmv layers layers-{number}" if "decompose" in line else line
        for number, line in enumerate(line for block in _blocks("lamina") for line in _commands(block))
    )
    done = _bash(script.replace(ADDRESS, service), here)
    assert done.returncode == 0, done.stdout + done.stderr
    folders = sorted(here.glob("layers-*"))
    assert len(folders) == 2
    for folder in folders:
        canvas: Image.Image | None = None
        for path in sorted(folder.glob("[0-9][0-9]-*.png")):
            with Image.open(path) as opened:
                layer = opened.convert("RGBA")
            canvas = Image.alpha_composite(canvas or Image.new("RGBA", layer.size), layer)
        assert canvas is not None
        assert np.array_equal(np.array(canvas), _pixels(here / "poster.png"))
    assert "Everything needed is here." in done.stdout


def test_make_targets_call_the_commands_that_other_tests_run() -> None:
    targets = [line.split()[1] for block in _blocks("make") for line in _commands(block)]
    assert targets == ["demo", "up"]
    for arguments, expected in (
        (["demo"], "lamina demo"),
        (["demo", "IMAGE=poster.png"], 'lamina demo --image "poster.png"'),
        (["up"], "lamina up"),
        (["up", "ARGS=--port 9000 --data DIR"], "lamina up --port 9000 --data DIR"),
    ):
        done = subprocess.run(
            ["make", "--no-print-directory", "--dry-run", *arguments],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1].strip() == f".venv/bin/{expected}"


def test_what_needs_a_gpu_names_extras_and_models_that_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (block,) = _blocks("GPU")
    install, *lamina, post = _commands(block)
    named = re.fullmatch(r"\.venv/bin/pip install --constraint (\S+) --editable '\.\[([\w,]+)\]'", install)
    assert named is not None
    assert (ROOT / named[1]).is_file()
    assert set(named[2].split(",")) <= set(extras)
    assert [line.split()[:2] for line in lamina] == [["lamina", name] for name in ("pull", "doctor", "up")]
    for line in lamina:
        done = _bash(line + " --help", ROOT)
        assert done.returncode == 0, done.stderr
    assert {"qwen-image-layered"} <= {*shlex.split(lamina[-1])[-1].split(",")} <= {*NAMES}
    assert "-F model=qwen-image-layered" in post


def test_with_real_servers_the_parts_start_one_by_one(database_url: str, redis_url: str, here: Path) -> None:
    (block,) = _blocks("real servers")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    lines = [line.replace("--port 8080", f"--port {port}") for line in _commands(block)]
    named = ("lamina migrate", "lamina api", "lamina worker --model", "lamina worker --renders")
    assert all(line.startswith(name) for line, name in zip(lines[2:], named, strict=True))
    exports = {line.split("=")[0].removeprefix("export ") for line in lines[:2]}
    assert exports == {"LAMINA_DATABASE_URL", "LAMINA_REDIS_URL"}
    servers = {"LAMINA_DATABASE_URL": database_url, "LAMINA_REDIS_URL": redis_url}
    migrated = _bash(lines[2], here, **servers)
    assert migrated.returncode == 0, migrated.stderr
    started = [_start(line, here, servers) for line in lines[3:]]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S) as client:
            _answered(client, started)
            form = {"image": ("poster.png", _small())}
            job = client.post("/v1/decompositions", files=form, headers={"Prefer": "wait=60"}).json()
        assert job["status"] == "succeeded", job
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(PATIENCE_S) for process in started]
    assert codes == [-signal.SIGTERM, 0, 0]  # uvicorn ends in order and then lets the signal have its way


def _start(line: str, folder: Path, servers: dict[str, str]) -> "subprocess.Popen[bytes]":
    program, *arguments = shlex.split(line)
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    environment = {**os.environ, **servers, "LAMINA_DATA_DIR": str(folder / "data")}
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _answered(client: httpx.Client, started: list["subprocess.Popen[bytes]"]) -> None:
    """Returns when the API answers; fails when a process has ended."""
    while all(process.poll() is None for process in started):
        try:
            client.get("/healthz").raise_for_status()
        except httpx.ConnectError:
            continue
        return
    raise AssertionError("a process of the service ended")


def _small() -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(sample_poster())) as opened:
        opened.resize((224, 280)).save(out, "PNG")
    return out.getvalue()
