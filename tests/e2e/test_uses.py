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
    run_page(USES / "film_cut_outs.md", tmp_path, service)
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
    run_page(USES / "game_languages.md", tmp_path, service)
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
    run_page(USES / "teaching_slides.md", tmp_path, service)
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


def test_ads_every_row_is_a_poster_that_differs_where_it_says(service: str, tmp_path: Path) -> None:
    run_page(USES / "ad_variants.md", tmp_path, service)
    poster = _pixels(tmp_path / "poster.png")
    variants = {path.stem: _pixels(path) for path in (tmp_path / "variants").glob("*.png")}
    assert sorted(variants) == ["de", "en", "fr", "free", "ja"]
    assert np.array_equal(variants["en"], poster)
    for name, variant in variants.items():
        assert np.array_equal(variant[560:820], poster[560:820]), name
    for name, colour in {"de": (0x25, 0x63, 0xEB), "fr": (0x0F, 0x9D, 0x8A), "ja": (0x7B, 0x3F, 0xE4)}.items():
        assert tuple(variants[name][1000, 764, :3]) == colour
        assert (variants[name][60:480] != poster[60:480]).any()
    gone = variants["free"][980:1015, 700:830].astype(int)
    assert np.abs(gone - poster[980:1015, 40:41]).max() < 24  # the ground and its shadow, where the badge was
    with Image.open(tmp_path / "wide.jpg") as opened:
        assert opened.width == 600


def test_shops_products_come_off_their_walls_and_onto_cards(service: str, tmp_path: Path) -> None:
    run_page(USES / "shop_pictures.md", tmp_path, service)
    products = {path.stem: _pixels(path) for path in (tmp_path / "products").glob("*.png")}
    assert sorted(products) == ["clock", "lamp", "mug"]
    card = _pixels(tmp_path / "card.png")
    for name, photo in products.items():
        cut = _pixels(tmp_path / "clean" / name / "edited.png")
        solid = cut[:, :, 3] == 255
        assert 0.05 < solid.mean() < 0.5, name
        assert np.array_equal(cut[solid], photo[solid])
        assert not cut[:40, :, 3].any()
        made = _pixels(tmp_path / "cards" / f"{name}.webp")
        assert made.shape == card.shape
        assert (np.abs(made[120:580, 130:590].astype(int) - card[120:580, 130:590]) > 24).any(axis=2).mean() > 0.1
