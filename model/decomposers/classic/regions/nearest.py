"""What is nearest."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Labels, Mask


def nearest(seeds: Labels) -> Labels:
    """Every pixel gets the label of the nearest seed; 0 is no seed."""
    _, places = cv2.distanceTransformWithLabels(
        (seeds == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    flat = seeds.ravel()
    # OpenCV counts the seeds row by row, from 1 on
    return np.concatenate([np.zeros(1, np.int32), flat[np.flatnonzero(flat)]])[places]


def nearest_places(known: Mask) -> NDArray[np.intp]:
    """Of the known pixel nearest to each pixel, ``(H, W)``, the index in the flat canvas; at least one is known."""
    _, places = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table: NDArray[np.intp] = np.concatenate([np.zeros(1, np.intp), np.flatnonzero(known)])
    return np.asarray(table[places])
