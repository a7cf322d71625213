"""The five pages of ``docs/uses``, run as they stand; what each promises of its pictures is looked at here."""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from pptx import Presentation

from tests.use_pages import ROOT, run_page

USES = ROOT / "docs" / "uses"


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGBA"))


def test_film_the_figure_over_the_plate_is_the_still(service: str, tmp_path: Path) -> None:
    run_page(USES / "film-cut-outs.md", tmp_path, service)
    still, figure, plate = (_pixels(tmp_path / f"{name}.png") for name in ("still", "figure", "plate"))
    with Image.open(tmp_path / "plate.png") as below, Image.open(tmp_path / "figure.png") as above:
        again = Image.alpha_composite(below.convert("RGBA"), above.convert("RGBA"))
    assert np.array_equal(np.asarray(again), still)
    assert 0.02 < (figure[:, :, 3] > 0).mean() < 0.2
    assert (plate != still).any(axis=2).mean() < 0.2
    assert np.array_equal(_pixels(tmp_path / "as-it-was.png"), still)
    assert not np.array_equal(_pixels(tmp_path / "shot.png"), still)
    for name in ("still.psd", "still.tif"):
        assert np.array_equal(_pixels(tmp_path / name), still)


def test_games_only_the_word_of_the_button_differs_between_languages(service: str, tmp_path: Path) -> None:
    run_page(USES / "game-languages.md", tmp_path, service)
    sprites = {path.stem.removeprefix("start-"): _pixels(path) for path in (tmp_path / "sprites").glob("start-*.png")}
    assert sorted(sprites) == ["ar", "de", "en", "fr", "zh"]
    painted = _pixels(tmp_path / "button.png")[70:250, 60:660]
    inside = sprites["en"][:, :, 3] == 255
    assert inside.mean() > 0.9
    assert np.array_equal(sprites["en"][inside], painted[inside])
    blank = _pixels(tmp_path / "sprites" / "blank.png")[70:250, 60:660]
    for language, sprite in sprites.items():
        written = inside & (sprite != blank).any(axis=2)
        rows, columns = np.nonzero(written)
        assert written.sum() > 300, language
        assert {*rows} <= {*range(12, 166)}, language
        assert {*columns} <= {*range(140, 560)}, language
    place = json.loads((tmp_path / "sprites" / "start.json").read_text())
    assert place["color"] == "#ffffff"
    assert len(place["polygon"]) == 4


def test_teaching_every_step_appears_and_the_last_one_is_the_diagram(service: str, tmp_path: Path) -> None:
    run_page(USES / "teaching-slides.md", tmp_path, service)
    lesson = _pixels(tmp_path / "lesson.png")
    assert np.array_equal(_pixels(tmp_path / "together.png"), lesson)
    with Image.open(tmp_path / "lesson.webp") as playing, Image.open(tmp_path / "lesson.gif") as small:
        steps = ["ground", "title", "sea", "water rises", "cloud", "rain falls", "river", "sentence"]
        assert (playing.n_frames, small.n_frames) == (len(steps), len(steps))
        seen = []
        for frame in range(len(steps)):
            playing.seek(frame)
            seen.append(np.asarray(playing.convert("RGBA")))
    assert np.array_equal(seen[-1], lesson)
    missing = [(frame != lesson).any(axis=2).sum() for frame in seen]
    assert missing == sorted(missing, reverse=True)
    assert len(set(missing)) == len(steps)
    (slide,) = Presentation(str(tmp_path / "lesson.pptx")).slides
    assert [shape.name for shape in slide.shapes][2:7] == ["sea", "water rises", "cloud", "rain falls", "river"]
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert "Where rain comes from" in words
    assert len(Presentation(str(tmp_path / "handout.pptx")).slides) == len(steps)
