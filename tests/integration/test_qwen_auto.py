"""``max_layers=auto`` with the real pipeline on a tiny checkpoint, whose layers are noise."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_qwen import change_weights, write_checkpoint

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered import QwenImageLayered
from model.decomposers.qwen_image_layered.auto import FIRST_LAYERS, split_further
from model.decomposers.qwen_image_layered.frame import Frame, fitted
from model.decomposers.qwen_image_layered.separation import Separation, judged
from model.errors import Canceled
from model.layers import Pixels

AUTO = Parameters(max_layers="auto", num_inference_steps=2, guidance_scale=1.0, seed=5, prompt="a ring and a disc")
SPLIT = "layers, split 1 of 1"


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
def model(tmp_path_factory: pytest.TempPathFactory) -> QwenImageLayered:
    model = QwenImageLayered(weights=str(write_checkpoint(tmp_path_factory.mktemp("qwen"))))
    model.setup()
    return model


def _picture(*radii: int) -> Pixels:
    """Around one centre, largest first, in two colours by turns; the ground is opaque and dark."""
    picture = np.full((320, 320, 4), (20, 20, 60, 255), np.uint8)
    for index, radius in enumerate(radii):
        cv2.circle(picture, (160, 160), radius, ((220, 40, 40, 255), (20, 20, 60, 255))[index % 2], -1)
    return picture


def _first(frame: Frame) -> Separation:
    """As good as the model could have done it: the ground, and a ring and a disc as one layer."""
    ground = np.full((640, 640, 4), (20, 20, 60, 255), np.uint8)
    layer = frame.picture.copy()
    layer[layer[:, :, 0] < 120] = 0
    return judged([ground, layer, np.zeros_like(layer), np.zeros_like(layer)], frame, 5)


def _split(model: QwenImageLayered, onlooker: Onlooker) -> Callable[[], tuple[tuple[Pixels, ...], dict[str, object]]]:
    frame = fitted(_picture(140, 100, 50), 640)
    again = partial(model._again, AUTO, onlooker)
    return lambda: split_further(_first(frame), frame, again, AUTO.min_alpha_area_ratio)


def test_auto_starts_at_four_layers_and_says_what_it_did(model: QwenImageLayered) -> None:
    onlooker = Onlooker()
    stack = model.decompose(_picture(140), AUTO, onlooker)
    counted = model.decompose(_picture(140), replace(AUTO, max_layers=FIRST_LAYERS), Onlooker())
    auto = stack.notes["auto"]
    assert isinstance(auto, dict)
    assert set(auto) == {"runs", "splits"}
    assert onlooker.calls[:3] == [("layers", 1, 3), ("layers", 2, 3), ("layers", 3, 3)]
    assert stack.notes["attempts"] == counted.notes["attempts"]
    assert stack.layers[0].pixels.tobytes() == counted.layers[0].pixels.tobytes()
    assert "auto" not in counted.notes


def test_what_interlocks_goes_through_the_model_again_with_a_caption_of_its_own(model: QwenImageLayered) -> None:
    onlooker = Onlooker()
    (_, layer), notes = _split(model, onlooker)()
    stages = list(dict.fromkeys(stage for stage, _, _ in onlooker.calls))
    assert stages == ["caption", SPLIT]
    assert [call for call in onlooker.calls if call[0] == SPLIT] == [(SPLIT, 1, 3), (SPLIT, 2, 3), (SPLIT, 3, 3)]
    assert notes["runs"] == 1
    assert isinstance(notes["splits"], list)
    (split,) = notes["splits"]
    assert (split["by"], split["parts"], split["run"]["seed"]) == ("model", 1, 5), "noise is not taken for the parts"
    assert np.array_equal(layer, _first(fitted(_picture(140, 100, 50), 640)).layers[1])


@pytest.mark.parametrize("place", [("caption", 0), (SPLIT, 1), (SPLIT, 3)], ids=str)
def test_cancel_ends_a_split_at_once_and_the_model_stays_usable(
    model: QwenImageLayered, place: tuple[str, int]
) -> None:
    onlooker = Onlooker(place)
    with pytest.raises(Canceled, match="seen enough"):
        _split(model, onlooker)()
    assert onlooker.calls[-1][:2] == place
    _, notes = _split(model, Onlooker())()
    assert notes["runs"] == 1


def test_a_picture_handed_back_twice_is_not_split(tmp_path: Path) -> None:
    change_weights(write_checkpoint(tmp_path), "vae", {"decoder.conv_out.weight": 0.0, "decoder.conv_out.bias": -1.0})
    blank = QwenImageLayered(weights=str(tmp_path))
    stack = blank.decompose(_picture(140, 100, 50), AUTO, Onlooker())
    assert (stack.notes["separated"], stack.notes["auto"]) == (False, {"runs": 0, "splits": []})
    assert len(stack.layers) == 1
