"""LayerD's protocol on stacks small enough to score by hand."""

import numpy as np
import pytest

from bench.quality.layerd import aligned, evaluate, grouped, match
from model.layers import Pixels

SIDE = 8
WHITE, RED, BLUE = (255, 255, 255), (255, 0, 0), (0, 0, 255)


def layer(color: tuple[int, int, int], rows: slice = slice(None), columns: slice = slice(None)) -> Pixels:
    """Opaque in the box; the colour stands under the rest too."""
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    pixels[:, :, :3] = color
    pixels[rows, columns, 3] = 255
    return pixels


def test_identical_stacks_cost_nothing() -> None:
    stack = [layer(WHITE), layer(RED, slice(0, 4)), layer(BLUE, slice(2, 6))]
    for score in evaluate(stack, stack):
        assert (score.l1, score.iou, score.cost) == (0, 1, 0)


def test_one_missing_half_of_a_layer_costs_a_quarter_of_its_pair() -> None:
    truth, found = layer(RED, slice(0, 4)), layer(RED, slice(0, 2))
    score = match(found, truth)
    assert score.l1 == 0
    assert score.iou == pytest.approx(0.5)
    assert score.cost == pytest.approx(0.25)


def test_colour_counts_inside_the_true_layer_only_and_under_no_alpha_too() -> None:
    truth = layer(RED, slice(0, 4))
    found = layer(RED, slice(0, 4))
    found[4:, :, :3] = BLUE
    assert match(found, truth).l1 == 0
    found[:2, :, :3] = BLUE
    found[:2, :, 3] = 0
    assert match(found, truth).l1 == pytest.approx(0.5 * 2 / 3)


def test_half_transparent_alpha_is_compared_softly() -> None:
    truth, found = layer(RED), layer(RED)
    found[:, :, 3] = 51
    assert match(found, truth).iou == pytest.approx(0.2)


def test_nothing_against_nothing_has_no_overlap() -> None:
    nothing = np.zeros((SIDE, SIDE, 4), np.uint8)
    assert match(nothing, nothing).iou == 0
    assert match(nothing, nothing).l1 == 0


def test_layers_nothing_overlaps_become_one_and_order_stays() -> None:
    left, right = layer(RED, columns=slice(0, 3)), layer(BLUE, columns=slice(5, 8))
    groups = grouped([layer(WHITE), left, right])
    assert len(groups) == 2
    assert groups[1][:, :, 3].sum() == 6 * SIDE * 255
    assert len(grouped([layer(WHITE), left, layer(BLUE, columns=slice(2, 5)), right])) == 3


def test_a_covered_layer_waits_for_what_covers_it() -> None:
    bottom, low, high = layer(WHITE), layer(RED, slice(0, 4)), layer(BLUE, slice(3, 6))
    free = layer(BLUE, slice(7, 8))
    groups = grouped([bottom, free, low, high])
    assert [int((group[:, :, 3] > 0).sum()) for group in groups] == [64, 32, 32]
    assert groups[2][7, 0, 3] == 255


def test_one_layer_for_everything_is_aligned_with_all_true_ones() -> None:
    truth = [layer(WHITE), layer(RED, slice(0, 4))]
    picture = layer(WHITE)
    picture[:4, :, :3] = RED
    score = evaluate([picture], truth)[0]
    assert score.l1 == pytest.approx((0.5 * 2 / 3 + 0) / 2)
    assert score.iou == pytest.approx((1 + 0.5) / 2)
    assert score.cost == pytest.approx((1 / 6 + 1 / 4) / 2)


def test_background_and_one_flat_foreground_miss_the_middle_layer() -> None:
    truth = [layer(WHITE), layer(RED, slice(0, 4)), layer(BLUE, slice(2, 6))]
    front = layer(BLUE, slice(0, 6))
    front[:2, :, :3] = RED
    score = evaluate([layer(WHITE), front], truth)
    assert score[0].iou == pytest.approx((1 + 4 / 6 + 4 / 6) / 3)
    assert score[0].l1 == pytest.approx((0 + 0.5 * 2 / 3 + 0) / 3)
    assert (score[1].iou, score[1].l1) == (1, 0), "the truth's two upper layers, merged, are that foreground"


def test_a_layer_split_in_two_that_overlap_is_repaired_by_one_merge() -> None:
    truth = [layer(WHITE), layer(RED, slice(0, 6))]
    found = [layer(WHITE), layer(RED, slice(0, 4)), layer(RED, slice(3, 6))]
    scores = evaluate(found, truth)
    assert scores[0].iou == pytest.approx((1 + 4 / 6 + 3 / 6) / 3)
    assert scores[1].cost == 0
    assert scores[5].cost == 0


def test_two_layers_are_never_merged_into_one() -> None:
    truth = [layer(WHITE), layer(RED, slice(0, 4))]
    found = [layer(WHITE), layer(RED, slice(0, 2))]
    scores = evaluate(found, truth)
    assert len(scores) == 6
    assert {score.cost for score in scores} == {scores[0].cost}


def test_swapped_order_costs() -> None:
    truth = [layer(WHITE), layer(RED, slice(0, 4)), layer(BLUE, slice(3, 8))]
    score = evaluate([truth[0], truth[2], truth[1]], truth)[0]
    one = match(truth[2], truth[1]).cost + match(truth[1], truth[2]).cost
    assert 0 < score.cost <= one / 3 + 1e-9


def test_alignment_forces_both_ends_and_goes_diagonally_on_ties() -> None:
    assert aligned(np.zeros((3, 3))) == [(0, 0), (1, 1), (2, 2)]
    assert aligned(np.array([[0.0, 1.0, 1.0]])) == [(0, 0), (0, 1), (0, 2)]
    cheap_below = np.array([[1.0, 9.0], [0.0, 1.0], [9.0, 1.0]])
    assert aligned(cheap_below) == [(0, 0), (1, 0), (2, 1)]
