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
    table = np.zeros(int(places.max()) + 1, np.int32)
    table[places[seeds > 0]] = seeds[seeds > 0]
    return table[places]


def nearest_places(known: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns, ``(H, W)`` each, of the known pixel nearest to each pixel; at least one is known."""
    _, places = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    table = np.zeros((int(places.max()) + 1, 2), np.intp)
    table[places[rows, columns]] = np.stack([rows, columns], axis=1)
    return table[places, 0], table[places, 1]
