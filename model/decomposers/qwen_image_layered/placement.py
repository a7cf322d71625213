"""Which device, which numbers, and how the parts share the device's memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import psutil
import torch

from model.decomposers.qwen_image_layered.weights import Folder
from model.errors import ModelUnavailable

Sharing: TypeAlias = Literal["whole", "by part", "by layer"]
"""All parts stay on the device; or text encoder and transformer take turns; or the transformer's layers do as well."""
Numbers: TypeAlias = Literal["bfloat16", "float16", "float32"]

GIB = 2**30
WORKING_BYTES = 6 * GIB
"""For activations: the peak on an H100 was 63 GB with weights of 57.7 (vLLM-Omni's figures)."""
CPU_BYTES = 2 * GIB
"""The largest weights that run on a CPU: for trials and tests. The real ones would take hours a picture."""


@dataclass(frozen=True, slots=True)
class Placement:
    """``numbers`` is what the transformer's weights are kept in."""

    device: torch.device
    numbers: Numbers
    sharing: Sharing


def check_device() -> None:
    """Whether the real weights could run here at all: asked before 58 GB are downloaded.

    Raises:
        ModelUnavailable: there is no CUDA device.
    """
    if not torch.cuda.is_available():
        raise ModelUnavailable(
            "qwen-image-layered needs an NVIDIA GPU and PyTorch sees none (a build of PyTorch without CUDA sees none "
            "either); the model classic runs on a CPU. Nothing was downloaded."
        )


def placed(folder: Folder, fp16: bool) -> Placement:
    """The fastest way in which these weights run here.

    Raises:
        ModelUnavailable: no device, or not enough memory of either kind.
    """
    if torch.cuda.is_available():
        free_bytes, _ = torch.cuda.mem_get_info()
        sharing = shared(folder.part_bytes, free_bytes)
        if sharing != "whole":
            _check_memory(folder.total_bytes)
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return Placement(torch.device("cuda"), "float16" if fp16 or not has_bfloat16 else "bfloat16", sharing)
    if folder.total_bytes > CPU_BYTES:
        check_device()
    _check_memory(2 * folder.total_bytes)
    return Placement(torch.device("cpu"), "float32", "whole")


def shared(part_bytes: Mapping[str, int], free_bytes: int) -> Sharing:
    """How parts of these sizes fit into a device's free memory.

    Raises:
        ModelUnavailable: not even layer by layer.
    """
    room = free_bytes - WORKING_BYTES
    if sum(part_bytes.values()) <= room:
        return "whole"
    if part_bytes["text_encoder"] <= room:
        return "by part" if part_bytes["transformer"] + part_bytes["vae"] <= room else "by layer"
    least, quick = part_bytes["text_encoder"] + WORKING_BYTES, sum(part_bytes.values()) + WORKING_BYTES
    raise ModelUnavailable(
        f"The GPU has {free_bytes / GIB:.0f} GiB free; qwen-image-layered needs {least / GIB:.0f} GiB, "
        f"and {quick / GIB:.0f} GiB to be quick."
    )


def _check_memory(needed_bytes: int) -> None:
    available = psutil.virtual_memory().available
    if needed_bytes > available:
        raise ModelUnavailable(
            f"The weights need {needed_bytes / GIB:.0f} GiB of main memory; {available / GIB:.0f} GiB are free."
        )
