"""What is chosen when the model is set up, as opposed to a request's parameters."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Precision: TypeAlias = Literal["auto", "bf16", "fp16", "fp8", "4bit"]
Memory: TypeAlias = Literal["auto", "whole", "turns", "streamed"]
"""All parts stay on the device; or text encoder and transformer take turns; or layers come one by one, streamed."""
Speed: TypeAlias = Literal["exact", "fast"]


@dataclass(frozen=True, slots=True)
class Options:
    """Each is a setting ``LAMINA_QWEN_<NAME>``.

    Attributes:
        weights: a hub name, or a folder in the format of diffusers.
        revision: of the hub's weights; a commit pins them.
        precision: of the weights; ``auto`` is bfloat16 where the GPU has it, else float16.
        memory: how the parts share the device; ``auto`` is the fastest that fits.
        speed: ``exact`` is the mathematics of diffusers' pipeline; ``fast`` may drift from it.
        adapter: a name of ``adapters``, a hub name or a folder with a LoRA.
    """

    weights: str = "Qwen/Qwen-Image-Layered"
    revision: str = "main"
    precision: Precision = "auto"
    memory: Memory = "auto"
    speed: Speed = "exact"
    adapter: str | None = None
