"""Which layers hold several things, and what is done about it; the model is a function that the test draws."""

import json
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.decomposers.qwen_image_layered.pictures.auto import FIRST_LAYERS, split_further
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.pictures.parts import SEEN, apart, parts_of
from model.decomposers.qwen_image_layered.pictures.separation import Separation, judged
from model.errors import Canceled
from model.layers import Pixels

WIDTH = HEIGHT = 640
LEAST = 0.005
Alpha = NDArray[np.uint8]
RED, GREEN, BLUE, NIGHT = (220, 40, 40), (40, 160, 60), (60, 80, 220), (20, 20, 60)


def _clear() -> Alpha:
    return np.zeros((HEIGHT, WIDTH), np.uint8)


def _cards(*places: tuple[int, int]) -> Alpha:
    """Cards of 120 × 90 with these left upper corners."""
    alpha = _clear()
    for x, y in places:
        cv2.rectangle(alpha, (x, y), (x + 119, y + 89), 255, -1)
    return alpha


def _ring(inner: int = 100, outer: int = 140) -> Alpha:
    alpha = cv2.circle(_clear(), (WIDTH // 2, HEIGHT // 2), outer, 255, -1)
    return np.asarray(cv2.circle(alpha, (WIDTH // 2, HEIGHT // 2), inner, 0, -1), np.uint8)


def _disc(radius: int = 50) -> Alpha:
    return np.asarray(cv2.circle(_clear(), (WIDTH // 2, HEIGHT // 2), radius, 255, -1), np.uint8)


def _words(*lines: tuple[str, tuple[int, int], float]) -> Alpha:
    alpha = _clear()
    for text, place, size in lines:
        cv2.putText(alpha, text, place, cv2.FONT_HERSHEY_DUPLEX, size, 255, round(3 * size), cv2.LINE_AA)
    return alpha


def _dots() -> Alpha:
    alpha = _clear()
    for x in range(100, 300, 24):
        for y in range(100, 300, 24):
            cv2.circle(alpha, (x, y), 6, 255, -1, cv2.LINE_AA)
    return alpha


ONE_THING = {
    "nothing": _clear(),
    "a card": _cards((100, 100)),
    "everything": np.full((HEIGHT, WIDTH), 255, np.uint8),
    "a word": _words(("WONDERFUL", (60, 200), 2.5)),
    "some lines of text": _words(("an evening of", (60, 200), 1.6), ("quiet music", (60, 250), 1.6)),
    "two lines of a headline": _words(("SUMMER", (60, 200), 4), ("SALE", (60, 340), 4)),
    "a pattern of dots": _dots(),
    "two cards with a hair between them": _cards((100, 100), (224, 100)),
    "a card and a speck": np.maximum(_cards((100, 100)), cv2.circle(_clear(), (500, 500), 10, 255, -1)),
    "a card and the noise of a blank layer": np.maximum(_cards((100, 100)), np.full((HEIGHT, WIDTH), 20, np.uint8)),
}


@pytest.mark.parametrize("alpha", ONE_THING.values(), ids=ONE_THING.keys())
def test_what_belongs_together_is_one_thing(alpha: Alpha) -> None:
    (part,) = parts_of(alpha, LEAST)
    assert part.all()


def test_two_cards_are_two_things_and_a_speck_belongs_to_the_nearer() -> None:
    alpha = _cards((60, 60), (400, 400))
    alpha[300:306, 470:476] = 255
    parts = parts_of(alpha, LEAST)
    assert len(parts) == 2
    assert (parts[0].astype(int) + parts[1] == 1).all()
    assert all(part[alpha > 0][0] == part[60, 60] for part in parts)
    low = next(part for part in parts if part[410, 410])
    assert low[302, 472]
    assert not low[100, 100]


def test_the_soft_rim_of_a_thing_goes_with_it() -> None:
    alpha = np.asarray(cv2.GaussianBlur(_cards((60, 60), (400, 60)), (0, 0), 4), np.uint8)
    parts = parts_of(alpha, LEAST)
    assert len(parts) == 2
    for part in parts:
        own = np.where(part, alpha, 0)
        assert (own[own > 0] <= SEEN).any()
        assert abs(int(own.sum()) - int(alpha.sum()) // 2) < 0.01 * alpha.sum()


def test_a_thin_frame_is_not_taken_for_a_letter_of_the_text_in_it() -> None:
    text = _words(("HELLO", (200, 330), 2))
    frame = cv2.rectangle(_clear(), (140, 200), (500, 400), 255, 6)
    alpha = np.maximum(text, frame)
    assert [len(group) for group in apart(parts_of(alpha, LEAST), alpha)] == [2]


def test_the_smallest_thing_worth_a_layer_is_measured_by_the_canvas() -> None:
    alpha = np.maximum(_cards((60, 60)), cv2.circle(_clear(), (500, 500), 30, 255, -1))  # 0.7 % of the canvas
    assert len(parts_of(alpha, 0.006)) == 2
    assert len(parts_of(alpha, 0.008)) == 1


def test_a_line_can_be_drawn_between_cards_but_not_between_a_ring_and_what_is_in_it() -> None:
    cards = _cards((60, 60), (150, 200), (60, 400))  # no two boxes share rows
    assert apart(parts_of(cards, LEAST), cards) == [[0], [1], [2]]
    both = np.maximum(_ring(), _disc())
    beside = np.maximum(both, _cards((20, 20)))
    assert apart(parts_of(both, LEAST), both) == [[0, 1]]
    parts = parts_of(beside, LEAST)
    groups = apart(parts, beside)
    assert sorted(len(group) for group in groups) == [1, 2]
    assert next(parts[group[0]] for group in groups if len(group) == 1)[30, 30]


def _painted(alpha: Alpha, colour: tuple[int, int, int]) -> Pixels:
    pixels = np.empty((*alpha.shape, 4), np.uint8)
    pixels[:] = (*colour, 255)
    pixels[:, :, 3] = alpha
    return pixels


def _over(*layers: Pixels) -> Pixels:
    """Hard alphas only."""
    seen = layers[0].copy()
    for layer in layers[1:]:
        where = layer[:, :, 3] > 0
        seen[where] = layer[where]
    return seen


GROUND = _painted(np.full((HEIGHT, WIDTH), 255, np.uint8), NIGHT)


def _first(*layers: Pixels) -> tuple[Separation, Frame]:
    frame = fitted(_over(GROUND, *layers), 640)
    assert frame.shown.size == (WIDTH, HEIGHT)
    return judged([GROUND, *layers], frame, 5), frame


class Model:
    """Gives what ``draw`` makes of the picture shown, above a ground; notes what it was asked."""

    def __init__(self, draw: Callable[[Pixels], Sequence[Pixels]]) -> None:
        self.draw = draw
        self.asked: list[tuple[int, str]] = []
        self.shown: list[Pixels] = []

    def __call__(self, frame: Frame, layers: int, stage: str) -> Separation:
        self.asked.append((layers, stage))
        self.shown.append(frame.picture)
        ground = np.broadcast_to(frame.picture[0, 0], np.asarray(frame.shown).shape).astype(np.uint8)
        around = ((frame.top, frame.shown.height - frame.top - frame.height), (0, 0), (0, 0))
        return judged([ground, *(np.pad(layer, around) for layer in self.draw(frame.picture))], frame, 5)


def _no_model(frame: Frame, layers: int, stage: str) -> Separation:
    raise AssertionError("asked though nothing interlocks")


def _seen(layers: Sequence[Pixels]) -> list[int]:
    return [int((layer[:, :, 3] > SEEN).sum()) for layer in layers]


def test_cards_far_apart_are_cut_without_the_model_and_without_a_pixel_changed() -> None:
    cards = _painted(_cards((60, 60), (400, 60), (200, 400)), RED)
    text = _painted(_words(("HELLO", (200, 330), 2)), GREEN)
    found, notes = split_further(*_first(cards, text), _no_model, 0.0005)
    assert len(found) == 5
    assert _seen(found[1:4]) == [120 * 90] * 3
    assert np.array_equal(np.max([layer[:, :, 3] for layer in found[1:4]], axis=0), cards[:, :, 3])
    assert np.array_equal(_over(*found), _over(GROUND, cards, text))
    assert np.array_equal(found[4], text)
    assert notes == {"runs": 0, "splits": [{"layer": 1, "by": "line", "parts": 3}]}


def test_what_interlocks_is_shown_to_the_model_alone_on_a_ground_of_another_colour() -> None:
    ring, disc = _painted(_ring(), (250, 250, 250)), _painted(_disc(), RED)
    model = Model(lambda shown: [ring, disc])
    found, notes = split_further(*_first(_over(ring, disc)), model, 0.0005)
    assert model.asked == [(3, "layers, split 1 of 1")]
    assert tuple(model.shown[0][0, 0]) == (0, 0, 0, 255), "white would have lost the ring"
    assert [np.array_equal(*pair) for pair in zip(found[1:], (ring, disc), strict=True)] == [True, True]
    (split,) = notes["splits"] if isinstance(notes["splits"], list) else [None]
    assert (notes["runs"], split["by"], split["parts"], split["strays"]) == (1, "model", 2, 0.0)
    json.dumps(notes, allow_nan=False)


def test_a_red_layer_is_shown_on_white() -> None:
    both = _painted(np.maximum(_ring(), _disc()), RED)
    model = Model(lambda shown: [])
    split_further(*_first(both), model, 0.0005)
    assert tuple(model.shown[0][0, 0]) == (255, 255, 255, 255)


RING, DISC = _painted(_ring(), BLUE), _painted(_disc(), RED)
BOTH = _over(RING, DISC)
BAD_ANSWERS: dict[str, list[Pixels]] = {
    "nothing": [],
    "the whole once more": [BOTH],
    "one of the two": [RING],
    "other colours": [_painted(_ring(), GREEN), _painted(_disc(), GREEN)],
    "half of it": [_painted(_ring(100, 115), BLUE), DISC],
    "all of it everywhere": [_painted(np.full((HEIGHT, WIDTH), 255, np.uint8), BLUE)] * 2,
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_where_the_second_run_does_not_put_the_layer_together_it_stays_whole(answer: list[Pixels]) -> None:
    found, notes = split_further(*_first(BOTH), Model(lambda shown: answer), 0.0005)
    assert len(found) == 2
    assert np.array_equal(found[1], BOTH)
    assert notes["runs"] == 1
    assert isinstance(notes["splits"], list)
    assert notes["splits"][0]["parts"] == 1


def test_parts_are_nowhere_more_opaque_than_their_layer_and_what_is_left_over_goes_into_the_lowest() -> None:
    wide = _painted(_disc(60), RED)
    frayed = RING.copy()
    frayed[: HEIGHT // 2 - 130, :, 3] = 0
    found, _ = split_further(*_first(BOTH), Model(lambda shown: [frayed, wide]), 0.0005)
    assert len(found) == 3
    assert np.array_equal(np.max([layer[:, :, 3] for layer in found[1:]], axis=0), BOTH[:, :, 3])
    assert np.array_equal(_over(*found)[:, :, :3], _over(GROUND, BOTH)[:, :, :3])


def test_the_model_is_asked_twice_at_most_and_about_the_largest_first() -> None:
    layers = []
    for index, (size, x) in enumerate([(30, 100), (42, 300), (36, 500)]):
        alpha = cv2.circle(_clear(), (x, 150 * (index + 1)), 2 * size, 255, -1)
        alpha = cv2.circle(alpha, (x, 150 * (index + 1)), 2 * size - 15, 0, -1)
        layers.append(_painted(cv2.circle(alpha, (x, 150 * (index + 1)), size, 255, -1), RED))
    model = Model(lambda shown: [])
    found, notes = split_further(*_first(*layers), model, 0.0005)
    assert model.asked == [(3, "layers, split 1 of 2"), (3, "layers, split 2 of 2")]
    assert isinstance(notes["splits"], list)
    assert [split["layer"] for split in notes["splits"]] == [2, 3]
    assert [np.array_equal(*pair) for pair in zip(found[1:], layers, strict=True)] == [True] * 3


def test_ten_things_of_a_kind_are_a_pattern_and_stay_one_layer() -> None:
    cards = [(20 + 200 * (index % 3), 20 + 150 * (index // 3)) for index in range(10)]
    layer = _painted(_cards(*cards), RED)
    found, notes = split_further(*_first(layer), _no_model, 0.0005)
    assert (len(found), notes) == (2, {"runs": 0, "splits": []})


def test_there_are_never_more_than_sixteen_layers_and_the_largest_are_split_first() -> None:
    layers = []
    for row, height in enumerate((60, 90, 50, 80, 70)):
        alpha = _clear()
        for x in range(20, 620, 150):
            alpha[20 + 120 * row : 20 + 120 * row + height, x : x + 100] = 255
        layers.append(_painted(alpha, (200, 30 + 50 * row, 30)))
    found, notes = split_further(*_first(*layers), _no_model, 0.0005)
    assert len(found) == 1 + 3 * 4 + 2
    assert isinstance(notes["splits"], list)
    assert [split["layer"] for split in notes["splits"]] == [2, 4, 5]
    assert np.array_equal(_over(*found), _over(GROUND, *layers))


def test_more_parts_than_there_is_room_for_are_not_taken() -> None:
    rows = []
    for top in (20, 120, 220):
        alpha = _clear()
        for x in range(20, 620, 150):
            alpha[top : top + 60, x : x + 100] = 255
        rows.append(_painted(alpha, (200, top, 30)))
    ring = _painted(cv2.circle(cv2.circle(_clear(), (160, 480), 100, 255, -1), (160, 480), 70, 0, -1), BLUE)
    disc = _painted(cv2.circle(_clear(), (160, 480), 40, 255, -1), RED)
    halves = [disc.copy(), disc.copy()]
    halves[0][480:], halves[1][:480] = 0, 0
    card = _painted(_cards((400, 430)), GREEN)
    model = Model(lambda shown: [ring, *halves])
    first = [*rows, card, _over(ring, disc)]
    found, notes = split_further(*_first(*first), model, 0.0005)
    assert (len(found), notes["runs"], len(model.asked)) == (15, 1, 1)
    fewer, _ = split_further(*_first(*first[1:]), model, 0.0005)
    assert len(fewer) == 1 + 2 * 4 + 1 + 3


def test_a_picture_that_did_not_come_apart_is_left_alone() -> None:
    cards = _painted(_cards((60, 60), (400, 400)), RED)
    frame = fitted(_over(GROUND, cards), 640)
    whole = judged([_over(GROUND, cards), cards, _painted(_clear(), RED)], frame, 5)
    assert not whole.separated
    found, notes = split_further(whole, frame, _no_model, 0.0005)
    assert (found, notes) == (whole.layers, {"runs": 0, "splits": []})


def test_cancel_passes_through() -> None:
    def canceled(frame: Frame, layers: int, stage: str) -> Separation:
        raise Canceled(f"in {stage}")

    with pytest.raises(Canceled, match="in layers, split 1 of 1"):
        split_further(*_first(BOTH), canceled, 0.0005)


def test_with_a_margin_around_the_picture_things_keep_their_place() -> None:
    ground = np.full((96, 640, 4), (*NIGHT, 255), np.uint8)
    frame = fitted(ground, 640)
    assert frame.top > 0
    alpha = np.zeros((frame.height, frame.width), np.uint8)
    centre = (frame.width // 2, frame.height // 2)
    ring = cv2.circle(cv2.circle(alpha.copy(), centre, 90, 255, -1), centre, 70, 0, -1)
    disc = cv2.circle(alpha.copy(), centre, 40, 255, -1)
    layer = _over(_painted(ring, RED), _painted(disc, BLUE))
    background = np.full_like(layer, 255)
    first = Separation((background, layer), FIRST_LAYERS, 5, 0.1, 100.0)
    model = Model(lambda shown: [_painted(ring, RED), _painted(disc, BLUE)])
    found, _ = split_further(first, frame, model, 0.0005)
    assert len(found) == 3
    assert np.array_equal(np.max([part[:, :, 3] for part in found[1:]], axis=0), layer[:, :, 3])
