"""Too little memory is an error with a name, and leaves the memory free for what comes next."""

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from model.errors import OutOfMemory

_SIGNS = ("DefaultCPUAllocator", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
"""How a lack of memory is called by a CPU, and by a GPU's libraries where they allocate past PyTorch."""


@contextmanager
def enough_memory(resolution: int, layers: int) -> Iterator[None]:
    """Run the model inside.

    Raises:
        OutOfMemory: instead of PyTorch's error, which would keep the tensors of the failed run alive.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        traceback.clear_frames(error.__traceback__)
    except RuntimeError as error:
        if not any(sign in str(error) for sign in _SIGNS):
            raise
        traceback.clear_frames(error.__traceback__)
    else:
        return
    free()
    raise OutOfMemory(
        f"The model ran out of memory at {resolution} pixels with {layers} layers; a resolution of 640 and fewer "
        "layers need less."
    )


def free() -> None:
    """What nothing holds any more goes back to the device."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
