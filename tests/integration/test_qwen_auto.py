"""``max_layers=auto`` with the real pipeline on a tiny checkpoint, whose layers are noise."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_qwen import change_weights, write_checkpoint

from model.decomposers import Parameters, qwen_image_layered
from model.decomposers.qwen_image_layered import QwenImageLayered, _Job
from model.decomposers.qwen_image_layered.adapters.known import Prescribed
from model.decomposers.qwen_image_layered.pictures.auto import FIRST_LAYERS
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.pictures.separation import Separation, judged
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.weights.sizes import Asked
from model.errors import Canceled
from model.layers import Pixels, on_canvas

AUTO = Parameters(max_layers="auto", num_inference_steps=2, guidance_scale=1.0, seed=5, prompt="a ring and a disc")
SPLIT = "layers, split 1 of 1"


def _picture(*radii: int) -> Pixels:
    """Around one centre, largest first, in two colours by turns; the ground is opaque and dark."""
    picture = np.full((320, 320, 4), (20, 20, 60, 255), np.uint8)
    for index, radius in enumerate(radii):
        cv2.circle(picture, (160, 160), radius, ((220, 40, 40, 255), (20, 20, 60, 255))[index % 2], -1)
    return picture


RING_AND_DISC = _picture(140, 100, 50)


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


@pytest.fixture
def well_begun(model: QwenImageLayered, monkeypatch: pytest.MonkeyPatch) -> QwenImageLayered:
    """The model, its first run taken for as good as it could have been: the ground, and ring and disc as one layer.

    What it makes of that layer is its own, and judged as ever.
    """
    begun = fitted(RING_AND_DISC, 640)

    def first_run_is_good(layers: list[Pixels], frame: Frame, seed: int) -> Separation:
        if frame.shown.tobytes() != begun.shown.tobytes():
            return judged(layers, frame, seed)
        ground = np.full((640, 640, 4), (20, 20, 60, 255), np.uint8)
        return judged([ground, _ring_and_disc(), *2 * [np.zeros_like(ground)]], frame, seed)

    monkeypatch.setattr(qwen_image_layered, "judged", first_run_is_good)
    return model


def _ring_and_disc() -> Pixels:
    layer = fitted(RING_AND_DISC, 640).picture.copy()
    layer[layer[:, :, 0] < 120] = 0
    return layer


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


def test_what_interlocks_goes_through_the_model_again_with_a_caption_of_its_own(well_begun: QwenImageLayered) -> None:
    onlooker = Onlooker()
    stack = well_begun.decompose(RING_AND_DISC, AUTO, onlooker)
    assert list(dict.fromkeys(stage for stage, _, _ in onlooker.calls)) == ["layers", "caption", SPLIT]
    assert [call for call in onlooker.calls if call[0] == SPLIT] == [(SPLIT, 1, 3), (SPLIT, 2, 3), (SPLIT, 3, 3)]
    auto = stack.notes["auto"]
    assert isinstance(auto, dict)
    (split,) = auto["splits"]
    assert (auto["runs"], split["layer"], split["by"], split["run"]["seed"]) == (1, 1, "model", 5)
    assert split["parts"] == 1, "noise is not taken for the parts"
    ring_and_disc = on_canvas(stack.layers[1], stack.width, stack.height)
    assert np.array_equal(ring_and_disc[:, :, 3] > 0, _ring_and_disc()[:, :, 3] > 0)
    assert "caption" not in stack.notes


def test_what_an_adapter_was_trained_with_holds_for_a_split_too(model: QwenImageLayered) -> None:
    onlooker, frame = Onlooker(), fitted(RING_AND_DISC, 640)
    trained_with = Prescribed(layers=FIRST_LAYERS, prompt="a clean, well composed image")
    job = _Job(frame, AUTO, FIRST_LAYERS, trained_with, Method(), onlooker)
    split, _ = model._ready().run(Asked(640, 2), lambda loaded, words: job._again(loaded, words, frame, 2, SPLIT))
    assert split.asked == FIRST_LAYERS
    assert {stage for stage, _, _ in onlooker.calls} == {SPLIT}, "no caption is made"


def test_cancel_ends_a_split_at_once_and_the_model_stays_usable(well_begun: QwenImageLayered) -> None:
    for place in (("caption", 0), (SPLIT, 1)):
        onlooker = Onlooker(place)
        with pytest.raises(Canceled, match="seen enough"):
            well_begun.decompose(RING_AND_DISC, AUTO, onlooker)
        assert onlooker.calls[-1][:2] == place
    assert "auto" in well_begun.decompose(RING_AND_DISC, AUTO, Onlooker()).notes


def test_a_picture_handed_back_twice_is_not_split(tmp_path: Path) -> None:
    change_weights(write_checkpoint(tmp_path), "vae", {"decoder.conv_out.weight": 0.0, "decoder.conv_out.bias": -1.0})
    blank = QwenImageLayered(weights=str(tmp_path))
    stack = blank.decompose(RING_AND_DISC, AUTO, Onlooker())
    assert (stack.notes["separated"], stack.notes["auto"]) == (False, {"runs": 0, "splits": []})
    assert len(stack.layers) == 1
