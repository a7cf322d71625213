"""A LoRA on the transformer: in the weights where they are plain, beside them where they are quantised.

In the weights it costs nothing afterwards, and compiling, streaming and half precision know nothing of it. A quantised
weight cannot take it in without being quantised anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.decomposers.qwen_image_layered.adapters.lora_file import Change, found, read
from model.errors import ModelUnavailable

_PLAIN = (torch.float32, torch.bfloat16, torch.float16)


class Beside(nn.Module):
    """A layer and the low-rank change of its output.

    Args:
        layer: any that maps ``(..., in)`` to ``(..., out)``.
        dtype: of the change.
    """

    def __init__(self, layer: nn.Module, change: Change, dtype: torch.dtype, device: torch.device) -> None:
        super().__init__()
        self.layer = layer
        self.down = _linear(change.down, dtype, device)
        self.up = _linear(change.up * change.scale, dtype, device)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        plain: torch.Tensor = self.layer(values)
        if type(self.down) is nn.Linear:  # made to be of half precision it takes, and gives, wider numbers
            values = values.to(self.down.weight.dtype)
        changed: torch.Tensor = self.up(self.down(values))
        return plain + changed.to(plain.dtype)


class Lora:
    """What a file adds to a transformer; each change is made once.

    Args:
        place: a file or a folder with one.

    Attributes:
        fused: how many layers took their change into their weights.
        beside: how many have it beside them.

    Raises:
        ModelUnavailable: the LoRA cannot be read, or is of another model.
    """

    def __init__(self, transformer: nn.Module, place: Path) -> None:
        file = found(place)
        self._pending = _matched(transformer, read(file), file)
        self.fused = self.beside = 0

    def fuse(self, name: str, layer: nn.Module) -> None:
        """Into one layer's plain weights, where there is a change of it: what is about to be quantised goes first."""
        if name in self._pending:
            _fuse(layer, self._pending.pop(name))
            self.fused += 1

    def add_rest(self, transformer: nn.Module, dtype: torch.dtype) -> None:
        """All other changes.

        Args:
            dtype: of changes that stay beside their layers.
        """
        for name in list(self._pending):
            layer = transformer.get_submodule(name)
            if _is_plain(layer):
                self.fuse(name, layer)
            else:
                device = next(layer.parameters()).device
                transformer.set_submodule(name, Beside(layer, self._pending.pop(name), dtype, device))
                self.beside += 1


def _matched(transformer: nn.Module, changes: list[Change], file: Path) -> dict[str, Change]:
    """Each change by its layer's name; all of them have one, or none is used."""
    layers = {name: module for name, module in transformer.named_modules() if hasattr(module, "in_features")}
    flat = {name.replace(".", "_"): name for name in layers}
    named = [(flat.get(change.layer, "") if change.is_flat else change.layer, change) for change in changes]
    foreign = [change.layer for name, change in named if name not in layers]
    if foreign:
        raise ModelUnavailable(
            f"{str(file)!r} is the LoRA of another model: of its {len(changes)} layers {len(foreign)} are not in this "
            f"one, {foreign[0]!r} among them."
        )
    for name, change in named:
        wanted, has = (layers[name].out_features, layers[name].in_features), (len(change.up), change.down.shape[1])
        if wanted != has:
            raise ModelUnavailable(
                f"{str(file)!r} is the LoRA of a model of another size: {name} is {wanted[0]} × {wanted[1]}, its "
                f"change {has[0]} × {has[1]}."
            )
        if not bool(torch.isfinite(change.up).all() & torch.isfinite(change.down).all()):
            raise ModelUnavailable(f"{str(file)!r} is damaged: the change of {name} is not all numbers.")
    return dict(named)


def _is_plain(layer: Any) -> bool:
    """Quantised weights are of classes of their own, or of types that nothing is added to."""
    return type(layer) is nn.Linear and type(layer.weight) is nn.Parameter and layer.weight.dtype in _PLAIN


@torch.no_grad()
def _fuse(layer: Any, change: Change) -> None:
    weight = layer.weight
    up, down = (half.to(weight.device, torch.float32) for half in (change.up, change.down))
    weight.data = (weight.float() + change.scale * (up @ down)).to(weight.dtype)


def _linear(weight: torch.Tensor, dtype: torch.dtype, device: torch.device) -> nn.Linear:
    out, into = weight.shape
    layer = nn.Linear(into, out, bias=False, device="meta")
    layer.weight = nn.Parameter(weight.to(device, dtype), requires_grad=False)
    return layer
