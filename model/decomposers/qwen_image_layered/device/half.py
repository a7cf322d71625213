"""Half precision that does not overflow, for GPUs without bfloat16.

In float16 this transformer goes beyond 65,504: its residual streams do, and so do the queries of the picture and the
keys of the text before they are normalised. So only the weights are halves. Each linear layer scales its input, token
by token, into -1..1, multiplies in float16 (a GPU sums in float32) and scales back in float32; everything between is
float32. Attention, whose inputs are normalised by then, runs in float16.
"""

from typing import Any

import torch
from torch import nn

_VALUES = ("to_v", "add_v_proj")
_NORMALISED = ("norm_q", "norm_k", "norm_added_q", "norm_added_k")
_LEAST = 1e-12


class HalfLinear(nn.Linear):
    """A linear layer with float16 weights: takes ``(..., in)`` of any float type, gives ``(..., out)`` float32."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        wide = values.float()
        peak = wide.abs().amax(-1, keepdim=True).clamp_min(_LEAST)
        sums = nn.functional.linear((wide / peak).half(), self.weight).float() * peak
        return sums if self.bias is None else sums + self.bias.float()


def halve(network: nn.Module) -> None:
    """Linear layers become ``HalfLinear``, everything else float32; in place.

    Layers of a quantised checkpoint have classes of their own and are left alone.
    """
    for module in network.modules():
        if type(module) is nn.Linear:
            module.__class__ = HalfLinear
            module.half()
        elif not isinstance(module, nn.Linear):
            _widen(module)


def halve_attention(transformer: nn.Module) -> None:
    """Queries, keys and values reach the attention in float16, once they are normalised."""
    for name, module in transformer.named_modules():
        if name.rpartition(".")[2] in (*_VALUES, *_NORMALISED):
            module.register_forward_hook(_as_half)


def _widen(module: nn.Module) -> None:
    for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
        if tensor.dtype in (torch.float16, torch.bfloat16):
            tensor.data = tensor.data.float()


def _as_half(module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
    return output.half()
