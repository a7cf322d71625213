"""One picture in a process of its own: seconds of each stage, and how far the peak of its memory rose in it."""

import resource
import sys
import time
from dataclasses import dataclass, field
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from model.decomposers import Parameters, create
from model.decomposers.base import LayerCount
from model.encode import decode_own
from model.fidelity import max_error
from model.layers import Pixels
from model.refine import refine
from model.result import exact_pngs

_WARM_SIDE = 256


@dataclass(slots=True)
class Clock:
    """An ``on_progress`` that keeps seconds of the clock and of the processor, and MiB of growth, a stage."""

    stages: dict[str, list[float]] = field(default_factory=dict)
    _last: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def start(self) -> None:
        self._last = time.perf_counter(), time.process_time(), peak_mib()

    def __call__(self, stage: str, step: int, steps: int) -> None:
        now = time.perf_counter(), time.process_time(), peak_mib()
        kept = self.stages.setdefault(stage, [0.0, 0.0, 0.0])
        for index in range(3):
            kept[index] += now[index] - self._last[index]
        self._last = now


def measured(png: bytes, model: str, max_layers: LayerCount) -> dict[str, object]:
    """A PNG of ``model.encode`` through the model, refine, the check and the encoder, as in a worker."""
    decomposer = create(model)
    decomposer.setup()
    parameters = Parameters(max_layers=max_layers)
    small = np.full((_WARM_SIDE, _WARM_SIDE, 4), 255, np.uint8)
    decomposer.decompose(small, parameters, lambda stage, step, steps: None)
    before_mib = peak_mib()
    clock = Clock()
    clock.start()
    image = decode_own(png)
    clock("read", 1, 1)
    raw = decomposer.decompose(image, parameters, clock)
    clock("decomposed", 1, 1)
    stack = refine(raw, image, parameters, clock)
    clock("refined", 1, 1)
    split_mib = peak_mib()
    pngs = exact_pngs(stack, image, clock)
    return {
        "stages": clock.stages,
        "layers": len(stack.layers),
        "before_mib": before_mib,
        "split_mib": split_mib,
        "job_mib": peak_mib(),
        "png_mib": sum(len(one) for one in pngs) / 2**20,
        "max_error": max_error(stack, image),
    }


def peer(png: bytes) -> dict[str, object]:
    """What everybody has: Pillow reads the file, OpenCV's bilateral filter smooths the picture."""
    clock = Clock()
    clock.start()
    with Image.open(BytesIO(png)) as opened:
        picture: Pixels = np.array(opened.convert("RGB"))
    clock("read", 1, 1)
    cv2.bilateralFilter(picture, 9, 30.0, 5.0)
    clock("filter", 1, 1)
    return {"stages": clock.stages, "job_mib": peak_mib()}


def peak_mib() -> float:
    """Of this process, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
