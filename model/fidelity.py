"""How far a stack is from its picture."""

import numpy as np

from model.compositing import composite
from model.layers import Pixels, Stack

_BAND_ROWS = 256


def max_error(stack: Stack, image: Pixels) -> int:
    """The largest difference of any channel, alpha included, between ``composite(stack)`` and the picture; 0..255.

    Args:
        stack: of the picture's size.
        image: ``(H, W, 4)`` uint8, straight alpha.

    Raises:
        ValueError: the sizes differ.
    """
    if image.shape != (stack.height, stack.width, 4):
        raise ValueError(
            f"the stack is {stack.width} × {stack.height}, the picture {image.shape[1]} × {image.shape[0]}"
        )
    return max_difference(composite(stack), image)


def is_exact(stack: Stack, image: Pixels) -> bool:
    """Whether the stack recomposes to the picture bit for bit."""
    return max_error(stack, image) == 0


def max_difference(first: Pixels, second: Pixels) -> int:
    """The largest difference of any channel of two pictures of one size."""
    if np.array_equal(first, second):
        return 0
    bands = (slice(top, top + _BAND_ROWS) for top in range(0, first.shape[0], _BAND_ROWS))
    return max(int(np.abs(first[band].astype(np.int16) - second[band]).max()) for band in bands)
