"""The ``lamina`` command as a user types it: exit status and words, with servers and without."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import inspect

from app.cli import COMMANDS
from app.cli.sample_poster import sample_poster
from app.store.session import make_engine
from app.store.tables import metadata
from tests.worker_process import PATIENCE_S

NOWHERE = "http://127.0.0.1:1"


def _lamina(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE_S,
    )


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Transparent in part, so that alpha has to come out exact too."""
    with Image.open(BytesIO(sample_poster())) as opened:
        pixels = np.array(opened.convert("RGBA").resize((224, 280)))
    pixels[:60, :, 3] = np.linspace(0, 255, 224).astype(np.uint8)
    path = tmp_path / "picture.png"
    Image.fromarray(pixels).save(path)
    return path


def _recomposed(folder: Path, entries: list[Mapping[str, object]]) -> np.ndarray:
    canvas: Image.Image | None = None
    for path, entry in zip(sorted(folder.glob("[0-9][0-9]-*.png")), entries, strict=True):
        assert int(path.name[:2]) == entry["index"]
        with Image.open(path) as opened:
            layer = opened.convert("RGBA")
        canvas = Image.alpha_composite(canvas or Image.new("RGBA", layer.size), layer)
    assert canvas is not None
    return np.array(canvas)


def _expected(picture: Path) -> np.ndarray:
    with Image.open(picture) as opened:
        pixels = np.array(opened.convert("RGBA"))
    pixels[pixels[:, :, 3] == 0] = 0
    return pixels


ASKED = ("--max-layers", "3", "--min-alpha-area-ratio", "0.002", "--no-residual", "--seed", "7", "--prompt", "a market")


def test_layers_made_here_and_by_a_service_are_the_same(picture: Path, tmp_path: Path, service: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    manifests = []
    for folder, more in ((here, ()), (there, ("--url", service))):
        done = _lamina("decompose", str(picture), "-o", str(folder), *ASKED, *more)
        assert done.returncode == 0, done.stderr
        manifest = json.loads((folder / "manifest.json").read_text())
        assert np.array_equal(_recomposed(folder, manifest["layers"]), _expected(picture))
        assert [line for line in done.stdout.splitlines() if not Path(line).is_file()] == []
        manifests.append(manifest)
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in there.iterdir())
    assert len(manifests[0]["layers"]) <= 3
    assert {layer["kind"] for layer in manifests[0]["layers"]}.isdisjoint({"residual"})
    for name in ("model", "parameters", "layer_count", "max_error"):
        assert manifests[0][name] == manifests[1][name], name
    for name in ("name", "kind", "text", "bbox", "area_ratio"):
        assert [layer[name] for layer in manifests[0]["layers"]] == [layer[name] for layer in manifests[1]["layers"]]
    asked = {"max_layers": 3, "min_alpha_area_ratio": 0.002, "enable_residual": False, "seed": 7, "prompt": "a market"}
    for manifest in manifests:
        assert {name: manifest["parameters"][name] for name in asked} == asked


def test_progress_is_shown(picture: Path, tmp_path: Path, service: str) -> None:
    for more in ((), ("--url", service)):
        code, shown = _in_a_terminal("decompose", str(picture), "-o", str(tmp_path / "out"), "--seed", "8", *more)
        assert code == 0, shown
        assert "100%" in shown


def _in_a_terminal(*arguments: str) -> tuple[int, str]:
    """The exit status, and what a person saw."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # Linux's way of saying that the other end is closed
        pass
    os.close(ours)
    return process.wait(PATIENCE_S), shown.decode()


@pytest.mark.parametrize("where", ["here", "service"])
def test_file_that_is_no_picture_is_refused_in_a_sentence(where: str, tmp_path: Path, service: str) -> None:
    (tmp_path / "page.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    more = ("--url", service) if where == "service" else ()
    done = _lamina("decompose", str(tmp_path / "page.png"), "-o", str(tmp_path / "out"), *more)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "SVG" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("where", ["here", "service"])
def test_model_that_does_not_exist_is_named(where: str, picture: Path, tmp_path: Path, service: str) -> None:
    more = ("--url", service) if where == "service" else ()
    done = _lamina("decompose", str(picture), "-o", str(tmp_path / "out"), "--model", "magic", *more)
    assert done.returncode == 1
    assert "magic" in done.stderr
    assert "classic" in done.stderr
    assert "Traceback" not in done.stderr


def test_service_that_is_not_there_is_named(picture: Path, tmp_path: Path) -> None:
    done = _lamina("decompose", str(picture), "-o", str(tmp_path / "out"), "--url", NOWHERE)
    assert done.returncode == 3
    assert f"There is no service at {NOWHERE}" in done.stderr


def test_doctor_is_content_with_a_whole_machine_and_real_servers(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    plain = _lamina("doctor", "--port", "0", "--data", str(tmp_path))
    servers = {"LAMINA_DATABASE_URL": database_url, "LAMINA_REDIS_URL": redis_url}
    with_servers = _lamina("doctor", "--port", "0", **servers)
    for done in (plain, with_servers):
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("Everything needed is here.\n")
    assert "reachable and up to date" in with_servers.stdout


def test_doctor_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    servers = {
        "LAMINA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "LAMINA_REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = _lamina("doctor", "--port", "0", "--data", str(tmp_path / "file" / "data"), **servers)
    assert done.returncode == 1
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines() if "  missing   " in line}
    assert set(rows) == {"Postgres", "Redis", "Data folder"}
    assert done.stdout.count("-> ") >= 3
    assert "3 of 11 checks found something missing that is needed." in done.stdout


def test_migrate_goes_down_to_nothing_and_up_again(own_database_url: str) -> None:
    for arguments, tables, doctors_code in (
        (("--down", "base"), set(), 1),
        ((), set(metadata.tables), 0),
        ((), set(metadata.tables), 0),
    ):
        done = _lamina(
            "migrate", *arguments, LAMINA_DATABASE_URL=own_database_url, LAMINA_REDIS_URL="redis://127.0.0.1:1/0"
        )
        assert done.returncode == 0, done.stderr
        engine = make_engine(own_database_url)
        assert set(inspect(engine).get_table_names()) - {"alembic_version"} == tables
        engine.dispose()
        seen = _lamina("doctor", "--port", "0", LAMINA_DATABASE_URL=own_database_url)
        assert seen.returncode == doctors_code, seen.stdout


@pytest.mark.parametrize("command", ["api", "worker"])
def test_commands_for_real_servers_say_that_they_need_them(command: str) -> None:
    done = _lamina(command)
    assert done.returncode == 2
    assert "LAMINA_DATABASE_URL and LAMINA_REDIS_URL" in done.stderr
    assert "lamina up" in done.stderr


def test_help_lists_every_command_with_a_sentence() -> None:
    done = _lamina("--help")
    listed = done.stdout.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(len(line.split()) > 3 for line in listed)
