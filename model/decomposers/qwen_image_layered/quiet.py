"""Libraries that complain while they are imported, of kernels for GPUs that are not here, are not heard."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOUD = ("bitsandbytes", "diffusers.quantizers", "torch.utils._pytree", "torchao", "transformers.quantizers")


@contextmanager
def quiet_imports() -> Iterator[None]:
    """Errors are heard; and everything afterwards."""
    levels = {name: logging.getLogger(name).level for name in _LOUD}
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
