"""Weights come from a hub onto the disk, once; the hub's real client speaks to a stand-in for the hub."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.decomposers.qwen_image_layered.weights.folder import PARTS, PIPELINE, looked_at
from tests.hub_in_thread import COMMIT, Hub, hub
from tests.safetensors_of_zeros import weights_of

ROOT = Path(__file__).resolve().parents[2]
NAME = "somebody/layers"

_FETCH = """
import sys
from model.decomposers.qwen_image_layered.weights.fetch import fetched
from model.errors import ModelUnavailable

seen = []
try:
    print(fetched(sys.argv[1], sys.argv[2], lambda done, total: seen.append((done, total))))
    print(seen[-1] if seen else None)
except ModelUnavailable as error:
    print(error)
assert seen == sorted(seen)
assert "torch" not in sys.modules
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The right files, with a few bytes for weights; and some that nobody needs."""
    folder = tmp_path / "hub"
    for name in (*PARTS, "scheduler"):
        (folder / name).mkdir(parents=True)
        (folder / name / "config.json").write_text("{}")
    for index, part in enumerate(PARTS, 1):
        (folder / part / "model.safetensors").write_bytes(weights_of(1000 * index))
        (folder / part / "model.bin").write_bytes(b"a pickle")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    (folder / "poster.png").write_bytes(b"a picture")
    return folder


@pytest.fixture
def served(folder: Path) -> Iterator[Hub]:
    with hub(folder, NAME) as served:
        yield served


def _fetched(cache: Path, url: str, name: str = NAME, revision: str = "main") -> list[str]:
    """The lines of the script above, run with a cache of its own."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
        "HF_ENDPOINT": url,
        "HF_HUB_CACHE": str(cache),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", _FETCH, name, revision],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_weights_are_fetched_once_with_their_bytes_counted_and_are_there_without_a_network(
    tmp_path: Path, served: Hub
) -> None:
    path, progress = _fetched(tmp_path / "cache", served.url)
    assert Path(path).name == COMMIT
    assert dict(looked_at(Path(path)).part_bytes) == {
        part: len(weights_of(1000 * index)) for index, part in enumerate(PARTS, 1)
    }
    names = {str(file.relative_to(path)) for file in Path(path).rglob("*.*")}
    assert names == {name for name in served.sizes() if not name.endswith((".bin", ".png"))}
    total = sum(size for name, size in served.sizes().items() if name in names)
    assert progress == str((total, total))

    served.requests.clear()
    assert _fetched(tmp_path / "cache", served.url) == [path, "None"]
    assert _files_fetched(served) == []
    for revision in ("main", COMMIT):
        assert _fetched(tmp_path / "cache", "http://127.0.0.1:1", revision=revision) == [path, "None"]


def test_a_commit_that_is_here_is_not_asked_for_again(tmp_path: Path, served: Hub) -> None:
    path, _ = _fetched(tmp_path / "cache", served.url, revision=COMMIT)
    served.requests.clear()
    assert _fetched(tmp_path / "cache", served.url, revision=COMMIT) == [path, "None"]
    assert served.requests == []


def test_what_an_interruption_left_out_is_fetched_the_next_time(tmp_path: Path, served: Hub) -> None:
    path, _ = _fetched(tmp_path / "cache", served.url)
    lost = Path(path) / "transformer" / "model.safetensors"
    lost.resolve().unlink()
    lost.unlink()
    [said] = _fetched(tmp_path / "cache", "http://127.0.0.1:1")
    assert "cannot be had from the hub" in said
    size = len(weights_of(2000))
    assert _fetched(tmp_path / "cache", served.url) == [path, f"({size}, {size})"]
    assert lost.stat().st_size == size


def test_a_disk_without_room_is_found_out_before_anything_is_fetched(tmp_path: Path, served: Hub) -> None:
    served.claimed["transformer/model.safetensors"] = 2**50
    [said] = _fetched(tmp_path / "cache", served.url)
    assert "need 1125900 GB" in said
    assert "HF_HOME" in said
    assert _files_fetched(served) == []


def _files_fetched(served: Hub) -> list[str]:
    return [request.path for request in served.requests if request.method == "GET" and request.path in served.sizes()]


@pytest.mark.parametrize(("name", "revision"), [("nobody/nothing", "main"), (NAME, "none-such")])
def test_a_name_or_revision_that_the_hub_does_not_know_is_said(
    tmp_path: Path, served: Hub, name: str, revision: str
) -> None:
    [said] = _fetched(tmp_path / "cache", served.url, name, revision)
    assert f"The weights '{name}', revision '{revision}', cannot be had from the hub" in said
    assert "lamina pull" in said


def test_a_hub_out_of_reach_is_said_with_the_way_out(tmp_path: Path) -> None:
    [said] = _fetched(tmp_path / "cache", "http://127.0.0.1:1")
    assert "cannot be had from the hub" in said
    assert "Run `lamina pull` where there is a network, or name a folder in LAMINA_QWEN_WEIGHTS" in said
