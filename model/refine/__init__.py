"""From a raw stack at the size of a model to a true one at the size of the picture.

accept     clip, normalise alphas, drop what is blank
ground     an opaque background first; no second copy of the picture
colours    hidden parts follow what is visible beside them
upscale    to the picture's size, edges on its edges
rims       cut too narrow or too wide: mended where the picture says so
owners     pixels that are not opaque in the picture go to one layer each
tidy       specks merged, at most ``max_layers``
residual   what no layer explains, as a layer of its own
exact      colours move until the stack recomposes to the picture, bit for bit
hollow     of a picture with an alpha, the ground goes where nothing of it is seen
name       unique names, depths

Colours are matched at the size of the model, where picture and proposal show the same detail, and before the upscaling,
which needs to know the colours on both sides of an edge. Owners come before anything is merged, so that no later stage
meets a pixel whose alpha is not settled.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from model.alpha import trimmed
from model.decomposers.base import OnProgress, Parameters
from model.layers import Layer, Pixels, Stack
from model.refine.accept import accepted, grounded
from model.refine.colours import matched
from model.refine.exact import make_exact
from model.refine.hollow import hollowed
from model.refine.owners import owned, settled
from model.refine.residual import with_residual
from model.refine.rims import rimmed
from model.refine.tidy import named, tidied
from model.refine.upscale import upscaled

_FARTHEST_RIM = 12
_STAGES = ("accept", "ground", "colours", "upscale", "rims", "owners", "tidy", "residual", "exact")


def _silent(stage: str, step: int, steps: int) -> None:
    """For callers that do not look on."""


def refine(raw: Stack, image: Pixels, parameters: Parameters, on_progress: OnProgress = _silent) -> Stack:
    """Make a proposal true: ``composite`` of what comes back is the picture, bit for bit, alpha included.

    Args:
        raw: of any size, bottom first; anything goes, an empty stack too. Not written to.
        image: ``(H, W, 4)`` uint8, straight alpha; RGB is 0 where alpha is 0. Not written to.
        parameters: ``most_layers``, ``min_alpha_area_ratio`` and ``enable_residual`` are heeded.
        on_progress: called at the end of each stage, and after each layer within the longest one; may raise.

    Returns:
        A stack of the picture's size: 1 to ``most_layers`` layers, the first of kind ``background``, none blank (but
        for the only one of a picture that is), names unique, depths from 0 to 1. Of a picture that is things on
        nothing the lowest thing is the background. The notes are those of ``raw``.
    """
    ground, parts = parted(raw, image, parameters, on_progress)
    layers = [*([] if ground is None else [ground]), *parts]
    return Stack(image.shape[1], image.shape[0], tuple(named(_on_a_background(layers))), dict(raw.notes))


def parted(
    raw: Stack,
    image: Pixels,
    parameters: Parameters,
    on_progress: OnProgress = _silent,
    on_nothing: bool = True,
) -> tuple[Layer | None, list[Layer]]:
    """The same layers as ``refine`` before they are named: the ground, ``None`` where nothing of it is seen, and what
    stands on it or on nothing, cropped; only a ground that is all there is may be blank.

    Unless the picture stays ``on_nothing`` each of its pixels that is not opaque is one layer's alone: two that make it
    up make it up over nothing, and over another ground to within a step."""
    height, width = image.shape[:2]

    def done(stage: str) -> None:
        on_progress(stage, _STAGES.index(stage) + 1, len(_STAGES))

    layers = accepted(raw, width, height)
    done("accept")
    coarse = _reduced(image, min(max(raw.width, 1), width), min(max(raw.height, 1), height))
    layers = grounded(layers, coarse)
    done("ground")
    layers = matched(layers, coarse)
    done("colours")
    layers = upscaled(layers, coarse, image, lambda: done("upscale"))
    layers = rimmed(layers, image, _reach(raw, image))
    done("rims")
    layers = owned(layers, image, on_nothing)
    done("owners")
    layers = tidied(layers, width, height, parameters.min_alpha_area_ratio, parameters.most_layers)
    done("tidy")
    if parameters.enable_residual:
        layers = with_residual(layers, image, parameters.most_layers, parameters.min_alpha_area_ratio)
    settled(layers, image)
    done("residual")
    make_exact(layers, image)
    done("exact")
    return hollowed(_shown(layers), image, parameters.min_alpha_area_ratio)


def _reach(raw: Stack, image: Pixels) -> int:
    """How far off a rim may be, in pixels of the picture: two of the model's, and one more."""
    height, width = image.shape[:2]
    scale: float = max(1.0, width / max(raw.width, 1), height / max(raw.height, 1))
    return min(_FARTHEST_RIM, math.ceil(2 * scale) + 1)


def _reduced(image: Pixels, width: int, height: int) -> Pixels:
    """The picture at a size that is no larger, averaged over areas."""
    if image.shape[:2] == (height, width):
        return image
    if image[:, :, 3].min() == 255:
        small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)
    whole = Image.fromarray(np.ascontiguousarray(image)).convert("RGBa")
    return np.array(whole.resize((width, height), Image.Resampling.BOX).convert("RGBA"))


def _shown(layers: Sequence[Layer]) -> list[Layer]:
    """Cropped to what they show, blank ones but the ground left out."""
    return [trimmed(layers[0]) or layers[0], *(part for layer in layers[1:] if (part := trimmed(layer)) is not None)]


def _on_a_background(layers: Sequence[Layer]) -> list[Layer]:
    """The lowest layer is the background; of things that stand on nothing one that is no text, whose words are kept."""
    first = next((index for index, layer in enumerate(layers) if _can_go_under(layers[:index], layer)), 0)
    lowest = replace(layers[first], kind="background", text=None, lines=())
    return [lowest, *layers[:first], *layers[first + 1 :]]


def _can_go_under(below: Sequence[Layer], layer: Layer) -> bool:
    """Whether it can be the background and nothing looks different: no layer below it shows anything where it does."""
    return layer.kind != "text" and not any(_meet(layer, other) for other in below)


def _meet(first: Layer, second: Layer) -> bool:
    left, top = max(first.x, second.x), max(first.y, second.y)
    right, bottom = (
        min(first.x + first.width, second.x + second.width),
        min(first.y + first.height, second.y + second.height),
    )
    if left >= right or top >= bottom:
        return False
    shown = [
        layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x, 3] > 0
        for layer in (first, second)
    ]
    return bool((shown[0] & shown[1]).any())
