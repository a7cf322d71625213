"""``lamina pull`` brings the weights from a hub to this machine; the hub is a stand-in, its client the real one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.decomposers.qwen_image_layered.weights.folder import PARTS, PIPELINE, looked_at
from tests.hub_in_thread import COMMIT, Hub, hub
from tests.safetensors_of_zeros import header_of, weights_of
from tests.worker_process import PATIENCE_S, ROOT

PIECE = 10 * 2**20
"""The hub's client writes what arrives in pieces of so many bytes."""
LARGE = "transformer/model.safetensors"
NOWHERE = "http://127.0.0.1:1"
PIN = f"LAMINA_QWEN_REVISION={COMMIT}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The right files, the largest of a few pieces; and a pickle and a picture, which nobody should fetch."""
    folder = tmp_path / "repository"
    for size, part in enumerate(PARTS, start=1):
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text("{}")
        (folder / part / "model.safetensors").write_bytes(weights_of(1000 * size))
        (folder / part / "model.bin").write_bytes(b"a pickle")
    (folder / LARGE).write_bytes(header_of(4 * PIECE) + bytes(range(256)) * (4 * PIECE // 256))
    (folder / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    (folder / "poster.png").write_bytes(b"a picture")
    return folder


@pytest.fixture
def served(repository: Path) -> Iterator[Hub]:
    with hub(repository) as served:
        yield served


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _environment(url: str, cache: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "LAMINA_")) and "proxy" not in name.lower()
    }
    return {**inherited, "HF_ENDPOINT": url, "HF_HOME": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1"}


def _pull(url: str, cache: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "app.cli", "pull", *arguments],
        cwd=ROOT,
        env={**_environment(url, cache), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert "Traceback" not in done.stderr
    return done


def _snapshot(cache: Path) -> Path:
    return cache / "hub" / "models--Qwen--Qwen-Image-Layered" / "snapshots" / COMMIT


def test_what_is_fetched_is_said_and_is_what_the_hub_has(served: Hub, cache: Path) -> None:
    done = _pull(served.url, cache)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert "Qwen/Qwen-Image-Layered" in first
    assert str(cache / "hub") in first
    assert COMMIT in done.stdout
    assert last.endswith(PIN)
    assert ", 100 %" in done.stderr.splitlines()[-1]
    snapshot = _snapshot(cache)
    assert looked_at(snapshot).total_bytes == sum(
        size for path, size in served.sizes().items() if path.endswith(".safetensors")
    )
    for path in served.sizes():
        wanted = not path.endswith((".bin", ".png"))
        assert (snapshot / path).is_file() is wanted
        assert not wanted or (snapshot / path).read_bytes() == (served.folder / path).read_bytes()


def test_a_terminal_shows_a_bar_over_all_bytes(served: Hub, cache: Path) -> None:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "pull"], cwd=ROOT, env=_environment(served.url, cache), stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # Linux's way of saying that the other end is closed
        pass
    os.close(ours)
    assert process.wait(PATIENCE_S) == 0
    last = shown.decode().rstrip().rpartition("\r")[2]
    assert last.startswith(f"[{'#' * 30}] ")
    assert ", 100 %" in last
    assert "MB/s" in last


def test_what_is_here_is_not_fetched_again_and_needs_no_hub(served: Hub, cache: Path) -> None:
    assert _pull(served.url, cache).returncode == 0
    served.requests.clear()
    again = _pull(served.url, cache)
    offline = _pull(NOWHERE, cache)
    pinned = _pull(NOWHERE, cache, "--revision", COMMIT)
    for done in (again, offline, pinned):
        assert (done.returncode, done.stderr) == (0, "")
        assert f"already, at commit {COMMIT}" in done.stdout
    assert PIN in offline.stdout
    assert "Pin it" not in pinned.stdout
    assert [request for request in served.requests if request.method == "GET" and "/api/" not in request.path] == []


def test_a_connection_that_breaks_is_taken_up_where_it_broke(served: Hub, cache: Path) -> None:
    served.breaking[LARGE] = 1
    done = _pull(served.url, cache)
    assert done.returncode == 0, done.stderr
    assert served.fetched(LARGE) == [0, 2 * PIECE]
    assert (_snapshot(cache) / LARGE).read_bytes() == (served.folder / LARGE).read_bytes()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_pull_that_was_ended_goes_on_from_there(ending: signal.Signals, served: Hub, cache: Path) -> None:
    served.held.add(LARGE)
    pulling = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "pull"],
        cwd=ROOT,
        env=_environment(served.url, cache),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert served.holding.wait(PATIENCE_S)
    _until_arrived(cache, 2 * PIECE, pulling)
    pulling.send_signal(ending)
    _, said = pulling.communicate(timeout=PATIENCE_S)
    assert pulling.returncode == (130 if ending == signal.SIGINT else -ending)
    assert ("goes on from there" in said) is (ending == signal.SIGINT)
    assert "Traceback" not in said
    served.held.clear()
    served.go_on.set()
    served.requests.clear()
    done = _pull(served.url, cache)
    assert done.returncode == 0, done.stderr
    assert served.fetched(LARGE) == [2 * PIECE]
    assert (_snapshot(cache) / LARGE).read_bytes() == (served.folder / LARGE).read_bytes()


_ENDED_WHILE_A_LOCK_IS_TAKEN_AGAIN = """
import signal, sys
from app.cli import main

def tracer(frame, event, _):
    if frame.f_code.co_name == "_acquire_restore":  # of the condition on which a thread that starts is awaited
        sys.settrace(None)
        signal.raise_signal(signal.SIGINT)
    return tracer

sys.settrace(tracer)
main(["pull"])
"""


def test_a_pull_that_is_ended_in_the_midst_of_anything_says_so(served: Hub, cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDED_WHILE_A_LOCK_IS_TAKEN_AGAIN],
        cwd=ROOT,
        env=_environment(served.url, cache),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines() == ["", "Stopped. What has arrived stays: the same command goes on from there."]


_ENDED_WHILE_IT_IS_IMPORTED = """
import signal, sys
from app.cli import main

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "app.cli.pull":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder())
main(["pull"])
"""


def test_a_command_that_is_ended_before_it_began_says_so_too(served: Hub, cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDED_WHILE_IT_IS_IMPORTED],
        cwd=ROOT,
        env=_environment(served.url, cache),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (130, b"Stopped.")
    assert served.requests == []


def _until_arrived(cache: Path, size: int, pulling: "subprocess.Popen[str]") -> None:
    """Returns when so many bytes of a file are on the disk."""
    while not any(file.stat().st_size >= size for file in cache.rglob("*.incomplete")):
        assert pulling.poll() is None


def test_bytes_that_arrive_damaged_are_refused_and_fetched_anew(served: Hub, cache: Path) -> None:
    served.spoiled.add(LARGE)
    damaged = _pull(served.url, cache)
    assert damaged.returncode == 1
    assert f"Error: The file '{LARGE}' arrived damaged" in damaged.stderr
    assert not (_snapshot(cache) / LARGE).exists()
    served.spoiled.clear()
    assert _pull(served.url, cache).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weights", "nobody/nothing"), "knows no such name"),
        (("--revision", "none-such"), "has no such revision"),
    ],
)
def test_what_the_hub_does_not_have_is_said(arguments: tuple[str, ...], said: str, served: Hub, cache: Path) -> None:
    done = _pull(served.url, cache, *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert said in done.stderr
    assert arguments[1] in done.stderr


@pytest.mark.parametrize("status", [401, 403])
def test_weights_that_want_an_account_say_so(status: int, served: Hub, cache: Path) -> None:
    served.closed = 401 if status == 401 else 403
    done = _pull(served.url, cache)
    assert done.returncode == 1
    assert "HF_TOKEN" in done.stderr


def test_a_token_goes_to_the_hub_and_not_to_the_store_of_large_files(served: Hub, cache: Path) -> None:
    done = _pull(served.url, cache, HF_TOKEN="hf_secret")
    assert done.returncode == 0, done.stderr
    sent = {request.path: request.token for request in served.requests if request.method == "GET"}
    assert sent["model_index.json"] == "Bearer hf_secret"
    assert sent[LARGE] is None


def test_a_hub_that_cannot_be_reached_is_said(cache: Path) -> None:
    done = _pull(NOWHERE, cache)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "cannot be reached" in done.stderr


def test_a_disk_without_room_is_refused_with_figures_before_anything_is_fetched(served: Hub, cache: Path) -> None:
    served.claimed[LARGE] = 2**50
    done = _pull(served.url, cache)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "need 1125900 GB" in done.stderr
    assert "to spare" in done.stderr
    assert served.fetched(LARGE) == []


def test_a_folder_is_looked_at_and_nothing_is_fetched(repository: Path, cache: Path) -> None:
    whole = _pull(NOWHERE, cache, "--weights", str(repository))
    assert (whole.returncode, "all of it is there" in whole.stdout) == (0, True)
    os.truncate(repository / LARGE, 3 * PIECE)
    cut_off = _pull(NOWHERE, cache, "--weights", str(repository))
    assert (cut_off.returncode, f"{LARGE} ({3 * PIECE} of " in cut_off.stderr) == (1, True)
    (repository / LARGE).unlink()
    partly = _pull(NOWHERE, cache, "--weights", str(repository))
    assert (partly.returncode, "lacks the weights of transformer" in partly.stderr) == (1, True)


def test_an_adapter_is_fetched_too_and_weights_in_a_folder_stay_there(
    repository: Path, tmp_path: Path, cache: Path
) -> None:
    lora = tmp_path / "lora"
    lora.mkdir()
    (lora / "adapter_model.safetensors").write_bytes(b"a LoRA")
    (lora / "adapter_model.bin").write_bytes(b"a pickle")
    (lora / "adapter_config.json").write_text("{}")
    with hub(lora, "somebody/lora") as served:
        done = _pull(served.url, cache, "--weights", str(repository), "--adapter", "somebody/lora")
    assert done.returncode == 0, done.stderr
    assert f"Here is somebody/lora at commit {COMMIT}." in done.stdout
    fetched = cache / "hub" / "models--somebody--lora" / "snapshots" / COMMIT
    assert sorted(path.name for path in fetched.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]


def test_an_adapter_in_a_folder_that_is_not_there_is_named(repository: Path, cache: Path, tmp_path: Path) -> None:
    done = _pull(NOWHERE, cache, "--weights", str(repository), "--adapter", str(tmp_path / "lora"))
    assert (done.returncode, "There is no adapter at" in done.stderr) == (1, True)
    assert "all of it is there" not in done.stdout


def test_no_model_runtime_is_loaded(served: Hub, cache: Path) -> None:
    script = (
        "import sys; from app.cli import main; main(['pull'], standalone_mode=False); "
        "assert not {'torch', 'diffusers', 'transformers'} & {*sys.modules}"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=_environment(served.url, cache), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_missing_package_is_named_with_the_way_to_get_it(cache: Path) -> None:
    script = "import sys; sys.modules['huggingface_hub'] = None; from app.cli import main; main(['pull'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=_environment(NOWHERE, cache),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install 'lamina[gpu]'" in done.stderr
    assert "Traceback" not in done.stderr
