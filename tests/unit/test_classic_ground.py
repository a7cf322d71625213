"""The background: which regions it is made of."""

import numpy as np

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.segment import Region

SIZE = 200


def box(left: int, top: int, right: int, bottom: int) -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[top:bottom, left:right] = True
    return mask


def region(mask: Mask, color: int, is_texture: bool = False) -> Region:
    flat, texture = (
        Paint(0, np.full((1, 3), color), 200.0, 0.0, 1.0),
        Paint(None, np.full((1, 3), color), 200.0, 9.0, 0.0),
    )
    return Region(mask, texture if is_texture else flat, int(mask.sum()))


def test_scraps_of_a_pattern_too_narrow_to_show_one_colour_are_of_the_ground() -> None:
    picture, at_edge, within = box(60, 60, 140, 140), box(0, 150, 8, 190), box(20, 20, 28, 40)
    away = picture | at_edge | within
    stripes = [region(box(left, 0, left + 20, SIZE) & ~away, 200) for left in range(0, SIZE, 20)]
    scraps = [region(at_edge, 180, is_texture=True), region(within, 180, is_texture=True)]
    photo = region(picture, 90, is_texture=True)
    ground, rest = ground_and_rest([*stripes, photo, *scraps], is_drawing=False)
    assert rest == [photo]
    assert ground.seen[170, 4]
    assert ground.seen[30, 24]


def test_a_texture_on_a_ground_of_one_piece_is_a_thing_of_its_own_however_small() -> None:
    thing = region(box(20, 20, 28, 40), 180, is_texture=True)
    ground, rest = ground_and_rest([region(~thing.mask, 200), thing], is_drawing=False)
    assert rest == [thing]
    assert not ground.seen[30, 24]
