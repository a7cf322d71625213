"""What is worked out for many things at once is the same as one by one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import components, largest, length
from model.decomposers.classic.regions.nearest import nearest, nearest_places
from model.decomposers.classic.regions.runs import runs_of

RANDOM = np.random.default_rng(3)


def specks(share: float) -> NDArray[np.bool_]:
    return RANDOM.random((41, 67)) < share


def test_statistics_of_components_are_those_of_opencv() -> None:
    for mask in (specks(0.1), specks(0.6), np.zeros((5, 9), bool), np.ones((5, 9), bool)):
        count, labels, stats = components(mask)
        theirs = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
        there = np.bincount(labels.ravel(), minlength=count) > 0  # of no outside there is no box
        assert count == theirs[0]
        assert (labels == theirs[1]).all()
        assert (stats[there] == theirs[2][there]).all()


def test_the_nearest_seed_is_the_nearest() -> None:
    seeds = np.where(specks(0.02), RANDOM.integers(1, 9, (41, 67)), 0).astype(np.int32)
    y, x = np.nonzero(seeds)
    at = np.argwhere(seeds >= 0)
    far = np.hypot(at[:, :1] - y, at[:, 1:] - x)
    found = nearest_places(seeds > 0)
    assert (nearest(seeds) == seeds.ravel()[found]).all()
    own = np.hypot(at[:, 0] - found.ravel() // 67, at[:, 1] - found.ravel() % 67)
    assert (own <= far.min(axis=1) * 1.03 + 0.1).all()  # OpenCV's distances are good to 2 %


def test_runs_are_told_as_one_by_one() -> None:
    keys = np.sort(RANDOM.integers(0, 40, 300)).astype(np.int32)
    values = RANDOM.uniform(0, 255, 300).astype(np.float32)
    runs = runs_of(keys)
    parts = [values[keys == key] for key in np.unique(keys)]
    assert (runs.keys == np.unique(keys)).all()
    assert np.allclose(runs.percentiles(values, 90), [np.percentile(part, 90) for part in parts])
    assert (runs.medians(values) == [np.median(part) for part in parts]).all()
    assert np.allclose(runs.means(values), [part.mean() for part in parts])


def test_three_channels_are_told_as_by_numpy() -> None:
    planes = RANDOM.normal(0, 90, (5, 7, 3)).astype(np.float32)
    assert (largest(planes) == planes.max(axis=2)).all()
    assert (largest(planes[0].astype(np.float64)) == planes[0].max(axis=1)).all()
    assert largest(planes[:0]).shape == (0, 7)
    assert np.allclose(length(planes), np.linalg.norm(planes, axis=2))
