"""The real weights, from LAMINA_QWEN_WEIGHTS, take a poster apart."""

import os

import cv2
import numpy as np
import pytest

from model.compositing import composite
from model.decomposers import Parameters, create
from model.layers import Pixels
from model.refine import refine

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(3600)]


def _poster() -> Pixels:
    """A disc and a word on a run of colour."""
    rgb = np.empty((600, 800, 3), np.uint8)
    rgb[:] = np.linspace((30, 60, 120), (90, 140, 200), 800)[None]
    cv2.circle(rgb, (260, 320), 150, (230, 60, 40), -1, cv2.LINE_AA)
    cv2.putText(rgb, "SALE", (430, 340), cv2.FONT_HERSHEY_DUPLEX, 4.0, (255, 255, 255), 10, cv2.LINE_AA)
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def test_a_poster_comes_apart_and_recomposes_exactly() -> None:
    revision = os.environ.get("LAMINA_QWEN_REVISION", "main")
    model = create("qwen-image-layered", weights=os.environ["LAMINA_QWEN_WEIGHTS"], revision=revision)
    parameters = Parameters(max_layers=4)
    raw = model.decompose(_poster(), parameters, lambda *_: None)
    assert raw.notes["separated"]
    caption = raw.notes["caption"]
    assert isinstance(caption, str)
    assert "SALE" in caption
    stack = refine(raw, _poster(), parameters)
    assert len(stack.layers) >= 2
    np.testing.assert_array_equal(composite(stack), _poster())
