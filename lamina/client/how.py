"""What may be asked for by name; nothing of it has to be."""

from collections.abc import Sequence
from typing import Literal, TypedDict


class How(TypedDict, total=False):
    """How to take something apart; what is left out, the service chooses."""

    model: str | None
    max_layers: int | Literal["auto"] | None
    min_alpha_area_ratio: float | None
    enable_residual: bool | None
    seed: int | None
    prompt: str | None
    negative_prompt: str | None
    resolution: Literal[640, 1024] | None
    num_inference_steps: int | None
    guidance_scale: float | None
    cache: Literal["use", "bypass", "only", "similar"] | None
    webhook_url: str | None


class ExportOptions(TypedDict, total=False):
    """Of animations (``webp``, ``apng``, ``gif``): milliseconds of each step and of the last, ``width``, and how often
    it loops, 0 for ever. Of slides (``pptx``): words as ``pictures`` or text ``boxes``, and how the layers build up."""

    frame_ms: int | None
    hold_ms: int | None
    width: int | None
    loop: int | None
    text: Literal["pictures", "boxes"] | None
    build: Literal["none", "slides", "clicks"] | None


class Output(TypedDict, total=False):
    """What a rendered picture comes as: scaled to ``width``, the ``box`` ``(x, y, width, height)`` alone, on a
    ``background`` (a CSS colour or ``checkerboard``), with a ``quality`` from 1 to 100."""

    width: int | None
    background: str | None
    quality: int | None
    box: Sequence[float | str] | None
