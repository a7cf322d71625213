"""Where the parts go and in which numbers they compute: the layers stay the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_qwen import write_checkpoint
from torch import nn

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered import placement
from model.decomposers.qwen_image_layered.denoise import Run
from model.decomposers.qwen_image_layered.frame import fitted
from model.decomposers.qwen_image_layered.half import HalfLinear, halve
from model.decomposers.qwen_image_layered.loading import Loaded, assembled
from model.decomposers.qwen_image_layered.placement import CPU_BYTES, GIB, Placement, placed, shared
from model.decomposers.qwen_image_layered.weights import Folder, looked_at
from model.decomposers.qwen_image_layered.words import Words
from model.errors import ModelUnavailable

REAL = {"text_encoder": int(16.58e9), "transformer": int(40.86e9), "vae": int(0.25e9)}
QUICK = Parameters(max_layers=2, num_inference_steps=2, guidance_scale=4.0, prompt="a square")

Layers = Callable[[Placement], np.ndarray]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Runs the tiny model as placed, on the CPU; caption included."""
    folder = looked_at(write_checkpoint(tmp_path_factory.mktemp("qwen")))
    picture = np.full((64, 64, 4), (30, 60, 200, 255), np.uint8)
    picture[16:48, 16:48, :3] = (220, 40, 40)
    frame = fitted(picture, 640)

    def run(place: Placement) -> np.ndarray:
        loaded = Loaded(assembled(folder, place), place, "folder")
        words = Words(loaded)
        assert words.caption(frame, lambda: None)
        made = Run(loaded, frame, words.guidance("a square", QUICK), QUICK, 2).layers(3, "", lambda *_: None)
        return np.stack(made).astype(int)

    return run


@pytest.fixture(scope="module")
def expected(layers: Layers) -> np.ndarray:
    return layers(Placement(torch.device("cpu"), "float32", "whole"))


def test_parts_that_take_turns_give_the_same_layers(layers: Layers, expected: np.ndarray) -> None:
    made = layers(Placement(torch.device("cpu"), "float32", "by part"))
    assert np.abs(made - expected).max() <= 1


def test_layers_of_the_network_that_take_turns_give_the_same_layers_in_half_precision_too(
    layers: Layers, expected: np.ndarray
) -> None:
    made = layers(Placement(torch.device("cpu"), "float16", "by layer"))
    assert np.abs(made - expected).mean() < 0.1
    assert np.abs(made - expected).max() > 0


def test_a_layer_whose_sums_overflow_plain_float16_does_not_here() -> None:
    torch.manual_seed(1)
    layer = nn.Linear(512, 32)
    values = torch.randn(7, 512) * torch.tensor([1e-9, 1e-4, 1.0, 1e3, 6e4, 1e7, 0.0])[:, None]
    wanted = nn.functional.linear(values.double(), layer.weight.double(), layer.bias.double())
    plain = nn.functional.linear(values.half(), layer.weight.half(), layer.bias.half())
    assert not torch.isfinite(plain).all()
    halve(layer)
    assert type(layer) is HalfLinear
    assert layer.weight.dtype == torch.float16
    made = layer(values)
    assert made.dtype == torch.float32
    scale = wanted.abs().amax(-1, keepdim=True)
    assert ((made - wanted).abs() / scale).max() < 2e-3


def test_only_the_weights_of_linear_layers_become_halves() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Embedding(3, 4)).bfloat16()
    halve(network)
    assert [parameter.dtype for parameter in network.parameters()] == [torch.float16] * 2 + [torch.float32] * 3


@pytest.mark.parametrize(
    ("free_gib", "expected_sharing"),
    [(78, "whole"), (60, "whole"), (59, "by part"), (45, "by part"), (44, "by layer"), (23, "by layer")],
)
def test_the_real_parts_share_a_gpu_by_its_free_memory(free_gib: int, expected_sharing: str) -> None:
    assert shared(REAL, free_gib * GIB) == expected_sharing


def test_a_gpu_too_small_for_any_sharing_is_refused_with_figures() -> None:
    with pytest.raises(ModelUnavailable, match=r"16 GiB free; .* needs 21 GiB, and 60 GiB to be quick"):
        shared(REAL, 16 * GIB)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_small_weights_run_on_a_cpu_in_float32_and_large_ones_do_not() -> None:
    small = Folder(Path("small"), {"transformer": CPU_BYTES // 64})
    assert placed(small, fp16=True) == Placement(torch.device("cpu"), "float32", "whole")
    with pytest.raises(ModelUnavailable, match="needs an NVIDIA GPU"):
        placed(Folder(Path("real"), REAL), fp16=False)


@pytest.mark.usefixtures("no_gpu")
def test_weights_larger_than_the_main_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "CPU_BYTES", 2**62)
    with pytest.raises(ModelUnavailable, match=r"need \d+ GiB of main memory"):
        placed(Folder(Path("vast"), {"transformer": 2**50}), fp16=False)
