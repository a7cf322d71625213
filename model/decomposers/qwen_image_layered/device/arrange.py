"""Parts to the device and away from it, as a plan has it; a model can be arranged anew at any time between runs."""

from typing import Any

import torch
from diffusers.hooks.group_offloading import (
    _GROUP_OFFLOADING,
    _LAYER_EXECUTION_TRACKER,
    _LAZY_PREFETCH_GROUP_OFFLOADING,
    apply_group_offloading,
)
from diffusers.hooks.hooks import HookRegistry
from torch import nn

from model.decomposers.qwen_image_layered.device.plan import Plan
from model.decomposers.qwen_image_layered.weights.folder import PARTS

_CPU = torch.device("cpu")
_LEAF_BY_LEAF = "model.language_model"
"""What of a streamed text encoder comes and goes; the rest of it is on the device while it is used."""


class Arrangement:
    """Where the parts of one pipeline are.

    Args:
        parts: the modules named in ``PARTS``.
    """

    def __init__(self, parts: dict[str, nn.Module], device: torch.device) -> None:
        self._parts, self._device = parts, device
        self._vae: Any = parts["vae"]
        self._visitors = {name: _Visitor(part, device) for name, part in parts.items()}
        self._plan: Plan | None = None

    def arrange(self, plan: Plan) -> None:
        """As the plan says, from whatever it was. With an error the arrangement is open, and another must follow."""
        if self._plan is not None and _way(self._plan) == _way(plan):
            return
        self._plan = None
        for part in (self._parts["transformer"], self._parts["text_encoder"]):
            _stop_streaming(part)
        self._vae.enable_tiling() if plan.tiled else self._vae.disable_tiling()
        if plan.sharing == "whole":
            for visitor in self._visitors.values():
                visitor.come()
                visitor.stay()
        else:
            self._leave(*PARTS)
        if plan.sharing == "streamed":
            _stream_blocks(self._parts["transformer"], self._device)
            if plan.words_streamed:
                _stream_leaves(self._parts["text_encoder"].get_submodule(_LEAF_BY_LEAF), self._device)
        self._plan = plan

    def use(self, *names: str) -> None:
        """Bring parts to the device; the others leave it first, unless there is room for all.

        They stay until others are used: the next picture often needs the same.
        """
        if self._plan is None or self._plan.sharing == "whole":
            return
        streamed = self._plan.sharing == "streamed"
        turning = [name for name in PARTS if name != "transformer" or not streamed]
        self._leave(*(name for name in turning if name not in names))
        for name in turning:
            if name in names:
                self._visitors[name].come()

    def _leave(self, *names: str) -> None:
        gone = [self._visitors[name].leave() for name in names]
        if any(gone) and self._device.type == "cuda":
            torch.cuda.empty_cache()


class _Visitor:
    """A part that comes to the device and goes home, where its plain weights have stayed: nothing is copied back.

    Weights that are changed while they are on the device are as before once it has left.
    """

    def __init__(self, part: nn.Module, device: torch.device) -> None:
        self._part, self._device = part, device
        self._at_home: list[tuple[torch.Tensor, torch.Tensor]] = []

    def come(self) -> None:
        for module in self._part.modules():
            for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
                if _is_plain(tensor) and tensor.device.type != self._device.type and not _is_streamed(module):
                    self._at_home.append((tensor, tensor.data))
                    tensor.data = tensor.data.to(self._device)
        for module in self._part.modules():
            if not _is_streamed(module) and _own_devices(module) - {self._device.type}:
                _move(module, self._device)

    def stay(self) -> None:
        """The weights at home are given up."""
        self._at_home.clear()

    def leave(self) -> bool:
        """Whether anything was on the device."""
        if self._device == _CPU:
            return False
        was_there = False
        for tensor, data in self._at_home:
            tensor.data = data
            was_there = True
        self._at_home.clear()
        for module in self._part.modules():
            if not _is_streamed(module) and _own_devices(module) - {_CPU.type}:
                _move(module, _CPU)
                was_there = True
        return was_there


def _move(module: nn.Module, device: torch.device) -> None:
    """A module's own tensors, also those of quantised classes, for which setting ``data`` is not enough."""
    module._apply(lambda tensor: tensor.to(device), recurse=False)  # type: ignore[no-untyped-call]


def _way(plan: Plan) -> tuple[str, bool, bool]:
    return plan.sharing, plan.tiled, plan.words_streamed


def _stream_blocks(transformer: nn.Module, device: torch.device) -> None:
    """Block by block: the next one is on its way while one computes."""
    _unround_pinned_memory(device)
    on_gpu = device.type == "cuda"
    apply_group_offloading(
        transformer, device, _CPU, "block_level", num_blocks_per_group=1, use_stream=on_gpu, record_stream=on_gpu
    )


def _stream_leaves(words: nn.Module, device: torch.device) -> None:
    """Layer by layer, each matrix by itself: this is for cards with no room, and words are few."""
    _unround_pinned_memory(device)
    on_gpu = device.type == "cuda"
    apply_group_offloading(words, device, _CPU, "leaf_level", use_stream=on_gpu, record_stream=on_gpu)


def _stop_streaming(part: nn.Module) -> None:
    """Take diffusers' hooks off, and bring home what a run that was cut short left on the device."""
    streamed = [module for module in part.modules() if _is_streamed(module)]
    for module in streamed:
        for name in (_GROUP_OFFLOADING, _LAYER_EXECUTION_TRACKER, _LAZY_PREFETCH_GROUP_OFFLOADING):
            HookRegistry.check_if_exists_or_initialize(module).remove_hook(name, recurse=False)
    for module in streamed:
        module.to(_CPU)


def _is_streamed(module: nn.Module) -> bool:
    registry = getattr(module, "_diffusers_hook", None)
    return registry is not None and registry.get_hook(_GROUP_OFFLOADING) is not None


def _is_plain(tensor: torch.Tensor) -> bool:
    return type(tensor) in (torch.Tensor, nn.Parameter)


def _own_devices(module: nn.Module) -> set[str]:
    own = (*module.parameters(recurse=False), *module.buffers(recurse=False))
    return {tensor.device.type for tensor in own}


def _unround_pinned_memory(device: torch.device) -> None:
    """PyTorch takes pinned memory in powers of two: of 41 GB of weights it would make 64."""
    if device.type == "cuda":
        torch.cuda.memory._set_allocator_settings("pinned_max_round_threshold_mb:1")
