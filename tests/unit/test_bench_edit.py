"""What the bench of edits measures: its pictures are what they say, and everybody composes the same ones."""

import numpy as np
import pytest

from bench.edit.__main__ import measured, report
from bench.edit.rivals import by_article, full, pillow_png, rivals
from bench.edit.scene import EDITS, SMALL, scene
from bench.encode import OTHERS, drawn, line
from model.compositing import over
from model.encode import png
from model.image import decode
from model.layers import Pixels
from model.recompose import Piece


def _composed(pieces: list[Piece], side: int) -> Pixels:
    canvas = np.zeros((side, side, 4), np.uint8)
    for piece in pieces:
        over(canvas, full(piece, side), (slice(0, side), slice(0, side)))
    return canvas


@pytest.mark.parametrize("count", [6, 20])
def test_a_scene_has_as_many_layers_as_asked_for_and_is_the_same_each_time(count: int) -> None:
    made, again = scene(128, count), scene(128, count)
    assert [piece.key for piece in made] == [piece.key for piece in again]
    assert all(np.array_equal(*pair) for pair in zip(*([p.pixels for p in s] for s in (made, again)), strict=True))
    assert len(made) == count


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_changes_the_picture_each_time_anew(edit: str) -> None:
    pieces = scene(256, 6)
    pictures = {_composed(stack, 256).tobytes() for stack in (pieces, *(EDITS[edit](pieces, step) for step in (1, 2)))}
    assert len(pictures) == (2 if edit in ("delete", "reorder") else 3)


@pytest.mark.parametrize("edit", EDITS)
def test_rivals_compose_the_same_picture(edit: str) -> None:
    pieces = EDITS[edit](scene(256, 8), 3)
    wanted = _composed(pieces, 256).astype(int)
    for name, compose in rivals().items():
        assert np.abs(compose(pieces, 256) - wanted).max() <= (3 if name == "Skia" else 1), name


def test_the_article_composes_the_same_picture_and_edits_it() -> None:
    pieces = scene(256, 6)
    layers = [full(piece, 256) for piece in pieces]
    reordered = _composed(EDITS["reorder"](pieces, 0), 256).astype(int)
    assert np.abs(by_article("reorder", layers, 0) - reordered).max() <= 1
    moved = by_article("move a small object", layers, 0)
    assert np.abs(by_article("delete", layers, 0).astype(int) - moved).max() > 20
    assert np.array_equal(layers[SMALL], full(pieces[SMALL], 256))


def test_all_that_is_reported_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    times = measured(128, 6, 1)
    assert set(times) == {*EDITS, "drag: a step"}
    for name in EDITS:
        assert {"ours", "our PNG", "article", "Pillow", "its PNG"} <= set(times[name].by)
        assert times[name].of("our PNG") >= times[name].of("ours") > 0
    report(128, 6, times)
    printed = capsys.readouterr().out
    assert "| move a large one |" in printed
    assert "png: " in printed


def test_every_encoder_gives_a_line_of_the_encode_bench() -> None:
    pictures = {name: pixels[:64, :96].copy() for name, pixels in drawn().items()}
    for name, pixels in pictures.items():
        cells = line(name, pixels, 1)
        assert len(cells) == 6 + 2 * len(OTHERS)
        for other in ("Pillow 1", "Pillow 6", "OpenCV"):
            assert np.array_equal(decode(OTHERS[other](pixels)), decode(png(pixels)))
    assert np.array_equal(decode(pillow_png(pictures["photograph"])), pictures["photograph"])
