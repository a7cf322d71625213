"""Where the parts go and in which numbers they compute: the layers stay the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from torch import nn

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device.half import HalfLinear, halve
from model.decomposers.qwen_image_layered.device.placement import this_device, this_machine
from model.decomposers.qwen_image_layered.device.plan import Plan
from model.decomposers.qwen_image_layered.loading import Loaded, assembled, load, loaded
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.pictures.frame import fitted
from model.decomposers.qwen_image_layered.sampling.denoise import Run
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.weights.folder import PARTS, Folder, looked_at
from model.decomposers.qwen_image_layered.words import Words
from model.errors import ModelUnavailable
from tests.safetensors_of_zeros import header_of

CPU = torch.device("cpu")
WHOLE = Plan("float32", "whole")
STREAMED = Plan("float32", "streamed", words_streamed=True)
QUICK = Parameters(max_layers=2, num_inference_steps=2, guidance_scale=4.0, prompt="a square")

Layers = Callable[[Loaded], np.ndarray]


@pytest.fixture(scope="module")
def folder(checkpoint: Path) -> Folder:
    return looked_at(checkpoint)


@pytest.fixture(scope="module")
def layers() -> Layers:
    """Runs the tiny model, on the CPU; caption included."""
    picture = np.full((64, 64, 4), (30, 60, 200, 255), np.uint8)
    picture[16:48, 16:48, :3] = (220, 40, 40)
    frame = fitted(picture, 640)

    def run(model: Loaded) -> np.ndarray:
        words = Words(model)
        assert words.caption(frame, lambda: None)
        made = Run(model, frame, words.guidance("a square", QUICK), QUICK, 2, Method.exact()).layers(
            3, "", lambda *_: None
        )
        return np.stack(made).astype(int)

    return run


@pytest.fixture(scope="module")
def expected(folder: Folder, layers: Layers) -> np.ndarray:
    return layers(loaded(folder, "folder", WHOLE))


def test_a_model_arranged_anew_between_runs_gives_the_same_layers_in_every_mode(
    folder: Folder, layers: Layers, expected: np.ndarray
) -> None:
    model = loaded(folder, "folder", STREAMED)
    for plan in (STREAMED, replace(WHOLE, sharing="turns"), replace(STREAMED, words_streamed=False), WHOLE):
        model.arrange(plan)
        assert model.placement.sharing == plan.sharing
        np.testing.assert_array_equal(layers(model), expected)


def test_layers_decoded_in_tiles_are_nearly_the_same(folder: Folder, layers: Layers, expected: np.ndarray) -> None:
    model = loaded(folder, "folder", replace(STREAMED, tiled=True))
    made = layers(model)
    assert 0 < np.abs(made - expected).mean() < 0.5
    assert np.abs(made - expected).max() <= 8
    model.arrange(STREAMED)
    np.testing.assert_array_equal(layers(model), expected)


def test_streamed_half_precision_gives_nearly_the_same_layers(
    folder: Folder, layers: Layers, expected: np.ndarray
) -> None:
    made = layers(loaded(folder, "folder", Plan("float16", "streamed", words_streamed=True)))
    assert np.abs(made - expected).mean() < 0.1
    assert np.abs(made - expected).max() > 0


def test_streaming_leaves_nothing_behind_when_it_ends(folder: Folder) -> None:
    model = loaded(folder, "folder", STREAMED)
    streamed = [part for part in (model.pipeline.transformer, model.pipeline.text_encoder) if _hooks(part)]
    assert len(streamed) == 2
    model.arrange(WHOLE)
    assert not any(_hooks(part) for part in streamed)


def _hooks(part: nn.Module) -> list[str]:
    registries = [getattr(module, "_diffusers_hook", None) for module in part.modules()]
    return [name for registry in registries if registry is not None for name in registry.hooks]


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


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_a_machine_without_a_gpu_computes_on_its_cpu_and_knows_its_free_memory() -> None:
    machine = this_machine()
    assert machine.gpu_free_bytes is None
    assert 0 < machine.host_free_bytes <= psutil.virtual_memory().total
    assert this_device() == CPU


@pytest.mark.usefixtures("no_gpu")
def test_large_weights_are_refused_on_a_cpu_before_they_are_read(folder: Folder, tmp_path: Path) -> None:
    for part in PARTS:
        (tmp_path / part).mkdir()
        with (tmp_path / part / "model.safetensors").open("wb") as file:
            file.write(header_of(2**30))
            file.truncate(file.tell() + 2**30)
    (tmp_path / "model_index.json").write_bytes((folder.path / "model_index.json").read_bytes())
    with pytest.raises(ModelUnavailable, match="needs an NVIDIA GPU"):
        load(Options(weights=str(tmp_path)))


def test_the_captioner_is_greedy_and_layers_are_decoded_one_by_one(folder: Folder) -> None:
    pipeline = assembled(folder, CPU, WHOLE)
    assert pipeline.text_encoder.generation_config.do_sample is False
    assert pipeline.vae.use_slicing
    assert not any(module.training for module in pipeline.transformer.modules())
