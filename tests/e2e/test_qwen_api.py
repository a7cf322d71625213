"""The diffusion model as its users meet it: POST, follow, fetch; and what they are told when it goes wrong."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.cli.service import running
from lamina.client import Client, Decomposition, Job
from tests.qwen_for_tests import DECOMPOSERS, write_checkpoints
from tests.worker_process import ROOT

QWEN = "qwen-image-layered"
QUICK: dict[str, Any] = {"num_inference_steps": 2, "max_layers": 2, "prompt": "a red card on blue"}


@pytest.fixture(scope="module")
def qwen_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("qwen")
    checkpoints = write_checkpoints(folder / "weights")
    environment = {
        "LAMINA_MODELS": ",".join([QWEN, *(entry.partition("=")[0] for entry in DECOMPOSERS.split(","))]),
        "LAMINA_DECOMPOSERS": DECOMPOSERS,
        "LAMINA_QWEN_WEIGHTS": str(checkpoints / "good"),
        "TINY_QWEN": str(checkpoints),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    with running(folder / "data", folder / "logs", environment) as url:
        yield url


@pytest.fixture
def client(qwen_service: str) -> Iterator[Client]:
    with Client(qwen_service) as client:
        yield client


def _card_png(width: int = 90, height: int = 60) -> bytes:
    picture = np.full((height, width, 3), (30, 60, 200), np.uint8)
    picture[height // 4 : height // 2, width // 4 : width // 2] = (220, 40, 40)
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def _ended(client: Client, model: str, **fields: Any) -> Job:
    *_, last = client.submit(_card_png(), model=model, **{**QUICK, **fields}).follow()
    return last


def _composite(found: Decomposition) -> Image.Image:
    """The layers, fetched one by one, put over one another by Pillow."""
    canvas = Image.new("RGBA", (found.size.width, found.size.height))
    for layer in found.layers:
        canvas.alpha_composite(layer.image().convert("RGBA"))
    return canvas


def test_a_picture_comes_apart_and_its_layers_give_it_back_to_the_bit(client: Client) -> None:
    states = list(client.submit(_card_png(), model=QWEN, **{**QUICK, "num_inference_steps": 30}).follow())
    assert states[-1].status == "succeeded", states[-1]
    seen = [state.progress for state in states if state.progress.stage == "layers"]
    assert seen
    assert {progress.steps for progress in seen} == {31}
    found = states[-1].decomposition()
    assert found.max_error == 0
    assert _composite(found).tobytes() == Image.open(BytesIO(_card_png())).convert("RGBA").tobytes()


def test_a_canceled_run_stops_at_its_next_step_and_the_model_stays_at_work(client: Client) -> None:
    job = client.submit(_card_png(), model=QWEN, **{**QUICK, "num_inference_steps": 200, "seed": 4})
    for state in job.follow():
        if state.status == "running" and state.progress.stage == "layers":
            assert state.cancel().status == "running"
            break
    *_, last = state.follow()
    assert last.status == "canceled"
    assert last.progress.step is not None
    assert last.progress.step < 200
    assert _ended(client, QWEN, seed=5).status == "succeeded"


def test_numbers_that_are_none_fail_with_a_sentence(client: Client) -> None:
    job = _ended(client, "qwen-overflowing")
    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "decomposition-failed"
    assert "overflowed" in job.error.detail
    assert job.attempts == 1


def test_a_picture_handed_back_succeeds_and_the_manifest_says_that_it_did_not_come_apart(client: Client) -> None:
    job = _ended(client, "qwen-blank")
    assert job.status == "succeeded", job
    found = job.decomposition()
    assert found.notes["separated"] is False
    assert [attempt["seed"] for attempt in found.notes["attempts"]] == [0, 1]
    assert _composite(found).tobytes() == Image.open(BytesIO(_card_png())).convert("RGBA").tobytes()


def test_weights_that_are_damaged_are_said_to_be_and_others_go_on_working(client: Client) -> None:
    job = _ended(client, "qwen-corrupt")
    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "model-unavailable"
    assert "Not whole" in job.error.detail
    assert _ended(client, QWEN, seed=6).status == "succeeded"


def test_too_little_memory_fails_with_advice_and_the_next_picture_is_done(client: Client) -> None:
    job = _ended(client, "qwen-starved", resolution=1024, max_layers=10)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "out-of-memory"
    assert "640" in job.error.detail
    assert _ended(client, QWEN, seed=7).status == "succeeded"
