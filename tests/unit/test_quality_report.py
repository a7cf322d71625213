"""The page of the worst posters: all of it in one file, everything said that it shows."""

from base64 import b64decode
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.quality import reported
from bench.quality.measure import measured
from bench.quality.memory import forget_peak, peak_mib
from bench.quality.poster import Poster
from bench.quality.report import write
from model.layers import Layer, Pixels, Stack


def true_stack(poster: Poster) -> Stack:
    height, width = poster.background.shape[:2]
    names = ("<ground>", *(element.name for element in poster.elements))
    return Stack(
        width, height, tuple(Layer(pixels, name=name) for pixels, name in zip(poster.layers(), names, strict=True))
    )


@cache
def split_always() -> Stack:
    return true_stack(reported.draw("flat", 2))


def split(picture: Pixels) -> Stack:
    return split_always()


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for key, value in attrs if key == "src"]
        self.links += [value or "" for key, value in attrs if key == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    rows = [measured(split, reported.draw, "flat", seed) for seed in (2, 3)]
    path = write(tmp_path_factory.mktemp("report") / "new", "a title", rows, split, reported.draw, worst=1)
    seen = Seen()
    seen.feed(path.read_text())
    return seen


def test_the_page_holds_all_its_pictures(page: Seen) -> None:
    poster = reported.draw("flat", 2)
    layers, elements = len(poster.layers()), len(poster.elements)
    assert len(page.sources) == 1 + layers + 3 * elements
    for source in page.sources:
        kind, _, data = source.partition(",")
        assert kind == "data:image/webp;base64"
        with Image.open(BytesIO(b64decode(data))) as opened:
            assert max(opened.size) == 384


def test_only_the_worst_is_shown_and_its_layers_are_named(page: Seen) -> None:
    assert "flat, seed 3" in page.words, "the layers of seed 2 are wrong for seed 3"
    assert "flat, seed 2" not in page.words
    assert "0: <ground> (object)" in page.words
    assert page.links == ["#flat-3"]


def test_memory_of_one_stretch_of_work_is_told_apart_from_that_before() -> None:
    forget_peak()
    np.full(100_000_000, 1, np.uint8).sum()
    large = peak_mib()
    forget_peak()
    np.full(1_000_000, 1, np.uint8).sum()
    small = peak_mib()
    assert large > 0
    assert small <= large
    if Path("/proc/self/clear_refs").exists():
        assert large - small > 50
