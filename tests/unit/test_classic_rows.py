"""Rows: what is one drawing though it does not touch, also where there are thousands of pieces."""

import tracemalloc
from dataclasses import replace

import numpy as np

from model.decomposers.classic.regions.joints import Segment
from model.decomposers.classic.regions.rows import in_rows

BLUE = np.array([90, 140, 220], np.float32)


def dashes(count: int, length: int, across: int) -> tuple[dict[int, Segment], np.ndarray]:
    """So many level dashes of one length, 9 pixels apart, ``across`` on each line."""
    labels = np.zeros((9 * (count // across + 1), (length + 9) * across), np.int32)
    for index in range(count):
        top, left = 9 * (index // across), (length + 9) * (index % across)
        labels[top, left : left + length] = index + 1
    return {index + 1: Segment(index + 1, BLUE, 1.0, float(length), 100.0) for index in range(count)}, labels


def test_dashes_in_a_line_are_one_row_in_their_order_and_specks_stay_alone() -> None:
    segments, labels = dashes(6, 60, 3)
    segments[7] = Segment(7, BLUE, 1.0, 2.0, 100.0)
    labels[4, :2] = 7
    assert in_rows([[number] for number in segments], segments, labels, 0.0) == [[1, 2, 3, 4, 5, 6], [7]]


def test_thousands_of_pieces_take_no_memory_by_the_square_of_their_number() -> None:
    segments, labels = dashes(3000, 6, 100)
    segments = {number: replace(one, color=BLUE * (number % 12) / 12) for number, one in segments.items()}
    groups = [[number] for number in segments]
    tracemalloc.start()
    rows = in_rows(groups, segments, labels, 0.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sorted(number for row in rows for number in row) == list(segments)
    assert peak < 3000**2
