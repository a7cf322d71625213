"""Too little memory is an error with a name, and leaves the memory free for the next picture."""

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from model.errors import OutOfMemory


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
        if "DefaultCPUAllocator" not in str(error):  # what a CPU's lack of memory is called
            raise
        traceback.clear_frames(error.__traceback__)
    else:
        return
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    raise OutOfMemory(
        f"The model ran out of memory at {resolution} pixels with {layers} layers; a resolution of 640 and fewer "
        "layers need less."
    )
