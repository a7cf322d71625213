"""The tiny checkpoint on a CUDA device: every placement, repeatable bytes, and memory that comes back."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_qwen import write_checkpoint

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered import QwenImageLayered, placement
from model.errors import OutOfMemory
from model.layers import Pixels, Stack

pytestmark = pytest.mark.gpu

QUICK = Parameters(max_layers=2, num_inference_steps=2, seed=5)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("qwen"))


def _poster() -> Pixels:
    picture = np.full((120, 160, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


def _decompose(model: QwenImageLayered, parameters: Parameters = QUICK) -> Stack:
    return model.decompose(_poster(), parameters, lambda *_: None)


@pytest.mark.parametrize("fp16", [False, True])
def test_one_seed_gives_the_same_bytes(checkpoint: Path, fp16: bool) -> None:
    model = QwenImageLayered(weights=str(checkpoint), precision="fp16" if fp16 else "auto")
    first, again = _decompose(model), _decompose(model)
    assert first.notes["numbers"] == ("float16" if fp16 or not torch.cuda.is_bf16_supported(False) else "bfloat16")
    assert [layer.pixels.tobytes() for layer in first.layers] == [layer.pixels.tobytes() for layer in again.layers]


@pytest.mark.parametrize("sharing", ["by part", "by layer"])
@pytest.mark.parametrize("fp16", [False, True])
def test_parts_that_take_turns_on_the_device_give_layers(
    checkpoint: Path, sharing: str, fp16: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.decomposers.qwen_image_layered.weights import looked_at

    whole = _decompose(QwenImageLayered(weights=str(checkpoint), precision="fp16" if fp16 else "auto"))
    sizes = looked_at(checkpoint).part_bytes
    free_bytes, _ = torch.cuda.mem_get_info()
    room = sizes["transformer"] + sizes["vae"] if sharing == "by part" else sizes["text_encoder"]
    assert placement.shared(sizes, room + placement.WORKING_BYTES) == sharing
    monkeypatch.setattr(placement, "WORKING_BYTES", free_bytes - room)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (free_bytes, free_bytes))
    shared = QwenImageLayered(weights=str(checkpoint), precision="fp16" if fp16 else "auto")
    made = _decompose(shared)
    assert (made.width, made.height) == (whole.width, whole.height)
    assert [layer.bbox for layer in made.layers] == [layer.bbox for layer in whole.layers]
    difference = [
        np.abs(layer.pixels.astype(int) - other.pixels).mean()
        for layer, other in zip(made.layers, whole.layers, strict=True)
    ]
    assert max(difference) < 2


def test_a_full_device_is_an_error_with_a_name_and_is_empty_again_afterwards(checkpoint: Path) -> None:
    model = QwenImageLayered(weights=str(checkpoint))
    before = _decompose(model)
    torch.cuda.empty_cache()
    used = torch.cuda.memory_allocated()
    _, total_bytes = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + (64 << 20)) / total_bytes)
    try:
        with pytest.raises(OutOfMemory, match="ran out of memory"):
            _decompose(model, Parameters(max_layers=10, num_inference_steps=2, resolution=1024))
        assert torch.cuda.memory_allocated() <= used + (1 << 20)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    after = _decompose(model)
    assert [layer.pixels.tobytes() for layer in after.layers] == [layer.pixels.tobytes() for layer in before.layers]
