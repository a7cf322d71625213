"""LayerD's protocol: how alike two stacks are, back to front, with a few merges allowed.

After the evaluation code of CyberAgent's LayerD (ICCV 2025), as far as its numbers go: both lists are grouped by what
lies free at the top, aligned by dynamic time warping, and scored by RGB L1, alpha soft IoU and their cost. What it
does that one would not expect is kept, as figures of papers are only comparable that way, and stands in comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from PIL import Image

from model.alpha import alpha_of
from model.layers import Pixels

MERGES = 5
"""As many as the papers report."""
Path: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Match:
    """Means over the pairs of an alignment: ``l1`` 0-1, ``iou`` 0-1, ``cost = (l1 + 1 - iou) / 2``."""

    l1: float
    iou: float

    @property
    def cost(self) -> float:
        return (self.l1 + 1 - self.iou) / 2


def match(predicted: Pixels, true: Pixels) -> Match:
    """Two layers of one size.

    The colours are straight ones, and count wherever the true layer is visible at all: also where the predicted one
    is not, whatever its colour is there. Nothing against nothing has an IoU of 0.
    """
    alphas = alpha_of(predicted), alpha_of(true)
    count = cv2.countNonZero(alphas[1])
    difference = cv2.mean(cv2.absdiff(predicted, true), mask=alphas[1])  # many times as fast as picking pixels out
    l1 = sum(difference[:3]) * count / 3 / 255 / (count + 1e-8)
    union, both = (cv2.sumElems(choose(*alphas))[0] for choose in (cv2.max, cv2.min))
    return Match(l1, both / union if union else 0.0)


def evaluate(predicted: Sequence[Pixels], true: Sequence[Pixels], merges: int = MERGES) -> tuple[Match, ...]:
    """Score layers of one size, ``(H, W, 4)`` uint8, back to front.

    Returns:
        ``merges + 1`` scores: with none, with one ... allowed. Where no merge gains any more, the last one stays.
        LayerD leaves out samples of one layer; here they are scored as the same layer everywhere.
    """
    lists = grouped(predicted), grouped(true)
    matches = _Matches()
    scores: list[Match] = []
    for _ in range(merges + 1):
        path = aligned(np.array([[matches(p, t).cost for t in lists[1]] for p in lists[0]]))
        pairs = [matches(lists[0][i], lists[1][j]) for i, j in path]
        scores.append(Match(float(np.mean([m.l1 for m in pairs])), float(np.mean([m.iou for m in pairs]))))
        following = _merged(lists, path, matches)
        if following is None:
            break
        lists = following
    return tuple(scores + scores[-1:] * (merges + 1 - len(scores)))


def grouped(layers: Sequence[Pixels]) -> list[Pixels]:
    """Everything that no later layer overlaps is one layer; so is what then lies free, and so on; back to front."""
    masks = [layer[:, :, 3] > 0 for layer in layers]
    remaining = list(range(len(layers)))
    groups: list[Pixels] = []
    while remaining:
        free: list[int] = []
        covered = np.zeros(masks[0].shape, bool)
        for index in reversed(remaining):
            if not (masks[index] & covered).any():
                free.insert(0, index)
            covered |= masks[index]
        flat = layers[free[0]]
        for index in free[1:]:
            flat = _over(flat, layers[index])
        groups.insert(0, flat)
        remaining = [index for index in remaining if index not in free]
    return groups


def aligned(costs: np.ndarray) -> Path:
    """The cheapest way from the first pair to the last, one step in either list or in both; ties go diagonally."""
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    for i in range(rows):
        for j in range(columns):
            total[i + 1, j + 1] = costs[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    i, j = rows, columns
    path = [(rows - 1, columns - 1)]
    while (i, j) != (1, 1):
        steps = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(steps, key=lambda step: float(total[step]))
        path.append((i - 1, j - 1))
    return path[::-1]


def _merged(
    lists: tuple[list[Pixels], list[Pixels]], path: Path, matches: "_Matches"
) -> tuple[list[Pixels], list[Pixels]] | None:
    """Both lists after the merge that gains most, in the prediction or in the truth; ``None`` if none gains."""
    predicted, true = lists
    in_predicted = _best_merge(predicted, true, path, matches)
    in_true = _best_merge(true, predicted, [(j, i) for i, j in path], matches)
    if in_predicted is None and in_true is None:
        return None
    if in_true is None or (in_predicted is not None and in_predicted[0] > in_true[0]):
        return _joined(predicted, in_predicted[1], matches), true  # type: ignore[index]
    return predicted, _joined(true, in_true[1], matches)


def _best_merge(
    layers: list[Pixels], others: list[Pixels], path: Path, matches: "_Matches"
) -> tuple[float, int] | None:
    """The largest gain in likeness (1 - cost) of the pairs touched, and the lower of the two layers to merge.

    ``layers`` count as the prediction even when they are the truth, and the pairs of the lower layer are also tried
    with the layer above the two: both as in LayerD.
    """
    if len(layers) <= 2:
        return None
    best: tuple[float, int] | None = None
    for low in range(len(layers) - 1):
        partners = [[others[j] for i, j in path if i == index] for index in (low, low + 1)]
        now = matches.likeness(layers[low], partners[0]) + matches.likeness(layers[low + 1], partners[1])
        merged = matches.over(layers[low], layers[low + 1])
        first = matches.likeness(merged, partners[0])
        second = [matches.likeness(merged, partners[1])]
        if low + 2 < len(layers):
            second += [matches.likeness(layers[low + 2], group) for group in partners]
        gain = first + max(second) - now
        if gain > 0 and (best is None or gain > best[0]):
            best = gain, low
    return best


def _joined(layers: list[Pixels], low: int, matches: "_Matches") -> list[Pixels]:
    return [*layers[:low], matches.over(layers[low], layers[low + 1]), *layers[low + 2 :]]


def _over(lower: Pixels, upper: Pixels) -> Pixels:
    return np.asarray(Image.alpha_composite(Image.fromarray(lower), Image.fromarray(upper)))


class _Matches:
    """Each pair is compared once and each merge made once; the layers are kept, so that no identity is given twice."""

    def __init__(self) -> None:
        self._matches: dict[tuple[int, int], Match] = {}
        self._merges: dict[tuple[int, int], Pixels] = {}
        self._kept: dict[int, Pixels] = {}

    def __call__(self, predicted: Pixels, true: Pixels) -> Match:
        key = self._key(predicted, true)
        if key not in self._matches:
            self._matches[key] = match(predicted, true)
        return self._matches[key]

    def likeness(self, predicted: Pixels, true: list[Pixels]) -> float:
        return sum(1 - self(predicted, layer).cost for layer in true)

    def over(self, lower: Pixels, upper: Pixels) -> Pixels:
        key = self._key(lower, upper)
        if key not in self._merges:
            self._merges[key] = _over(lower, upper)
        return self._merges[key]

    def _key(self, first: Pixels, second: Pixels) -> tuple[int, int]:
        for layer in (first, second):
            self._kept[id(layer)] = layer
        return id(first), id(second)
