"""Our sampling against diffusers' pipeline, on the tiny checkpoint: the same bits, or counted differences."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from tiny_qwen import write_checkpoint

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.denoise import Run
from model.decomposers.qwen_image_layered.frame import Frame, fitted
from model.decomposers.qwen_image_layered.loading import Loaded, load
from model.decomposers.qwen_image_layered.method import Method
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.words import Guidance, Words
from model.layers import Pixels

PARAMETERS = Parameters(num_inference_steps=3, guidance_scale=4.0, seed=5, prompt="a red square on blue")
SEED = 7


def _drawn(width: int, height: int) -> Pixels:
    """A gradient with a square on it."""
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    picture[..., 1] = np.linspace(255, 0, height).astype(np.uint8)[:, None]
    picture[height // 4 : height // 2, width // 4 : width // 2, :3] = (220, 40, 40)
    return picture


def _unheard(stage: str, step: int, steps: int) -> None:
    pass


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(Options(weights=str(write_checkpoint(tmp_path_factory.mktemp("qwen")))))


@pytest.fixture(scope="module")
def words(loaded: Loaded) -> Words:
    return Words(loaded)


def _by_diffusers(loaded: Loaded, frame: Frame, guidance: Guidance, parameters: Parameters, layers: int) -> Pixels:
    """``(layers, height, width, 4)`` from the pipeline's own loop."""
    asked: dict[str, Any] = {
        "prompt": "given as embeddings",
        "prompt_embeds": guidance.prompt.values,
        "prompt_embeds_mask": guidance.prompt.mask,
    }
    if guidance.negative is not None:
        asked |= {
            "negative_prompt_embeds": guidance.negative.values,
            "negative_prompt_embeds_mask": guidance.negative.mask,
        }
    decoded = loaded.pipeline(
        image=frame.shown,
        layers=layers,
        resolution=parameters.resolution,
        num_inference_steps=parameters.num_inference_steps,
        true_cfg_scale=parameters.guidance_scale,
        cfg_normalize=True,
        generator=torch.Generator("cpu").manual_seed(SEED),
        output_type="pt",
        **asked,
    ).images[0]
    return np.rint(decoded.numpy().transpose(0, 2, 3, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "resolution", "layers", "steps", "scale", "sliced"),
    [
        (160, 120, 640, 2, 3, 4.0, True),
        (160, 120, 640, 2, 3, 4.0, False),
        (160, 120, 640, 2, 3, 1.0, True),
        (90, 160, 640, 4, 2, 4.0, False),
        (100, 100, 640, 1, 10, 1.0, True),
        (300, 60, 1024, 2, 2, 4.0, True),
    ],
)
def test_exact_sampling_gives_the_very_pixels_of_diffusers(
    loaded: Loaded,
    words: Words,
    width: int,
    height: int,
    resolution: int,
    layers: int,
    steps: int,
    scale: float,
    sliced: bool,
) -> None:
    parameters = replace(PARAMETERS, resolution=resolution, num_inference_steps=steps, guidance_scale=scale)
    frame = fitted(_drawn(width, height), resolution)
    guidance = words.guidance("a red square on blue", parameters)
    loaded.pipeline.vae.use_slicing = sliced
    run = Run(loaded, frame, guidance, parameters, layers, Method.exact())
    ours = np.stack(run.layers(SEED, "layers", _unheard))
    np.testing.assert_array_equal(ours, _by_diffusers(loaded, frame, guidance, parameters, layers))
    assert ours.std(axis=(1, 2)).min() > 0  # no blank pictures, which all samplers would agree on
    assert (run.forwards, run.skipped) == (steps * (2 if scale > 1 else 1), 0)
