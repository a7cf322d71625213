"""Whatever a model notes is explained where the API describes itself."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from app.web.decomposition_schemas import DecompositionOut
from model.decomposers import Parameters, create
from model.layers import Pixels


def _poster() -> Pixels:
    picture = np.full((120, 160, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


def _unheard(stage: str, step: int, steps: int) -> None:
    """Nobody looks on."""


def _explained() -> set[str]:
    return {*re.findall(r"`(\w+)`", str(DecompositionOut.model_fields["notes"].description))}


def _noted(model: str, parameters: Parameters, **options: Any) -> set[str]:
    return {*create(model, **options).decompose(_poster(), parameters, _unheard).notes}


def test_the_notes_of_classic_are_explained() -> None:
    assert _noted("classic", Parameters()) <= _explained()


def test_the_notes_of_the_diffusion_model_are_explained(checkpoint: Path) -> None:
    quick = Parameters(max_layers="auto", num_inference_steps=1, guidance_scale=1.0)
    noted = _noted("qwen-image-layered", quick, weights=str(checkpoint))
    assert {"attempts", "auto", "caption", "memory", "numbers", "separated", "weights"} <= noted <= _explained()


def test_the_notes_of_one_named_object_are_explained(checkpoint: Path) -> None:
    quick = Parameters(prompt="the red square", num_inference_steps=1, guidance_scale=1.0)
    own = {"weights": str(checkpoint), "adapter": str(checkpoint / "transformer")}
    assert {"adapter", "attempts"} <= _noted("qwen-image-layered-control", quick, **own) <= _explained()


def test_what_is_noted_only_when_something_went_wrong_is_explained() -> None:
    assert {"retried_for_memory", "fell_back"} <= _explained()
