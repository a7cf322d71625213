"""The masks of a Photoshop document's layers, laid into the layers' own alpha."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.layers import Pixels

Alpha: TypeAlias = NDArray[np.uint8]


def is_masked(pixels: Pixels, mask: Any, layer: Any) -> bool:
    """Take from a layer's pixels what its mask hides; says whether that is anything."""
    shown = _shown_by(mask, layer)
    if shown is None:
        return False
    # A shape's pixels end where it does, and the mask that was made of it says so once more.
    is_same = mask.flags.user_mask_from_render and layer.kind == "shape"
    alpha = np.minimum(pixels[:, :, 3], shown) if is_same else product(pixels[:, :, 3], shown)
    if np.array_equal(alpha, pixels[:, :, 3]):
        return False
    pixels[:, :, 3] = alpha
    return True


def _shown_by(mask: Any, layer: Any) -> Alpha | None:
    """What a mask leaves of each pixel; ``None`` where it leaves all."""
    if mask.disabled:
        return None
    picture = mask.topil(layer_sized=True, apply_icc=False)
    if picture is None:
        shown = np.full((layer.height, layer.width), mask.background_color, np.uint8)
    else:
        shown = np.array(picture.convert("L"))
    density = None if mask.parameters is None else mask.parameters.user_mask_density
    if density is not None:
        shown = 255 - product(255 - shown, np.full_like(shown, density))
    return None if shown.min(initial=255) == 255 else shown


def is_rendered(mask: Any) -> bool:
    """Whether it holds the vector mask, too."""
    return mask is not None and (mask.has_real() or bool(mask.flags.user_mask_from_render))


def is_feathered(mask: Any) -> bool:
    return mask is not None and mask.parameters is not None and bool(mask.parameters.user_mask_feather)


def product(one: Alpha, other: Alpha) -> Alpha:
    """Both together, rounded."""
    return ((one.astype(np.uint16) * other + 127) // 255).astype(np.uint8)
