"""One named object through the running service: two exact layers. What is not found is in the tests of the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from tiny_qwen import write_checkpoint

from app.cli.service import running
from lamina.client import Client, Job
from tests.worker_process import ROOT

MODEL = "qwen-image-layered-control"
QUICK = {"model": MODEL, "num_inference_steps": 2}


@contextmanager
def _service(weights: Path, folder: Path) -> Iterator[Client]:
    environment = {
        "LAMINA_MODELS": MODEL,
        "LAMINA_QWEN_WEIGHTS": str(weights),
        "LAMINA_QWEN_CONTROL": str(weights / "transformer"),
        "PYTHONPATH": str(ROOT),
    }
    with running(folder / "data", folder / "logs", environment) as url, Client(url) as client:
        yield client


def _poster_png() -> bytes:
    picture = np.full((60, 90, 3), (30, 60, 200), np.uint8)
    picture[15:30, 22:45] = (220, 40, 40)
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def _ended(client: Client, prompt: str) -> Job:
    *_, last = client.submit(_poster_png(), **{**QUICK, "prompt": prompt}).follow()
    return last


def test_the_object_and_its_ground_are_the_picture_to_the_bit_and_the_notes_say_how(tmp_path: Path) -> None:
    with _service(write_checkpoint(tmp_path / "weights"), tmp_path) as client:
        job = _ended(client, "the red card")
        assert job.status == "succeeded", job
        found = job.decomposition()
        assert found.max_error == 0
        assert "the red card" in [layer.name for layer in found.layers]
        assert found.notes["adapter"]["num_inference_steps"] == 2
        canvas = Image.new("RGBA", (90, 60))
        for layer in found.layers:
            canvas.alpha_composite(layer.image().convert("RGBA"))
    assert canvas.tobytes() == Image.open(BytesIO(_poster_png())).convert("RGBA").tobytes()
