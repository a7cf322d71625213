"""The real pipeline of diffusers on a tiny checkpoint: loaded, run, stopped, starved and broken."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_qwen import change_weights, write_checkpoint

from model.decomposers import Parameters, create
from model.decomposers.qwen_image_layered import QwenImageLayered
from model.decomposers.qwen_image_layered.pictures.frame import fitted
from model.errors import Canceled, DecompositionFailed, ModelUnavailable
from model.layers import Pixels, Stack

ROOT = Path(__file__).resolve().parents[2]
QUICK = Parameters(max_layers=2, num_inference_steps=2, guidance_scale=1.0, seed=5, prompt="a red square on blue")


def _poster() -> Pixels:
    picture = np.full((120, 160, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


class Onlooker:
    """Notes the calls; cancels at the stage and step named."""

    def __init__(self, cancel_at: tuple[str, int] | None = None) -> None:
        self.calls: list[tuple[str, int, int]] = []
        self._cancel_at = cancel_at

    def __call__(self, stage: str, step: int, steps: int) -> None:
        self.calls.append((stage, step, steps))
        if (stage, step) == self._cancel_at:
            raise Canceled("The onlooker has seen enough.")


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> QwenImageLayered:
    model = QwenImageLayered(weights=str(checkpoint))
    model.setup()
    return model


def _bytes(stack: Stack) -> list[object]:
    return [dict(stack.notes), *((layer.kind, layer.bbox, layer.pixels.tobytes()) for layer in stack.layers)]


def test_a_picture_becomes_layers_at_the_models_size_and_every_step_is_told(model: QwenImageLayered) -> None:
    onlooker = Onlooker()
    stack = model.decompose(_poster(), replace(QUICK, max_layers=3, guidance_scale=4.0), onlooker)
    assert (stack.width, stack.height) == (736, 544)
    assert [layer.kind for layer in stack.layers] == ["background", "object", "object"]
    assert onlooker.calls == [("layers", 1, 3), ("layers", 2, 3), ("layers", 3, 3)]
    assert "caption" not in stack.notes
    assert [stack.notes[name] for name in ("numbers", "weights", "memory")] == ["float32", "folder", "whole"]


def test_one_seed_gives_the_same_bytes_and_another_seed_others(model: QwenImageLayered) -> None:
    first, again, other = (model.decompose(_poster(), replace(QUICK, seed=seed), Onlooker()) for seed in (5, 5, 6))
    assert _bytes(first) == _bytes(again)
    assert first.layers[1].pixels.tobytes() != other.layers[1].pixels.tobytes()


def test_guidance_and_prompts_reach_the_model(model: QwenImageLayered) -> None:
    once = replace(QUICK, max_layers=1)
    asked = [
        once,
        replace(once, prompt="something else"),
        replace(once, guidance_scale=4.0),
        replace(once, guidance_scale=4.0, negative_prompt="text"),
    ]
    assert len({str(_bytes(model.decompose(_poster(), each, Onlooker()))) for each in asked}) == len(asked)


def test_without_a_prompt_the_picture_is_captioned_once_and_the_caption_kept(model: QwenImageLayered) -> None:
    first, again = Onlooker(), Onlooker()
    stack = model.decompose(_poster(), replace(QUICK, prompt=" "), first)
    caption = stack.notes["caption"]
    assert isinstance(caption, str)
    assert caption.strip()
    words = [call for call in first.calls if call[0] == "caption"]
    assert len(words) > 1
    repeated = model.decompose(_poster(), replace(QUICK, prompt=None), again)
    assert repeated.notes["caption"] == caption
    assert again.calls.count(words[0]) == 1
    given = model.decompose(_poster(), replace(QUICK, prompt=caption), Onlooker())
    assert [layer.pixels.tobytes() for layer in given.layers] == [layer.pixels.tobytes() for layer in stack.layers]


def test_cancel_ends_at_once_from_every_step_and_the_pipeline_stays_usable(model: QwenImageLayered) -> None:
    before = _bytes(model.decompose(_poster(), QUICK, Onlooker()))
    for index, place in enumerate([("caption", 0), ("layers", 1), ("layers", 3)]):
        fresh = _poster()
        fresh[0, 0, :3] = index  # a picture that has no caption yet
        onlooker = Onlooker(place)
        with pytest.raises(Canceled, match="seen enough"):
            model.decompose(fresh, replace(QUICK, prompt=None), onlooker)
        assert onlooker.calls[-1][:2] == place
    assert _bytes(model.decompose(_poster(), QUICK, Onlooker())) == before


def test_more_layers_than_the_model_knows_are_not_asked_of_it(model: QwenImageLayered) -> None:
    stack = model.decompose(_poster(), replace(QUICK, max_layers=16), Onlooker())
    attempts = stack.notes["attempts"]
    assert isinstance(attempts, list)
    assert [attempt["layers"] for attempt in attempts] == [10]


def test_one_step_is_run_as_two_since_the_schedule_needs_them(model: QwenImageLayered) -> None:
    onlooker = Onlooker()
    model.decompose(_poster(), replace(QUICK, num_inference_steps=1), onlooker)
    assert onlooker.calls == [("layers", 1, 3), ("layers", 2, 3), ("layers", 3, 3)]


def test_a_picture_handed_back_is_tried_once_more_and_reported(tmp_path: Path) -> None:
    change_weights(write_checkpoint(tmp_path), "vae", {"decoder.conv_out.weight": 0.0, "decoder.conv_out.bias": -1.0})
    blank = create("qwen-image-layered", weights=str(tmp_path), revision="main")
    onlooker = Onlooker()
    stack = blank.decompose(_poster(), QUICK, onlooker)
    assert stack.notes["separated"] is False
    attempts = stack.notes["attempts"]
    assert isinstance(attempts, list)
    assert [attempt["seed"] for attempt in attempts] == [5, 6]
    assert [attempt["coverage"] for attempt in attempts] == [0.0, 0.0]
    assert [call[0] for call in onlooker.calls] == ["layers"] * 3 + ["layers, second seed"] * 3
    assert len(stack.layers) == 1
    np.testing.assert_array_equal(stack.layers[0].pixels, fitted(_poster(), 640).picture)


@pytest.mark.parametrize(
    ("part", "name"), [("transformer", "proj_out.weight"), ("vae", "decoder.conv_out.bias")], ids=["steps", "decoder"]
)
def test_numbers_that_overflow_are_a_failure_and_no_black_picture(tmp_path: Path, part: str, name: str) -> None:
    change_weights(write_checkpoint(tmp_path), part, {name: float("nan")})
    broken = QwenImageLayered(weights=str(tmp_path))
    with pytest.raises(DecompositionFailed, match="overflowed in float32"):
        broken.decompose(_poster(), QUICK, Onlooker())


_STARVE = """
import resource, sys
from dataclasses import replace
from test_qwen_pipeline import QUICK, Onlooker, QwenImageLayered, _bytes, _poster
from model.errors import OutOfMemory

model = QwenImageLayered(weights=sys.argv[1])
before = _bytes(model.decompose(_poster(), QUICK, Onlooker()))
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (32 << 20), resource.RLIM_INFINITY))
try:
    model.decompose(_poster(), replace(QUICK, resolution=1024, max_layers=10), Onlooker())
except OutOfMemory as error:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(error)
    assert _bytes(model.decompose(_poster(), QUICK, Onlooker())) == before
    print("usable")
"""


def test_too_little_memory_has_its_name_and_leaves_the_model_usable(checkpoint: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STARVE, str(checkpoint)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{Path(__file__).parent}", "PATH": "", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, usable = done.stdout.splitlines()
    assert "ran out of memory at 1024 pixels with 10 layers" in said
    assert "The memory mode turns was tried as well." in said
    assert usable == "usable"


def test_a_damaged_file_of_weights_is_named(tmp_path: Path) -> None:
    (write_checkpoint(tmp_path) / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"cut off")
    with pytest.raises(ModelUnavailable, match=r"Not whole.*diffusion_pytorch_model\.safetensors \(7 bytes\)"):
        QwenImageLayered(weights=str(tmp_path)).setup()


def test_a_folder_without_the_captioner_is_refused(tmp_path: Path) -> None:
    (write_checkpoint(tmp_path) / "processor" / "preprocessor_config.json").unlink()
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        QwenImageLayered(weights=str(tmp_path)).setup()


def test_on_a_machine_without_a_gpu_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable, match=r"needs an NVIDIA GPU .*Nothing was downloaded"):
        create("qwen-image-layered", weights="Qwen/Qwen-Image-Layered", revision="main").setup()
    assert list(tmp_path.iterdir()) == []
