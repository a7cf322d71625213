"""Soft borders: where no step is seen between two regions, one of them a texture, they are one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Labels, largest

_SOFT_SHARE = 0.35
_STEP = 14.0
_EXACT_SHARE = 0.6
_LEAST_EXACT = 2000
_LEAST_PANEL = 0.02
GRAINY = 1.5
"""Noise from which on what has none was not photographed."""
_NEVER = 2.0


def softly_joined(
    rgb: Floats, labels: Labels, paints: dict[int, Paint], tolerance: float, patch_limit: float
) -> Labels:
    """Labels after each quiet patch of a texture went into the texture around it, the softest border first.

    A border is soft where the colours within two pixels of it span less than a step. Textures join whatever they go
    over into; two painted regions stay apart. Paints of labels that are gone are left in ``paints``.

    Args:
        patch_limit: the share of soft border from which on a painted patch belongs to the texture.
    """
    textures = np.zeros(max(paints) + 1, bool)
    for index, paint in paints.items():
        textures[index] = paint.degree is None
    if not textures.any():
        return labels
    borders, soft = _borders(rgb, labels, tolerance, len(textures))
    areas = np.bincount(labels.ravel(), minlength=len(textures))
    host = np.arange(len(textures), dtype=np.int32)
    limits = np.full(len(textures), patch_limit)
    for index, paint in paints.items():
        limits[index] = max(patch_limit, _limit(paint, int(areas[index]), labels.size, tolerance))
    relax = _SOFT_SHARE / np.maximum(limits[:, None], limits[None])
    while True:
        mixed = textures[:, None] != textures[None]
        share = soft / np.maximum(borders.sum(axis=1, keepdims=True), 1)
        share = np.where(textures[:, None] & textures[None], share, np.where(mixed, share * relax, 0))
        small, big = np.unravel_index(int(share.argmax()), share.shape)
        if share[small, big] < _SOFT_SHARE:
            return host[labels]
        if areas[small] > areas[big] or (textures[small] and not textures[big] and areas[small] > 0.2 * areas[big]):
            small, big = big, small
        for matrix in (borders, soft):
            matrix[big] += matrix[small]
            matrix[:, big] += matrix[:, small]
            matrix[small] = matrix[:, small] = matrix[big, big] = 0
        areas[big] += areas[small]
        textures[big] |= textures[small] and areas[small] > 0.5 * areas[big]
        host[host == small] = big


def _limit(paint: Paint, area: int, canvas: int, tolerance: float) -> float:
    """What is large and has less noise than a texture, other than by being clipped at black or white, was drawn.

    A panel of one colour, or one without the grain of all else, is never a texture's, however dark it is around it.
    """
    color = paint.weights[0]
    clipped = bool((color < 4).all() or (color > 251).all())
    if paint.degree is None or clipped or area < _LEAST_EXACT:
        return 0.0
    if area >= _LEAST_PANEL * canvas and (
        (paint.is_flat and paint.residual <= 0.25) or (paint.residual <= 0.6 and tolerance >= GRAINY)
    ):
        return _NEVER
    if paint.residual <= 0.6:
        return _EXACT_SHARE
    return _SOFT_SHARE if paint.residual <= 1.6 and area >= _LEAST_PANEL * canvas else 0.0


def _borders(
    rgb: Floats, labels: Labels, tolerance: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lengths of the borders between all pairs of labels, and of the soft parts of them, ``(n, n)``, symmetric."""
    calm = cv2.GaussianBlur(rgb, (0, 0), 0.8) if tolerance > 0.6 else rgb
    spread = largest(cv2.dilate(calm, np.ones((5, 5))) - cv2.erode(calm, np.ones((5, 5))))
    quiet = spread < _STEP + 4 * tolerance
    lengths = np.zeros(count * count, np.float64)
    gentle = np.zeros(count * count, np.float64)
    for first, second, calm_here in (
        (labels[:, :-1], labels[:, 1:], quiet[:, :-1]),
        (labels[:-1], labels[1:], quiet[:-1]),
    ):
        apart = first != second
        key = first[apart].astype(np.int64) * count + second[apart]
        lengths += np.bincount(key, minlength=count * count)
        gentle += np.bincount(key[calm_here[apart]], minlength=count * count)
    both = lengths.reshape(count, count), gentle.reshape(count, count)
    return both[0] + both[0].T, both[1] + both[1].T
