"""The subject of a photograph comes out with its own colours, or not at all."""

import cv2
import numpy as np
import pytest

from model.decomposers.classic.layering.foreground import with_subject
from model.decomposers.classic.photographs.matte import cut_out
from model.decomposers.classic.photographs.subject import subject_of
from model.decomposers.classic.planes import Floats
from model.layers import Layer, Pixels


def cloth(seed: int, color: tuple[int, int, int], grain: float) -> Floats:
    noise = np.random.default_rng(seed).normal(0, 1, (360, 300, 3)).astype(np.float32)
    cloud = cv2.GaussianBlur(noise, (0, 0), 14)
    return np.clip(color + grain * cloud / cloud.std() + noise * 2, 0, 255).astype(np.float32)


def figure(blur: float) -> Floats:
    """Somebody from the waist up; alpha."""
    alpha = np.zeros((360, 300), np.float32)
    cv2.ellipse(alpha, (160, 110), (48, 62), 0, 0, 360, 1, -1)
    cv2.ellipse(alpha, (165, 330), (100, 170), 0, 0, 360, 1, -1)
    return cv2.GaussianBlur(alpha, (0, 0), blur)


def portrait(blur: float = 1.5) -> tuple[Floats, Floats, Floats]:
    """The photograph, the ground alone, alpha of who stands before it."""
    ground, person, alpha = cloth(1, (225, 228, 230), 6), cloth(2, (90, 60, 50), 16), figure(blur)
    return np.rint(person * alpha[:, :, None] + ground * (1 - alpha[:, :, None])), ground, alpha


def opaque(picture: Floats) -> Pixels:
    return np.dstack([picture, np.full(picture.shape[:2], 255)]).astype(np.uint8)


def test_who_stands_before_a_plain_ground_is_the_subject() -> None:
    picture, _, alpha = portrait()
    subject = subject_of(picture)
    assert subject is not None
    assert subject.sureness >= 0.9
    assert (subject.mask != (alpha > 0.5)).mean() < 0.02


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_clouds_have_no_subject(seed: int) -> None:
    assert subject_of(cloth(seed, (120, 130, 150), 55)) is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 1000), (64, 64)])
def test_a_picture_without_anything_has_no_subject(shape: tuple[int, int]) -> None:
    assert subject_of(np.full((*shape, 3), 90, np.float32)) is None


def test_soft_edges_are_measured_and_nothing_of_the_ground_stays_in_them() -> None:
    picture, ground, alpha = portrait(blur=2.5)
    color, found, behind = cut_out(picture, alpha > 0.5)
    band = (alpha > 0.3) & (alpha < 0.95)
    assert np.abs(found - alpha).mean() < 0.01
    assert color[band].mean() < 110
    assert np.abs(behind - ground).mean() < 12
    again = color * found[:, :, None] + behind * (1 - found[:, :, None])
    assert np.abs(again - picture).mean() < 3


def test_a_lock_that_was_left_out_of_the_mask_goes_with_the_subject_and_leaves_the_ground() -> None:
    picture, ground, alpha = portrait()
    lock = cv2.GaussianBlur(cv2.line(np.zeros_like(alpha), (128, 118), (92, 172), 1.0, 7), (0, 0), 1.0)
    picture += (cloth(2, (90, 60, 50), 16) - picture) * lock[:, :, None]
    mask = alpha > 0.5
    _, found, behind = cut_out(picture, mask)
    beyond = (lock > 0.95) & (alpha == 0)
    assert found[beyond].mean() > 0.5
    assert np.abs(behind - ground)[beyond].mean() < 20


def test_a_light_rim_of_colours_that_the_subject_has_is_opaque() -> None:
    ground, alpha = cloth(1, (245, 246, 248), 3), figure(0.8)
    dark, light = cloth(2, (70, 45, 35), 8), cloth(6, (165, 125, 85), 8)
    strand = np.zeros_like(alpha)
    strand[:, 130:150] = 1
    rim = np.clip(alpha - cv2.erode(alpha, np.ones((13, 13), np.uint8)), 0, 1)
    person = dark + (light - dark) * np.maximum(strand, rim)[:, :, None]
    picture = np.rint(person * alpha[:, :, None] + ground * (1 - alpha[:, :, None]))
    _, found, _ = cut_out(picture.astype(np.float32), alpha > 0.5)
    assert found[cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.99].min() > 0.8


def test_the_subject_lies_above_its_ground_and_below_all_else() -> None:
    picture, _, _ = portrait()
    bar = Layer(np.full((30, 300, 4), 255, np.uint8), 0, 200, "bar", "shape")
    layers, notes = with_subject([Layer(opaque(picture), name="background", kind="background"), bar], 8)
    assert [layer.name for layer in layers] == ["background", "subject", "bar"]
    assert notes["subject"] >= 0.9
    assert (layers[0].pixels[:, :, 3] == 255).all()


def test_no_room_for_another_layer_leaves_the_photograph_whole() -> None:
    picture, _, _ = portrait()
    background = Layer(opaque(picture), name="background", kind="background")
    assert with_subject([background], 1) == ([background], {})


def test_the_same_photograph_gives_the_same_bytes() -> None:
    picture, _, _ = portrait()
    background = Layer(opaque(picture), name="background", kind="background")
    first, second = (with_subject([background], 4)[0] for _ in range(2))
    assert [layer.pixels.tobytes() for layer in first] == [layer.pixels.tobytes() for layer in second]
