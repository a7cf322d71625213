"""Alphas of rims grow until a colour can show the picture, no farther, and nowhere else."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.decomposers import Parameters
from model.layers import Layer, Stack
from model.refine import refine
from model.refine.reach import beside_core, reachable

GIVES_WAY = 12


def _shows(alpha: int, seen: int, ground: int) -> bool:
    """Whether some colour over the ground, moved a little, shows what is seen, by the compositor's own arithmetic."""
    grounds = range(max(0, ground - GIVES_WAY), min(255, ground + GIVES_WAY) + 1)
    return any((2 * (end * alpha + b * (255 - alpha)) + 255) // 510 == seen for b in grounds for end in range(256))


@settings(deadline=None, max_examples=60)
@given(alpha=st.integers(1, 255), seen=st.integers(0, 255), ground=st.integers(0, 255))
def test_the_alpha_is_enough_and_the_least_that_is(alpha: int, seen: int, ground: int) -> None:
    channels = np.full((1, 3), seen, np.uint8), np.full((1, 3), ground, np.uint8)
    (found,) = reachable(np.array([alpha], np.uint8), *channels)
    assert found >= alpha
    assert _shows(int(found), seen, ground)
    if found > alpha:
        assert not _shows(int(found) - 1, seen, ground)


def test_the_channel_that_needs_most_decides() -> None:
    alpha, seen, ground = (
        np.array([20], np.uint8),
        np.array([[100, 100, 250]], np.uint8),
        np.full((1, 3), 100, np.uint8),
    )
    assert reachable(alpha, seen, ground) == reachable(alpha, seen[:, [2, 2, 2]], ground)


def test_only_pixels_near_the_opaque_core_are_a_rim() -> None:
    alpha = np.zeros((9, 30), np.uint8)
    alpha[:, :10], alpha[:, 10], alpha[:, 11:20], alpha[:, 20] = 255, 128, 90, 10
    assert np.flatnonzero(beside_core(alpha)[4]).tolist() == [10, 11]


def test_letters_whose_colours_a_jpeg_has_blurred_leave_no_outline_behind() -> None:
    """Brightness stays sharp, colour does not, as in a picture with colours at half the size."""
    share = np.zeros((160, 320), np.uint8)
    cv2.putText(share, "SALE", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 3, 255, 14, cv2.LINE_AA)
    ground = np.array((12, 125, 232), np.float32)
    part = share.astype(np.float32)[:, :, None] / 255
    picture = np.uint8(np.rint(ground + part * (255 - ground)))
    blurred = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    for channel in (1, 2):
        half = cv2.resize(blurred[:, :, channel], (160, 80), interpolation=cv2.INTER_AREA)
        blurred[:, :, channel] = cv2.resize(half, (320, 160), interpolation=cv2.INTER_LINEAR)
    image = np.dstack([cv2.cvtColor(blurred, cv2.COLOR_YCrCb2RGB), np.full((160, 320), 255, np.uint8)])
    letters = np.dstack([np.full((160, 320, 3), 255, np.uint8), share])
    base = np.dstack([np.broadcast_to(ground, (160, 320, 3)).astype(np.uint8), np.full((160, 320), 255, np.uint8)])
    raw = Stack(320, 160, (Layer(base, kind="background"), Layer(letters, name="SALE", kind="text")))
    stack = refine(raw, image, Parameters())
    touched = share >= 24
    left = np.abs(stack.layers[0].pixels[:, :, :3].astype(int) - ground)[touched].max(axis=1)
    assert np.mean(left > GIVES_WAY + 2) < 0.02
