"""What the model answers at one step: to the prompt, and where guidance counts to the negative prompt too."""

from dataclasses import dataclass
from typing import Any

import torch

from model.decomposers.qwen_image_layered.device.kernels import forward
from model.decomposers.qwen_image_layered.sampling.guidance import guided, guided_steps
from model.decomposers.qwen_image_layered.sampling.latents import Grid
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.sampling.schedule import Schedule
from model.decomposers.qwen_image_layered.sampling.step_cache import StepCache, asked_steps
from model.decomposers.qwen_image_layered.words import Embedding, Guidance

_RGBA = 0
"""Of the two kinds of pictures that the weights know."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is the same for every step and both prompts.

    Attributes:
        picture: ``(1, tokens, channels)`` on the device; the transformer sees it behind the latents.
        frames: how many are made, each of the grid's tokens.
    """

    picture: torch.Tensor
    grid: Grid
    frames: int
    schedule: Schedule


class Answers:
    """The model's answers to one prompt in one run."""

    def __init__(self, transformer: Any, prompt: Embedding, scene: Scene, cache: StepCache) -> None:
        self._transformer, self._scene, self._cache = transformer, scene, cache
        device = scene.picture.device
        self._unchanging = {
            "encoder_hidden_states": _unpadded(prompt).to(device),
            "img_shapes": scene.grid.shapes(scene.frames),
            "additional_t_cond": torch.full((1,), _RGBA, dtype=torch.long, device=device),
        }

    def __call__(self, latents: torch.Tensor, index: int) -> torch.Tensor:
        """``(1, tokens, channels)``, as ``latents``."""
        return self._cache.answer(index, lambda: self._asked(latents, index))

    def _asked(self, latents: torch.Tensor, index: int) -> torch.Tensor:
        answer = forward(
            self._transformer,
            hidden_states=torch.cat([latents, self._scene.picture], dim=1),
            timestep=self._scene.schedule.times[index : index + 1],
            **self._unchanging,
        )
        return answer[:, : latents.shape[1]]


class GuidedVelocity:
    """The samplers' ``Velocity`` for one run.

    Args:
        scale: of the guidance; up to 1 there is none.
    """

    def __init__(self, transformer: Any, guidance: Guidance, scale: float, scene: Scene, method: Method) -> None:
        sigmas = scene.schedule.sigmas
        asked = asked_steps(sigmas, method.reuse)
        self._caches = [StepCache(sigmas, asked, method.reuse) for _ in range(2)]
        self._scale = scale
        self._guided = guided_steps(method.guided, scene.schedule.steps) if scale > 1 else range(0)
        self._prompted = Answers(transformer, guidance.prompt, scene, self._caches[0])
        negative = guidance.negative
        self._negative = None if negative is None else Answers(transformer, negative, scene, self._caches[1])

    @property
    def forwards(self) -> int:
        """How often the transformer was asked."""
        return sum(cache.forwards for cache in self._caches)

    def __call__(self, latents: torch.Tensor, index: int) -> torch.Tensor:
        """``(1, tokens, channels)``: the velocity at step ``index``."""
        prompted = self._prompted(latents, index)
        if self._negative is None or index not in self._guided:
            return prompted
        return guided(prompted, self._negative(latents, index), self._scale)


def _unpadded(prompt: Embedding) -> torch.Tensor:
    """``(1, words, width)``: without padding no mask is needed, and without a mask attention takes the fast kernels.

    The mask lies in main memory: looking at it costs the device nothing.
    """
    return prompt.values if bool(prompt.mask.all()) else prompt.values[:, prompt.mask[0].bool()]
