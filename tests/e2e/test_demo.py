"""``lamina demo`` leaves what it promises, and nothing else."""

import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from app.cli.contact_sheet import contact_sheet, layer_cells
from app.cli.sample_poster import HEIGHT, WIDTH, sample_poster

STAGES = (
    "start Postgres, Redis, the API and a worker",
    "draw the sample poster",
    "take it apart",
    "fetch the layers",
    "put them together again",
    "edit",
    "draw the contact sheet",
    "stop everything",
    "in all",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a demo left, and what it printed."""
    out = tmp_path_factory.mktemp("demo") / "demo"
    return out, _run("--out", str(out))


def _run(*options: str) -> str:
    command = [sys.executable, "-m", "app.cli", "demo", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.array(opened.convert("RGBA"))


def _recomposed(folder: Path) -> np.ndarray:
    canvas: Image.Image | None = None
    for path in sorted(folder.glob("[0-9][0-9]-*.png")):
        with Image.open(path) as opened:
            layer = opened.convert("RGBA")
        canvas = Image.alpha_composite(canvas or Image.new("RGBA", layer.size), layer)
    assert canvas is not None
    return np.array(canvas)


def test_layers_recompose_to_the_poster(demo: tuple[Path, str]) -> None:
    out, _ = demo
    with Image.open(BytesIO(sample_poster())) as opened:
        poster = np.array(opened.convert("RGBA"))
    assert poster.shape == (HEIGHT, WIDTH, 4)
    for found in (_recomposed(out / "layers"), _pixels(out / "recomposed.png"), _pixels(out / "source.png")):
        assert np.array_equal(found, poster)


def test_poster_comes_apart_into_named_layers(demo: tuple[Path, str]) -> None:
    out, _ = demo
    manifest = json.loads((out / "manifest.json").read_text())
    files = sorted(path.name for path in (out / "layers").iterdir())
    assert len(files) == manifest["layer_count"] == len(manifest["layers"]) >= 4
    assert {"background", "text"} <= {layer["kind"] for layer in manifest["layers"]}


def test_edited_picture_is_another_of_the_same_size(demo: tuple[Path, str]) -> None:
    out, said = demo
    edited, source = _pixels(out / "edited.png"), _pixels(out / "source.png")
    assert edited.shape == source.shape
    changed = (edited != source).any(axis=2).mean()
    assert changed > 0.01
    assert re.search(r"^Recoloured: .+ Moved: .+\.$", said, re.MULTILINE)


def test_contact_sheet_opens_and_has_a_cell_for_each_layer(demo: tuple[Path, str]) -> None:
    out, _ = demo
    manifest = json.loads((out / "manifest.json").read_text())
    layers = [path.read_bytes() for path in sorted((out / "layers").iterdir())]
    cells = layer_cells(manifest, layers, 380)
    assert len({cell.name for cell in cells}) == manifest["layer_count"]
    assert all(re.search(r", area [\d.]+ %$", cell.note) for cell in cells)
    sheet = _pixels(out / "contact_sheet.png")
    assert sheet.shape[1] > 380
    assert contact_sheet(cells, 380, "a title").height == sheet.shape[0]


def test_time_of_each_stage_is_printed(demo: tuple[Path, str]) -> None:
    _, said = demo
    table = re.findall(r"^ *\d+\.\d\d s  (.+)$", said, re.MULTILINE)
    assert table == list(STAGES)


def test_nothing_but_the_results_is_left(demo: tuple[Path, str]) -> None:
    out, _ = demo
    names = {"layers", "manifest.json", "source.png", "recomposed.png", "edited.png", "contact_sheet.png"}
    assert {path.name for path in out.iterdir()} == names
    lines = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    assert [line for line in lines if str(out) in line] == []


def test_picture_of_ones_own_is_taken_and_a_broken_one_is_refused_in_a_sentence(tmp_path: Path) -> None:
    picture, broken = tmp_path / "mine.png", tmp_path / "broken.png"
    Image.fromarray(np.random.default_rng(5).integers(0, 256, (40, 60, 4), np.uint8)).save(picture)
    broken.write_bytes(picture.read_bytes()[:100])
    out = tmp_path / "demo"
    _run("--image", str(picture), "--out", str(out))
    pixels = _pixels(picture)
    pixels[pixels[:, :, 3] == 0] = 0
    assert np.array_equal(_recomposed(out / "layers"), pixels)
    command = [sys.executable, "-m", "app.cli", "demo", "--image", str(broken), "--out", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_sample_poster_is_the_same_each_time() -> None:
    assert sample_poster() == sample_poster()
