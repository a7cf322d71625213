"""An overlay within one gradient is told by the gradient that shows through; a panel with its own one is none."""

import numpy as np
import pytest

from bench.quality.poster import gradient
from model.decomposers.classic.overlays.crossing import Veil
from model.decomposers.classic.overlays.graded import graded
from model.decomposers.classic.planes import Floats
from model.decomposers.classic.regions.segment import segment

SIZE = 240
PANEL = slice(70, 180), slice(60, 190)
TINT = np.array((240, 240, 60), np.float32)


def ground(is_radial: bool) -> Floats:
    first, second = np.array((30, 60, 160), np.float32), np.array((220, 90, 60), np.float32)
    return np.asarray(gradient(first, second, 0.7, is_radial)[::3, ::3][:SIZE, :SIZE], np.float32)


def found_in(picture: Floats) -> Veil | None:
    rounded = np.rint(picture).astype(np.float32)
    regions, _ = segment(rounded, 0.0, np.zeros(rounded.shape[:2], bool))
    return graded(regions, 0.0)


@pytest.mark.parametrize("opacity", [0.3, 0.5, 0.7])
def test_opacity_and_tint_are_solved_from_one_gradient(opacity: float) -> None:
    picture = ground(False)
    picture[PANEL] = opacity * TINT + (1 - opacity) * picture[PANEL]
    veil = found_in(picture)
    assert veil is not None
    assert abs(veil.opacity - opacity) < 0.04
    assert np.abs(veil.tint - TINT).max() < 12


@pytest.mark.parametrize("angle", [1.2, 2.4, 3.6, 4.8])
def test_a_panel_with_a_gradient_of_its_own_is_opaque(angle: float) -> None:
    picture = ground(False)
    own = gradient(np.array((200, 40, 90), np.float32), np.array((90, 30, 40), np.float32), angle, False)
    picture[PANEL] = own[::3, ::3][PANEL]
    assert found_in(picture) is None


def test_a_flat_panel_on_a_gradient_is_opaque() -> None:
    picture = ground(True)
    picture[PANEL] = TINT
    assert found_in(picture) is None
