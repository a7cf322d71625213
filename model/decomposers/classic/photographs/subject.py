"""The subject of a photograph: what stands out from the colours along its border."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask, grown, length, shrunk

_SIDE_PX = 224
"""GrabCut takes 12 s on a megapixel and 0.2 s at this size."""
_SEED = 11
_ROUNDS = 3
_LEAST, _MOST = 0.04, 0.6
"""Share of the canvas that a subject covers."""
_SURE = 0.9
_BORDER_COLORS = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """``mask`` ``(H, W)``, hard, good to some pixels; ``sureness`` 0-1."""

    mask: Mask
    sureness: float


def subject_of(photograph: Floats) -> Subject | None:
    """The subject, or ``None`` where it cannot be told: a wrong cut is worse than none.

    What is unlike the colours along the border is tried as the start of GrabCut (Rother et al., 2004) twice, once with
    more of it and once with less. It is the subject if both come to the same, if it is of one piece, if its colours are
    not the ground's, and if its outline is an edge nearly all along.

    Args:
        photograph: ``(H, W, 3)``, complete: nothing lies over it.
    """
    height, width = photograph.shape[:2]
    factor = min(1.0, _SIDE_PX / max(height, width))
    if min(height, width) * factor < 32:
        return None
    size = (round(width * factor), round(height * factor))
    small = np.clip(np.rint(cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)), 0, 255).astype(np.uint8)
    unlike = _unlike_border(small)
    middle = float(cv2.threshold(np.asarray(unlike, np.uint8), 0, 255, cv2.THRESH_OTSU)[0])
    first = _cut(small, unlike, middle * 0.8)
    signs = 0.0 if first is None else min(_signs(small, first))
    # most photographs have no such subject, which one cut tells: it takes a tenth of all the time
    second = _cut(small, unlike, middle * 1.2) if signs >= _SURE else None
    if first is None or second is None:
        return None
    sureness = min(_overlap(first, second), signs)
    if sureness < _SURE:
        return None
    mask = cv2.resize(first.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    return Subject(np.asarray(mask), round(sureness, 2))


def _unlike_border(small: NDArray[np.uint8]) -> Floats:
    """How far, in Lab, each pixel is from the colours that the border shows much of; 0-255.

    A subject may stand on the bottom or reach out at a side: colours count that the top shows, or two sides.
    """
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    sides = [lab[:2].reshape(-1, 3), lab[:, :2].reshape(-1, 3), lab[:, -2:].reshape(-1, 3), lab[-2:].reshape(-1, 3)]
    owner = np.concatenate([np.full(len(side), index) for index, side in enumerate(sides)])
    colors = np.concatenate(sides)
    cv2.setRNGSeed(_SEED)
    stop = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 20, 0.5)
    empty: Any = None
    _, labels, centres = cv2.kmeans(colors, _BORDER_COLORS, empty, stop, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.array([[(labels.ravel()[owner == side] == k).mean() for side in range(4)] for k in range(len(centres))])
    grounds = (shares[:, 0] >= 0.2) | ((shares >= 0.25).sum(axis=1) >= 2)
    if not grounds.any():
        grounds[int(shares.sum(axis=1).argmax())] = True
    away = np.min([length(lab - centre) for centre in centres[grounds]], axis=0)
    return np.asarray(np.clip(2 * away, 0, 255), np.float32)


def _cut(small: NDArray[np.uint8], unlike: Floats, limit: float) -> Mask | None:
    """GrabCut's foreground, its largest piece without holes; ``None`` where it has no or nearly all pixels."""
    start = np.where(unlike > limit, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    start[:2][unlike[:2] <= limit] = cv2.GC_BGD
    share = float((start == cv2.GC_PR_FGD).mean())
    if not _LEAST / 2 <= share <= 0.8:
        return None
    cv2.setRNGSeed(_SEED)
    cv2.grabCut(small, start, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.asarray((start == cv2.GC_FGD) | (start == cv2.GC_PR_FGD))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=4)
    if count < 2:
        return None
    areas = stats[1:, cv2.CC_STAT_AREA]
    whole = labels == int(areas.argmax()) + 1
    if areas.max() < 0.8 * areas.sum() or not _LEAST <= float(whole.mean()) <= _MOST:
        return None
    return np.asarray(whole)


def _signs(small: NDArray[np.uint8], cut: Mask) -> tuple[float, ...]:
    """How unlike the colours are on both sides of the outline's surroundings, how much of it is an edge, and how much
    of the border is the ground's: each 0-1."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    bins = (lab / 16).astype(np.int64) @ np.array([1, 16, 256])
    inside = np.bincount(bins[cut], minlength=4096) / cut.sum()
    outside = np.bincount(bins[~cut], minlength=4096) / (~cut).sum()
    apart = 1 - float(np.sqrt(inside * outside).sum())
    outline = grown(cut, 1) & ~cut
    step = _step_across(lab, cut)[outline]
    edged = float((step >= 18).mean()) if step.size else 0.0
    free = 1 - float(np.concatenate([cut[0], cut[:, 0], cut[:, -1]]).mean())
    return min(1.0, apart / 0.8), edged, min(1.0, free / 0.8)


def _step_across(lab: Floats, cut: Mask) -> Floats:
    """The difference in Lab between the nearest sure inside and the nearest sure outside, at every pixel."""
    sides = []
    for mask in (shrunk(cut, 1), ~grown(cut, 1)):
        weight = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.2)
        total = cv2.GaussianBlur(lab * mask[:, :, None], (0, 0), 1.2)
        sides.append(total / np.maximum(weight, 1e-4)[:, :, None])
    return length(np.asarray(sides[0] - sides[1], np.float32))


def _overlap(first: Mask, second: Mask) -> float:
    return float((first & second).sum()) / max(1, int((first | second).sum()))
