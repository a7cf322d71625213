"""``python -m bench.similar``: is a copy of a poster taken for the poster, and one with another word for another?

Posters of ``bench.quality`` get a headline and a price; each is copied (compressed, scaled, cropped) and changed (other
headline, other price, a thing of another colour, moved, replaced), and what was changed is copied too. A table says how
often each copy is found, by the hash and then by the grid, and how often what was changed is taken for the same.
"""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import click
import cv2
import numpy as np
from PIL import Image

from bench.quality import kinds
from bench.quality.pens import PillowPen
from bench.quality.poster import Floats
from model.image import decode
from model.layers import Pixels
from model.perceptual_hash import distance, sketch
from model.sketch import BITS, SAME_BITS, Sketch

HEADLINE, PRICE = "SUMMER SALE", "only 19.90"
MEGAPIXELS_12 = (4000, 3000)
SEEN = 24, 60
"""A change is seen of which the second number of pixels differ by more than the first of steps of 255."""


@dataclass(slots=True)
class Tally:
    """Of pairs of one sort: how many, how many the hash finds, how many are the same, the extreme distances."""

    pairs: int = 0
    found: int = 0
    same: int = 0
    bits: int = 0
    least: float = float("inf")
    most: float = 0.0

    def add(self, one: Sketch, other: Sketch) -> None:
        bits = ((one.hash ^ other.hash) & ((1 << BITS) - 1)).bit_count()
        far = distance(one.grid, other.grid)
        self.pairs += 1
        self.found += bits <= SAME_BITS
        self.same += bits <= SAME_BITS and far < 1
        self.bits = max(self.bits, bits)
        self.least, self.most = min(self.least, far), max(self.most, far)


@click.command()
@click.option("--posters", default=2, show_default=True, help="Of each kind.")
@click.option("--first-seed", default=9000, show_default=True)
def main(posters: int, first_seed: int) -> None:
    """Print the table, and what a sketch costs at 12 megapixels."""
    true: dict[str, Tally] = defaultdict(Tally)
    false: dict[str, Tally] = defaultdict(Tally)
    for seed in range(first_seed, first_seed + posters):
        for kind in kinds.ALL:
            if kind not in kinds.copies.COPIES:
                _tally(dict(drawn(kind, seed)), true, false)
    _table("copies of the poster", true)
    _table("changed posters and copies of them", false)
    _costs()


def _tally(drawn_: Mapping[str, Pixels], true: dict[str, Tally], false: dict[str, Tally]) -> None:
    known = sketch(drawn_["poster"])
    for what, pixels in drawn_.items():
        if what != "poster" and not _can_be_seen(drawn_["poster"], pixels):
            continue
        for name, copy in COPIES.items():
            if what == "poster":
                true[name].add(known, sketch(copy(pixels)))
            elif name in AFTER_A_CHANGE:
                false[what].add(known, sketch(copy(pixels)))


def _can_be_seen(one: Pixels, other: Pixels) -> bool:
    """A bar moved along itself cannot, nor white of another hue."""
    apart = np.abs(one[:, :, :3].astype(int) - other[:, :, :3]).max(axis=2)
    return int((apart > SEEN[0]).sum()) > SEEN[1]


def _table(title: str, rows: Mapping[str, Tally]) -> None:
    print(f"\n{title:<36}{'pairs':>6}{'by hash':>9}{'same':>8}{'most bits':>11}{'distance':>16}")
    for name, row in rows.items():
        spread = f"{row.least:.2f} to {row.most:.2f}"
        shares = f"{row.found / row.pairs:9.1%}{row.same / row.pairs:8.1%}"
        print(f"{name:<36}{row.pairs:>6}{shares}{row.bits:>11}{spread:>16}")
    pairs = sum(row.pairs for row in rows.values())
    print(f"{'all':<36}{pairs:>6}{'':>9}{sum(row.same for row in rows.values()) / pairs:8.1%}")


def _costs() -> None:
    width, height = MEGAPIXELS_12
    random = np.random.default_rng(1)
    pixels = cv2.resize(random.integers(0, 255, (60, 80, 4), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    pixels[..., 3] = 255
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, "JPEG", quality=90)
    decoding = _cpu_ms(lambda: decode(out.getvalue()))
    made = sketch(pixels)
    print(
        f"\n12 megapixels: {_cpu_ms(lambda: sketch(pixels)):.0f} ms of CPU; to decode them as a JPEG {decoding:.0f} ms"
    )
    print(
        f"a grid has {len(made.grid):,} bytes; to compare two {_cpu_ms(lambda: distance(made.grid, made.grid)):.0f} ms"
    )


def _cpu_ms(do: Callable[[], object]) -> float:
    do()
    started = time.process_time()
    for _ in range(3):
        do()
    return (time.process_time() - started) / 3 * 1000


def drawn(kind: str, seed: int) -> Iterator[tuple[str, Pixels]]:
    """The poster, and it with something changed."""
    made = kinds.draw("tuning" if seed % 2 else "reported", kind, seed)
    things = [element.rgba for element in made.elements]

    def seen(things: list[Floats], headline: str = HEADLINE, price: str = PRICE) -> Pixels:
        ground = made.background.astype(np.float32)
        for thing in things:
            ground = _over(ground, thing)
        height, width = ground.shape[:2]
        ground = _written(ground, headline, (width / 2, height * 0.12), height * 0.09)
        return _opaque(_written(ground, price, (width * 0.8, height * 0.9), height * 0.045))

    yield "poster", seen(things)
    yield "another headline", seen(things, headline="WINTER SALE")
    yield "another digit of the price", seen(things, price="only 18.90")
    places = [index for index, thing in enumerate(things) if 0.004 < thing[:, :, 3].mean() < 0.6]
    if places:
        index = places[seed % len(places)]
        for name, change in CHANGES.items():
            yield name, seen([*things[:index], change(things[index]), *things[index + 1 :]])


def _over(ground: Floats, thing: Floats) -> Floats:
    alpha = thing[:, :, 3:]
    return np.asarray(thing[:, :, :3] * alpha + ground * (1 - alpha), np.float32)


def _written(ground: Floats, words: str, centre: tuple[float, float], size: float) -> Floats:
    height, width = ground.shape[:2]
    alpha = PillowPen((width, height)).write(words, centre, size, width * 0.9, "latin", 1, 0.0)
    under = ground[alpha > 0.3].mean()
    ink = np.full((height, width, 3), 16.0 if under > 128 else 248.0, np.float32)
    return _over(ground, np.dstack([ink, alpha]).astype(np.float32))


def _opaque(seen: Floats) -> Pixels:
    full = np.full((*seen.shape[:2], 1), 255, np.uint8)
    return np.dstack([np.clip(np.rint(seen), 0, 255).astype(np.uint8), full])


def _of_another_colour(thing: Floats) -> Floats:
    colours = np.clip(thing[:, :, :3], 0, 255).astype(np.uint8)
    hsv = cv2.cvtColor(colours, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0].astype(int) + 45) % 180
    hsv[:, :, 1], hsv[:, :, 2] = np.maximum(hsv[:, :, 1], 90), np.clip(hsv[:, :, 2], 60, 235)
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32), thing[:, :, 3]])


def _moved(thing: Floats) -> Floats:
    return np.roll(thing, round(thing.shape[1] * 0.03), axis=1)


def _replaced(thing: Floats) -> Floats:
    """A striped ball where it was."""
    down, across = np.nonzero(thing[:, :, 3] > 0.3)
    top, bottom, left, right = down.min(), down.max() + 1, across.min(), across.max() + 1
    y, x = np.mgrid[0 : bottom - top, 0 : right - left].astype(np.float32)
    inside = 1 - ((2 * x / (right - left) - 1) ** 2 + (2 * y / (bottom - top) - 1) ** 2)
    other = np.zeros_like(thing)
    stripes = np.dstack([120 + 100 * np.sin(x / 7), 120 + 100 * np.cos(y / 9), np.full_like(x, 90)])
    other[top:bottom, left:right] = np.dstack([stripes, np.clip(inside * 10, 0, 1)])
    return other


CHANGES: Mapping[str, Callable[[Floats], Floats]] = {
    "a thing of another colour": _of_another_colour,
    "a thing moved by 3 %": _moved,
    "another thing": _replaced,
}


def _saved(pixels: Pixels, quality: int, kind: str = "JPEG") -> Pixels:
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, kind, quality=quality)
    return decode(out.getvalue())


def _scaled(pixels: Pixels, by: float) -> Pixels:
    height, width = pixels.shape[:2]
    size = round(width * by), round(height * by)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def _cut(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[1:-1, 1:-1])


COPIES: Mapping[str, Callable[[Pixels], Pixels]] = {
    "JPEG 95": lambda pixels: _saved(pixels, 95),
    "JPEG 75": lambda pixels: _saved(pixels, 75),
    "JPEG 50": lambda pixels: _saved(pixels, 50),
    "JPEG 30": lambda pixels: _saved(pixels, 30),
    "WebP 80": lambda pixels: _saved(pixels, 80, "WEBP"),
    "WebP 40": lambda pixels: _saved(pixels, 40, "WEBP"),
    "twice the size": lambda pixels: _scaled(pixels, 2),
    "1.5 times, JPEG 75": lambda pixels: _saved(_scaled(pixels, 1.5), 75),
    "0.73 times": lambda pixels: _scaled(pixels, 0.73),
    "0.73 times, JPEG 75": lambda pixels: _saved(_scaled(pixels, 0.73), 75),
    "half (384 pixels)": lambda pixels: _scaled(pixels, 0.5),
    "half, JPEG 75": lambda pixels: _saved(_scaled(pixels, 0.5), 75),
    "half, JPEG 50": lambda pixels: _saved(_scaled(pixels, 0.5), 50),
    "a quarter (192 pixels)": lambda pixels: _scaled(pixels, 0.25),
    "a quarter, JPEG 75": lambda pixels: _saved(_scaled(pixels, 0.25), 75),
    "blurred by a pixel": lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 1.0),
    "a pixel less all around": _cut,
    "a pixel less, JPEG 75": lambda pixels: _saved(_cut(pixels), 75),
    "grey": lambda pixels: np.dstack([*[pixels[:, :, :3].mean(axis=2).astype(np.uint8)] * 3, pixels[:, :, 3]]),
}
AFTER_A_CHANGE = ("twice the size", "JPEG 75", "JPEG 30", "half (384 pixels)", "half, JPEG 50", "a quarter, JPEG 75")


if __name__ == "__main__":
    main()
