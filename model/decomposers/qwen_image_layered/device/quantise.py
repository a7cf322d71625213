"""Weights in one byte or in half a byte.

Linear layers of the blocks are quantised, one after the other, so that a part is never there twice. What leads into the
blocks and out of them stays as it is: it is a thousandth of the transformer, and errors there reach everything.

fp8     e4m3 with a scale a row, by torchao. Scales are what plain fp8 lacks, which breaks this model. Where the GPU
        multiplies in fp8, so do the transformer's attention and MLP, their inputs scaled row by row as they come.
4bit    nf4, by bitsandbytes. The first block's modulation of the picture stays as it is, as in others' recipes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from model.decomposers.qwen_image_layered.weights.sizes import Quantised
from model.errors import ModelUnavailable

_BLOCKS: Mapping[str, str] = {"transformer": "transformer_blocks.", "text_encoder": "model.language_model.layers."}
"""Parts that are quantised, and where their blocks are. The VAE is all convolutions."""
_PACKAGES: Mapping[Quantised, str] = {"fp8": "torchao", "4bit": "bitsandbytes"}
_KEPT_IN_4BIT = re.compile(r"transformer_blocks\.0\.img_mod\b")
_MODULATION = re.compile(r"\.(img|txt)_mod\b")
"""Its input is one row, for which a multiplication in fp8 is not made."""
_MULTIPLIES_FP8 = (8, 9)


def check_packages(how: Quantised) -> None:
    """Whether what quantises is installed.

    Raises:
        ModelUnavailable: it is not.
    """
    if find_spec(_PACKAGES[how]) is None:
        raise ModelUnavailable(
            f"The precision {how} needs {_PACKAGES[how]}, which is not installed; pip install 'lamina[quantised]'."
        )


def quantise(
    part: nn.Module,
    name: str,
    how: Quantised,
    device: torch.device,
    home: torch.device,
    before: Callable[[str, nn.Linear], None] | None = None,
) -> None:
    """In place.

    Args:
        name: of the part; one without blocks is left alone.
        device: where it is computed.
        home: where the quantised weights stay.
        before: called for each layer with its name, just before it is quantised.
    """
    if name not in _BLOCKS:
        return
    for path, linear in list(_linears(part, _BLOCKS[name])):
        if before is not None:
            before(path, linear)
        if how == "fp8":
            _to_fp8(linear, device, _multiplies(device) and name == "transformer" and not _MODULATION.search(path))
            linear.to(home)
        elif not _KEPT_IN_4BIT.search(path):
            part.set_submodule(path, _in_4bit(linear, device).to(home))


def _linears(part: nn.Module, blocks: str) -> Iterator[tuple[str, nn.Linear]]:
    for path, module in part.named_modules():
        if type(module) is nn.Linear and path.startswith(blocks):
            yield path, module


def _multiplies(device: torch.device) -> bool:
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= _MULTIPLIES_FP8


def _to_fp8(linear: nn.Linear, device: torch.device, multiplied: bool) -> None:
    from torchao.quantization import (
        Float8DynamicActivationFloat8WeightConfig,
        Float8WeightOnlyConfig,
        PerRow,
        quantize_,
    )

    config: Any = Float8WeightOnlyConfig(set_inductor_config=False)
    if multiplied:
        config = Float8DynamicActivationFloat8WeightConfig(granularity=PerRow(), set_inductor_config=False)
    linear.to(device)
    quantize_(linear, config)


def _in_4bit(linear: nn.Linear, device: torch.device) -> nn.Module:
    from bitsandbytes.nn.modules import Linear4bit, Params4bit

    numbers = linear.weight.dtype
    made = Linear4bit(  # type: ignore[no-untyped-call]
        linear.in_features,
        linear.out_features,
        linear.bias is not None,
        compute_dtype=numbers,
        quant_type="nf4",
        device="meta",
    )
    made.weight = Params4bit(linear.weight.data, requires_grad=False, quant_type="nf4", module=made)
    made.bias = linear.bias
    made.support_avx512bf16_for_cpu = False  # it takes matrices of some sizes only, and CPUs are for trials
    packed: nn.Module = made.to(device)  # this is what quantises
    return packed.eval()
