"""From noise to a picture: the ordinary differential equation dx/dσ = v(x, σ), solved from σ = 1 to σ = 0.

Each sampler yields the latents after every step. They know nothing of the model; ``velocity(latents, index)`` is v at
``schedule.sigmas[index]``.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

import torch

from model.decomposers.qwen_image_layered.adapters.known import SamplerName
from model.decomposers.qwen_image_layered.sampling.schedule import Schedule

Velocity: TypeAlias = Callable[[torch.Tensor, int], torch.Tensor]
Sampler: TypeAlias = Callable[[torch.Tensor, Schedule, Velocity], Iterator[torch.Tensor]]


def euler(latents: torch.Tensor, schedule: Schedule, velocity: Velocity) -> Iterator[torch.Tensor]:
    """One evaluation a step; the arithmetic is that of diffusers' ``FlowMatchEulerDiscreteScheduler``."""
    for index in range(schedule.steps):
        latents = _moved(latents, schedule.strides[index], velocity(latents, index))
        yield latents


def heun(latents: torch.Tensor, schedule: Schedule, velocity: Velocity) -> Iterator[torch.Tensor]:
    """Two evaluations a step, at its start and at the end that Euler predicts; the step goes along their mean.

    The last step is Euler's: the model was never trained on what has no noise.
    """
    for index in range(schedule.steps):
        stride, start = schedule.strides[index], velocity(latents, index)
        ahead = _moved(latents, stride, start)
        if index + 1 < schedule.steps:
            end = velocity(ahead, index + 1)
            ahead = _moved(latents, stride, ((start.float() + end.float()) / 2).to(start.dtype))
        latents = ahead
        yield latents


SAMPLERS: Mapping[SamplerName, Sampler] = MappingProxyType({"euler": euler, "heun": heun})


def _moved(latents: torch.Tensor, stride: torch.Tensor, velocity: torch.Tensor) -> torch.Tensor:
    # The sum in float32: early strides are smaller than what the latents' own numbers resolve.
    return (latents.float() + stride * velocity).to(velocity.dtype)
