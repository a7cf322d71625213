"""``docs/client.md`` is run as it stands, from top to bottom, on the running service."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.sample_poster import sample_poster
from tests.worker_process import PATIENCE_S, ROOT

ADDRESS = "http://127.0.0.1:8080"
PAGE = (ROOT / "docs" / "client.md").read_text()


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reader's files."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "poster.png").write_bytes(sample_poster())
    Image.new("RGB", (120, 80), "#2563eb").save(folder / "shoe.png")
    (folder / "edits.json").write_text('[{"op": "opacity", "layer": 1, "to": 0.5}]')
    (folder / "rows.csv").write_text("name,accent,product\nred,#e11d48,\nblue,,shoe.png\n")
    (folder / "incoming").mkdir()
    (folder / "incoming" / "poster.png").write_bytes(sample_poster())
    return folder


def _run(command: list[str], here: Path, service: str) -> str:
    environment = {**os.environ, "LAMINA_URL": service, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=3 * PATIENCE_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGBA"))


def test_the_examples_in_python_do_what_they_say(service: str, here: Path) -> None:
    (here / "page.py").write_text("\n".join(_blocks("python")).replace(ADDRESS, service))
    said = _run([sys.executable, "-W", "error", "page.py"], here, service)
    assert "succeeded 100%" in said
    assert "There is revision" in said
    assert "invalid-request [('/max_layers'" in said
    assert "Counts(total=2, succeeded=2, failed=0) []" in said
    whole: Image.Image | None = None
    for path in sorted(here.glob("layer-*.png"), key=lambda path: int(path.stem.rpartition("-")[2])):
        with Image.open(path) as opened:
            layer = opened.convert("RGBA")
        whole = layer if whole is None else Image.alpha_composite(whole, layer)
    assert np.array_equal(np.asarray(whole), _pixels(here / "poster.png"))
    assert _pixels(here / "edited.webp").shape[1] == 800
    with zipfile.ZipFile(here / "pictures.zip") as archive:
        assert archive.namelist() == ["shoe.webp", "blue.webp", "rows.ndjson"]


def test_the_example_of_the_readme_is_one_of_these() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert block in _blocks("python")


def test_the_commands_do_what_they_say(service: str, here: Path) -> None:
    """After the examples, whose template they use."""
    (block,) = _blocks("sh")
    for line in block.replace(ADDRESS, service).splitlines():
        _run(["bash", "-c", line.replace("lamina", f"'{sys.executable}' -m app.cli", 1)], here, service)
    assert not np.array_equal(_pixels(here / "hidden.png"), _pixels(here / "poster.png"))
    assert _pixels(here / "kept.webp").shape[1] == 400
    assert np.array_equal(_pixels(here / "done" / "poster" / "poster.psd"), _pixels(here / "poster.png"))
    with zipfile.ZipFile(here / "batch.zip") as archive:
        assert archive.namelist() == ["red.webp", "blue.webp", "rows.ndjson"]
