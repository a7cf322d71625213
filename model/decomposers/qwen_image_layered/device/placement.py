"""The device that is here, and the plan that runs on it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from model.decomposers.qwen_image_layered.device.host import free_bytes
from model.decomposers.qwen_image_layered.device.plan import NEEDS_GPU, Machine, Plan, Sharing
from model.decomposers.qwen_image_layered.weights.sizes import Numbers
from model.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Placement:
    """A plan on a device."""

    device: torch.device
    plan: Plan

    @property
    def numbers(self) -> Numbers:
        """What is computed in."""
        return self.plan.numbers

    @property
    def sharing(self) -> Sharing:
        return self.plan.sharing


def this_machine() -> Machine:
    """What is free now; the GPU is the one that PyTorch takes first."""
    if not torch.cuda.is_available():
        return Machine(None, free_bytes())
    on_gpu, _ = torch.cuda.mem_get_info()
    return Machine(on_gpu, free_bytes(), torch.cuda.is_bf16_supported(including_emulation=False))


def this_device() -> torch.device:
    """The GPU, where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def check_device() -> None:
    """Whether the real weights could run here at all: asked before 58 GB are downloaded.

    Raises:
        ModelUnavailable: there is no CUDA device.
    """
    if not torch.cuda.is_available():
        raise ModelUnavailable(NEEDS_GPU)
