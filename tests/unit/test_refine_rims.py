import cv2
import numpy as np
import pytest

from model.layers import Layer, Pixels, on_canvas
from model.refine import rims
from model.refine.rims import rimmed

WIDTH, HEIGHT = 160, 120
GROUND, DISC = (230, 200, 60), (40, 60, 160)


def _alpha(radius: float) -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    return np.asarray(np.clip(radius + 0.5 - np.hypot(x - 80, y - 60), 0, 1), np.float32)


def _picture(noise: float = 0) -> Pixels:
    share = _alpha(40)[:, :, None]
    seen = np.array(GROUND) * (1 - share) + np.array(DISC) * share
    seen = seen + np.random.default_rng(0).normal(0, noise, seen.shape)
    return np.dstack([np.clip(np.rint(seen), 0, 255), np.full((HEIGHT, WIDTH), 255)]).astype(np.uint8)


def _proposal(radius: float) -> list[Layer]:
    """The ground as it is; the disc with a hard edge at a radius of one's choosing."""
    ground = np.full((HEIGHT, WIDTH, 4), (*GROUND, 255), np.uint8)
    disc = np.full((HEIGHT, WIDTH, 4), (*DISC, 255), np.uint8)
    disc[:, :, 3] = np.where(_alpha(radius) > 0.5, 255, 0)
    return [Layer(ground, kind="background"), Layer(disc, name="disc")]


def _error(layer: Layer) -> float:
    """Of the alpha, summed over the canvas, in pixels."""
    return float(np.abs(on_canvas(layer, WIDTH, HEIGHT)[:, :, 3] / np.float32(255) - _alpha(40)).sum())


@pytest.mark.parametrize("noise", [0, 4])
@pytest.mark.parametrize("radius", [37, 38, 40, 42])
def test_a_rim_cut_too_narrow_or_too_wide_is_measured_anew(radius: float, noise: float) -> None:
    layers = _proposal(radius)
    mended = rimmed(list(layers), _picture(noise), 3)
    before, after = (_error(pair[1]) for pair in (layers, mended))
    assert after < 0.2 * before + 1
    assert mended[0] is layers[0]


def test_an_outline_of_another_colour_goes_with_its_layer() -> None:
    image = _picture()
    outline = (_alpha(43) > 0.5) & (_alpha(40) <= 0)
    image[outline] = (250, 250, 250, 255)
    mended = rimmed(_proposal(40), image, 3)
    assert (on_canvas(mended[1], WIDTH, HEIGHT)[:, :, 3][outline] > 200).mean() > 0.95


def test_what_is_far_from_every_rim_is_left_to_the_ground() -> None:
    image = _picture()
    image[5:12, 5:12, :3] = 0
    mended = rimmed(_proposal(40), image, 3)
    assert not on_canvas(mended[1], WIDTH, HEIGHT)[5:12, 5:12, 3].any()


def test_a_ground_that_is_off_everywhere_proves_nothing() -> None:
    layers, image = _proposal(40), _picture()
    texture = np.random.default_rng(1).integers(-60, 61, (HEIGHT // 4, WIDTH // 4, 1)).repeat(4, 0).repeat(4, 1)
    image[:, :, :3] = np.where(_alpha(41)[:, :, None] > 0, image[:, :, :3], np.clip(image[:, :, :3] + texture, 0, 255))
    mended = rimmed(list(layers), image, 3)
    grown = on_canvas(mended[1], WIDTH, HEIGHT)[:, :, 3][_alpha(42) == 0]
    assert grown.astype(float).mean() < 2


def test_rims_under_another_layer_are_left_alone() -> None:
    layers = _proposal(37)
    cover = np.full((HEIGHT, WIDTH // 2, 4), (9, 9, 9, 255), np.uint8)
    image = _picture()
    image[:, : WIDTH // 2] = cover
    mended = rimmed([*layers, Layer(cover, name="cover")], image, 3)
    left = slice(None), slice(0, WIDTH // 2)
    before, after = (on_canvas(layer, WIDTH, HEIGHT)[:, :, 3][left] for layer in (layers[1], mended[1]))
    assert np.array_equal(before, after)


def test_layers_and_pictures_of_several_tiles_show_no_seam() -> None:
    """A tall panel over three tiles, cut two pixels too narrow on both sides."""
    image = np.full((1300, 60, 4), (*GROUND, 255), np.uint8)
    image[:, 20:40, :3] = DISC
    panel = np.full((1300, 16, 4), (*DISC, 255), np.uint8)
    ground = np.full((1300, 60, 4), (*GROUND, 255), np.uint8)
    mended = rimmed([Layer(ground, kind="background"), Layer(panel, 22, 0)], image, 3)
    assert mended[1].bbox == (20, 0, 20, 1300)
    assert (mended[1].pixels[:, :, 3] == 255).all()
    assert cv2.absdiff(mended[1].pixels, image[:, 20:40]).max() == 0


def test_mending_tile_by_tile_reads_what_was_there_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of 16 pixels, whose margins reach into tiles that were written to, give what one large tile gives."""
    layers, image = _proposal(37), _picture(6)
    image[(_alpha(43) > 0.5) & (_alpha(40) <= 0)] = (250, 250, 250, 255)
    whole = rimmed(list(layers), image, 3)
    monkeypatch.setattr(rims, "_noticed", lambda off, alpha, seen, reach: 14.0)  # it is measured tile by tile
    monkeypatch.setattr(rims, "_own_colours", lambda pixels, image, right: np.float32(1) * image[:, :, :3])
    large = rimmed(list(layers), image, 3)
    monkeypatch.setattr(rims, "_TILE", 16)
    small = rimmed(list(layers), image, 3)
    assert not np.array_equal(whole[1].pixels[:, :, 3], layers[1].pixels[:, :, 3])
    assert small[1].bbox == large[1].bbox
    assert np.array_equal(small[1].pixels, large[1].pixels)
