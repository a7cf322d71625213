"""The diffusion model on one layer of a stack, on a tiny checkpoint: whatever it proposes, the whole stays exact."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.compositing import composite
from model.decomposers import Parameters
from model.decomposers.qwen_image_layered import QwenImageLayered
from model.layers import Layer, Pixels, Stack
from model.nested import cutout, split
from tests.stack_promises import by_pillow

QUICK = Parameters(max_layers=3, num_inference_steps=2, guidance_scale=1.0, prompt="a leaf on glass")
WIDTH, HEIGHT = 150, 110


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> QwenImageLayered:
    model = QwenImageLayered(weights=str(checkpoint))
    model.setup()
    return model


def _silent(stage: str, step: int, steps: int) -> None:
    pass


def _leaf() -> Pixels:
    """``(70, 90, 4)``: soft at its rim, half transparent on its right side."""
    rows, columns = np.mgrid[:70, :90].astype(np.float32)
    share = np.clip(30 - np.hypot((columns - 45) * 0.7, rows - 35), 0, 1)
    pixels = np.zeros((70, 90, 4), np.uint8)
    pixels[:, :, 1], pixels[:, :, 2] = 90 + rows, 40 + columns
    pixels[:, :, 3] = np.rint(share * np.where(columns > 45, 120, 255))
    pixels[pixels[:, :, 3] == 0] = 0
    return pixels


@pytest.mark.parametrize("index", [0, 1], ids=["the background", "a soft layer"])
def test_what_the_model_proposes_for_a_layer_takes_its_place_exactly(model: QwenImageLayered, index: int) -> None:
    ground = np.full((HEIGHT, WIDTH, 4), (240, 230, 210, 255), np.uint8)
    top = Layer(np.full((10, 20, 4), (1, 2, 3, 200), np.uint8), 60, 40, name="top", depth=1.0)
    under = Layer(ground, name="background", kind="background", depth=0.0)
    whole = Stack(WIDTH, HEIGHT, (under, Layer(_leaf(), 30, 20, name="leaf", depth=0.5), top))
    shown = cutout(whole.layers[index]).shown()
    raw = model.decompose(shown, replace(QUICK, seed=index), _silent)
    nested = split(whole, index, raw, QUICK, _silent)
    assert np.array_equal(by_pillow(nested.stack), composite(whole))
    assert 1 <= nested.child_count <= 3
    others = [*nested.stack.layers[:index], *nested.stack.layers[index + nested.child_count :]]
    before = [*whole.layers[:index], *whole.layers[index + 1 :]]
    assert all(one.pixels is other.pixels for one, other in zip(others, before, strict=True))
    assert nested.stack.notes["separated"] is (nested.child_count > 1)
    assert nested.stack.notes["attempts"]
