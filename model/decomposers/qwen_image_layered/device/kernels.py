"""The same mathematics by faster kernels: compiled blocks, the device's best attention.

On a CPU nothing of this runs. Left out: SageAttention gives black pictures with this transformer. Fused projections of
query, key and value: ``fuse_qkv_projections`` of diffusers passes over this transformer's attention, which is of an
older class. CUDA graphs: a block works for milliseconds, in which the host has long prepared the next.
"""

import logging
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from torch._dynamo.exc import TorchDynamoException

from model.decomposers.qwen_image_layered.device.attention import backend_works, use_backend, use_real_numbers
from model.decomposers.qwen_image_layered.device.placement import Placement
from model.decomposers.qwen_image_layered.device.plan import RESIDENT

_logger = logging.getLogger(__name__)

_INSTALLED = "_lamina_kernels"
_HOPPER = (9, 0)


@dataclass(frozen=True, slots=True)
class Kernels:
    """What is used.

    Attributes:
        compiled: whether the transformer's blocks are compiled.
        attention: the name that diffusers has for it; ``native`` is PyTorch's own choice.
    """

    compiled: bool = False
    attention: str = "native"


def chosen(capability: tuple[int, int] | None, numbers: str, sharing: str, flash_3: bool) -> Kernels:
    """The fastest kernels that give the right numbers; only of resident blocks, as streamed ones come and go by hooks
    that compiled code would leave out.

    Args:
        capability: of the CUDA device, such as ``(9, 0)``; ``None`` on a CPU.
        numbers, sharing: as of ``Placement``.
        flash_3: whether FlashAttention 3 is installed. It is for Hopper only.
    """
    if capability is None:
        return Kernels()
    attention = "native"
    if numbers != "float32" and capability >= _HOPPER:  # before, PyTorch's own FlashAttention 2 is the fastest
        attention = "_flash_3" if flash_3 and capability[0] == _HOPPER[0] else "_native_cudnn"
    return Kernels(sharing in RESIDENT, attention)


def prepare(transformer: Any, placement: Placement) -> bool:
    """Give the transformer its kernels; where it has them already, nothing is done.

    Returns:
        Whether there are blocks to be compiled: ``warm`` is then to be called, with the transformer on the device.
    """
    capability = torch.cuda.get_device_capability(placement.device) if placement.device.type == "cuda" else None
    flash_3 = find_spec("flash_attn_interface") is not None
    kernels = chosen(capability, placement.numbers, placement.sharing, flash_3)
    return install(transformer, kernels, placement.device, getattr(torch, placement.numbers))


def install(
    transformer: Any, kernels: Kernels, device: torch.device, dtype: torch.dtype, compiler: Any = "inductor"
) -> bool:
    """Put these kernels in the place of those that are there; ``Kernels()`` leaves diffusers' transformer.

    Args:
        device, dtype: what attention works on.
        compiler: a backend of ``torch.compile``.

    Returns:
        As ``prepare``.
    """
    before, undo = getattr(transformer, _INSTALLED, (Kernels(), ()))
    if before == kernels:
        return False
    for step in undo:
        step()
    undo = []
    if kernels.compiled:
        undo += [partial(_release, transformer), use_real_numbers(transformer)]
        compile_blocks(transformer, compiler)
    if kernels.attention != "native":
        if backend_works(kernels.attention, device, dtype):
            use_backend(transformer, kernels.attention)
            undo.insert(0, partial(use_backend, transformer, None))
        else:
            _logger.warning("attention is PyTorch's own", extra={"instead_of": kernels.attention})
    setattr(transformer, _INSTALLED, (kernels, undo))
    _logger.info("kernels chosen", extra={"attention": kernels.attention, "compiled": kernels.compiled})
    return kernels.compiled


def compile_blocks(transformer: Any, compiler: Any) -> None:
    """Compile the blocks, which are all of one kind, so once for all; it happens when they are first used.

    Sizes are variables from the start: the two prompts differ in length, pictures in their sides, and code for one size
    only would be thrown away with the next.
    """
    transformer.compile_repeated_blocks(backend=compiler, dynamic=True)


@torch.no_grad()
def warm(transformer: Any) -> None:
    """Use the blocks once, on a few tokens, so that no step of a picture waits for the compiler, which takes a minute;
    seconds, where it finds its work of earlier on the disk. Without it the blocks run as they are.

    Raises:
        torch.OutOfMemoryError: even for a few tokens.
    """
    like, config = transformer.txt_norm.weight, transformer.config
    side, words = 16, 24
    inputs = {
        "hidden_states": like.new_zeros(1, 3 * side * side, config.in_channels),
        "timestep": like.new_ones(1),
        "encoder_hidden_states": like.new_zeros(1, words, config.joint_attention_dim),
        "img_shapes": [[(1, side, side)] * 3],
        "additional_t_cond": torch.zeros(1, dtype=torch.long, device=like.device),
    }
    try:
        forward(transformer, **inputs)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # what a missing C compiler leads to depends on where it is missed
        _run_uncompiled(transformer, error)


def forward(transformer: Any, **inputs: Any) -> torch.Tensor:
    """The transformer's answer, ``(1, tokens, channels)``; without compiled blocks if they cannot be compiled."""
    try:
        answer: torch.Tensor = transformer(return_dict=False, **inputs)[0]
    except TorchDynamoException as error:
        _run_uncompiled(transformer, error)
        answer = transformer(return_dict=False, **inputs)[0]
    return answer


def _run_uncompiled(transformer: Any, reason: Exception) -> None:
    """From now on; where nothing is compiled, that was not the reason."""
    if not _release(transformer):
        raise reason
    _logger.warning("the transformer runs uncompiled", extra={"reason": str(reason).partition("\n")[0]})


def _release(transformer: Any) -> bool:
    """Whether there was something compiled."""
    compiled = [module for module in transformer.modules() if module._compiled_call_impl is not None]
    for module in compiled:
        module._compiled_call_impl = None
    return bool(compiled)
