"""What the drawers draw: the first five kinds as ever, the others whole, and each split by its own hand."""

import numpy as np
import pytest

from bench.quality import kinds
from bench.quality.__main__ import main
from bench.quality.composition import WORDS, Composition
from bench.quality.layerd import evaluate
from bench.quality.poster import Poster
from model.compositing import flattened
from model.layers import Layer

SPLITS = ("tuning", "reported")
Row = tuple[str, int, int, int] | tuple[str, int, int, int, int]
AS_EVER: dict[tuple[str, str], tuple[Row, ...]] = {
    ("tuning", "flat"): (
        ("background", 250, 210, 225),
        ("panel", 112378, 277, 220, 82),
        ("shape", 23557, 151, 175, 199),
        ("badge", 5124, 286, 505, 225),
    ),
    ("tuning", "gradient"): (
        ("background", 185, 167, 188),
        ("panel", 72941, 204, 130, 81),
        ("shape", 13506, 111, 488, 225),
    ),
    ("tuning", "photo"): (
        ("background", 67, 133, 112),
        ("panel", 103689, 339, 276, 82),
        ("shape", 16481, 576, 510, 225),
    ),
    ("tuning", "glass"): (
        ("background", 186, 168, 188),
        ("shape", 23426, 213, 76, 107),
        ("glass", 37470, 352, 214, 255),
    ),
    ("tuning", "shadow"): (
        ("background", 250, 210, 225),
        ("shadow", 29136, 279, 234, 0),
        ("card", 112378, 277, 220, 84),
    ),
    ("reported", "flat"): (
        ("background", 124, 80, 158),
        ("card", 146140, 512, 256, 21),
        ("disc", 11381, 320, 448, 132),
        ("bar", 4236, 448, 303, 92),
    ),
    ("reported", "gradient"): (
        ("background", 112, 85, 134),
        ("card", 114860, 352, 384, 30),
        ("disc", 9154, 262, 512, 70),
        ("bar", 21780, 384, 447, 132),
    ),
    ("reported", "photo"): (
        ("background", 139, 124, 142),
        ("card", 98461, 512, 576, 63),
        ("disc", 33341, 435, 448, 149),
        ("bar", 34828, 351, 442, 133),
    ),
    ("reported", "glass"): (
        ("background", 124, 80, 158),
        ("disc", 17369, 435, 448, 224),
        ("bar", 26623, 512, 367, 70),
        ("glass", 64546, 512, 256, 255),
    ),
    ("reported", "shadow"): (
        ("background", 124, 80, 158),
        ("shadow", 39969, 512, 263, 0),
        ("card", 146140, 512, 256, 224),
        ("disc", 9086, 704, 64, 70),
    ),
}
"""Of seed 1000: the background's mean colour; of each element below the text its name, area, middle and mean level.
Numbers of the text would be those of the machine's fonts."""


def outline(poster: Poster) -> list[Row]:
    rows: list[Row] = [("background", *(int(v) for v in np.rint(poster.background.mean(axis=(0, 1)))))]
    for element in poster.elements:
        if element.name in ("headline", "words"):
            break
        alpha = element.rgba[:, :, 3].astype(float)
        y, x = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]]
        total = alpha.sum()
        middle = round((x * alpha).sum() / total), round((y * alpha).sum() / total)
        rows.append((element.name, round(total), *middle, round(float(element.rgba[:, :, :3].mean()))))
    return rows


@pytest.mark.parametrize(("split", "kind"), AS_EVER)
def test_posters_of_the_first_five_kinds_are_as_ever(split: kinds.SplitName, kind: str) -> None:
    found = outline(kinds.draw(split, kind, 1000))
    wanted = AS_EVER[split, kind]
    assert [row[0] for row in found] == [row[0] for row in wanted]
    for row, numbers in zip(found, wanted, strict=True):
        assert row[1:] == pytest.approx(numbers[1:], abs=1.01, rel=2e-4)


@pytest.mark.parametrize("kind", kinds.MORE)
def test_a_poster_is_the_sum_of_its_layers_and_all_of_them_can_be_seen(kind: str) -> None:
    pictures = []
    for split in SPLITS:
        poster = kinds.draw(split, kind, 5)
        picture = poster.picture()
        height, width = picture.shape[:2]
        composed = flattened([Layer(pixels) for pixels in poster.layers()], width, height)
        assert np.abs(composed.astype(int) - picture).max() <= 1 + len(poster.elements) // 4
        assert 3 <= len(poster.elements) <= 15
        assert len({element.name for element in poster.elements}) == len(poster.elements)
        for element, alpha in zip(poster.elements, poster.visible_alphas(), strict=True):
            assert element.rgba[:, :, 3].min() >= 0
            assert element.rgba[:, :, 3].max() <= 1
            assert element.rgba[:, :, :3].min() >= 0
            assert element.rgba[:, :, :3].max() <= 255.01
            assert alpha.sum() > 40, f"{element.name} cannot be seen"
        pictures.append(picture)
    assert pictures[0].shape != pictures[1].shape or not np.array_equal(*pictures)


@pytest.mark.parametrize("kind", ["texture", "chart", "rotated"])
@pytest.mark.parametrize("split", SPLITS)
def test_a_seed_draws_one_poster_by_either_of_the_reported_pens(split: kinds.SplitName, kind: str) -> None:
    first, again, other = (kinds.draw(split, kind, seed).picture() for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_compressed_copy_has_the_layers_of_its_original_and_nearly_its_picture() -> None:
    copy = kinds.draw("reported", "jpeg", 1)
    original = kinds.draw("reported", kinds.copies.original("reported", "jpeg", 1, kinds.COPIED), 1)
    difference = np.abs(copy.picture().astype(int) - original.picture())
    assert difference.max() > 0
    assert difference.mean() < 6
    assert evaluate(copy.layers(), original.layers())[0].cost == 0


def test_scaled_copies_have_another_size_and_still_are_the_sum_of_their_layers() -> None:
    sizes = set()
    for seed in range(3):
        poster = kinds.draw("tuning", "rescaled", seed)
        height, width = poster.background.shape[:2]
        sizes.add((width, height))
        composed = flattened([Layer(pixels) for pixels in poster.layers()], width, height)
        assert np.abs(composed.astype(int) - poster.picture()).mean() < 6
    assert len(sizes) == 3


@pytest.mark.parametrize("split", SPLITS)
def test_every_script_the_machine_can_write_is_on_the_poster_of_scripts(split: kinds.SplitName) -> None:
    written = Composition(split, "scripts", 0).pen.scripts()
    assert "latin" in written
    assert set(written) <= set(WORDS[split])
    names = {element.name for element in kinds.draw(split, "scripts", 2).elements}
    assert set(written) <= names


def test_words_of_a_script_are_drawn_and_not_boxes_for_missing_letters() -> None:
    for split in SPLITS:
        pen = Composition(split, "scripts", 0).pen
        for script in pen.scripts():
            drawn = [pen.write(words, (384, 384), 60, 700, script) for words in WORDS[split][script][:2]]
            assert all(0.0005 < alpha.mean() < 0.2 for alpha in drawn)
            assert not np.array_equal(*drawn)


def test_an_unknown_kind_is_named_and_so_are_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--kinds", "flat,cube"])
    said = capsys.readouterr().err
    assert "no such kind: cube" in said
    assert "product" in said
