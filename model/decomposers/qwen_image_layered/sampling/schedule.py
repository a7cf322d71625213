"""How much noise is left at each step, known before the first: nothing in the loop has to ask the device."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from model.decomposers.qwen_image_layered.adapters.known import ShiftRule

_TRAINED_TOKENS = 256
"""Of a picture of 256 × 256; the more tokens, the more of the steps are spent at high noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Noise from all to none.

    Attributes:
        sigmas: ``steps + 1`` shares of noise on the host, from 1 down to 0.
        times: ``(steps,)``, on the device and in the numbers of the latents: what the transformer is told at each step.
        strides: ``(steps,)`` float32 on the device: by how much sigma changes at each step; below 0.
    """

    sigmas: tuple[float, ...]
    times: torch.Tensor
    strides: torch.Tensor

    @property
    def steps(self) -> int:
        return len(self.sigmas) - 1


def schedule_of(
    scheduler: Any,
    steps: int,
    tokens: int,
    device: torch.device,
    dtype: torch.dtype,
    rule: ShiftRule = "layered",
) -> Schedule:
    """The scheduler's own sigmas and times.

    Args:
        scheduler: a ``FlowMatchEulerDiscreteScheduler``, as configured by the weights.
        tokens: of one picture; they shift the schedule.
        dtype: of the latents.
        rule: by which tokens shift it.
    """
    shift = (tokens / _TRAINED_TOKENS) ** 0.5 if rule == "layered" else _shift_of_qwen_image(scheduler, tokens)
    scheduler.set_timesteps(steps, "cpu", sigmas=np.linspace(1.0, 0, steps + 1)[:-1], mu=shift)
    sigmas: torch.Tensor = scheduler.sigmas
    return Schedule(
        tuple(sigmas.tolist()),
        # In this order and on the device, as the pipeline does it: the numbers are rounded between.
        scheduler.timesteps.to(device).to(dtype) / scheduler.config.num_train_timesteps,
        (sigmas[1:] - sigmas[:-1]).to(device),
    )


def _shift_of_qwen_image(scheduler: Any, tokens: int) -> float:
    """Qwen-Image's own: the logarithm of the shift is linear in the tokens, 0.5 at 256 and 0.9 at 8,192."""
    logarithm = 0.5 + 0.4 * (tokens - _TRAINED_TOKENS) / (8192 - _TRAINED_TOKENS)
    return logarithm if scheduler.config.time_shift_type == "exponential" else math.exp(logarithm)
