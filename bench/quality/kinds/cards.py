"""Product cards: a picture in a frame, a badge of the price, a name, stars, a button, the card's soft shadow."""

import cv2
import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.poster import Floats, photo


def cards(page: Composition) -> None:
    """One card on the tuning split, two on the reported one, of which the first alone has stars and a price."""
    page.lay_ground("gradient" if page.random.random() < 0.4 else "flat")
    width, height = page.size
    if page.split == "tuning":
        _card(page, width * 0.16, height * 0.08, width * 0.68, height * 0.84, "")
    else:
        for number in range(2):
            _card(page, width * (0.05 + 0.47 * number), height * 0.09, width * 0.43, height * 0.82, f" {number + 1}")


def _card(page: Composition, x: float, y: float, w: float, h: float, suffix: str) -> None:
    corner = page.between(0, 30)
    alpha = page.pen.fill([figures.rounded(x, y, w, h, corner)])
    soft = cv2.GaussianBlur(np.roll(alpha, 10, axis=0), (0, 0), page.between(8, 18)) * page.between(0.2, 0.5)
    page.add(f"shadow{suffix}", np.where(soft < 2 / 255, 0, soft).astype(np.float32), np.zeros(3, np.float32))
    paper = np.full(3, page.between(238, 255), np.float32)
    page.add(f"card{suffix}", alpha, paper)
    edge = w * 0.07
    frame = figures.rounded(x + edge, y + edge, w - 2 * edge, h * 0.5, corner * 0.6)
    tones = np.array([page.color(), page.color(), page.color(), page.color()], np.float32)
    picture = photo(page.random, tones)[: page.size[1], : page.size[0]]
    page.add(f"picture{suffix}", page.pen.fill([frame]), picture)
    page.write(f"name{suffix}", page.words(), (x + w / 2, y + h * 0.66), min(h * 0.09, 46), w * 0.8)
    accent = page.color(paper, far=200)
    button = figures.rounded(x + w * 0.2, y + h * 0.83, w * 0.6, h * 0.11, h * 0.055)
    page.fill(f"button{suffix}", [button], accent)
    page.write(f"button's label{suffix}", page.words(), (x + w * 0.5, y + h * 0.885), h * 0.06, w * 0.46)
    if suffix != " 2":
        _stars_and_price(page, (x, y, w, h), suffix, [paper, accent])


def _stars_and_price(
    page: Composition, box: tuple[float, float, float, float], suffix: str, used: list[Floats]
) -> None:
    x, y, w, h = box
    edge = w * 0.07
    size = h * 0.028
    stars = [figures.star(x + w * 0.5 + (n - 2) * size * 2.6, y + h * 0.76, size, 5, 0.42) for n in range(5)]
    page.fill(f"stars{suffix}", stars, np.array([245, 166, 35], np.float32))
    radius = w * 0.13
    center = (x + w - edge, y + edge + radius * 0.4)
    badge = (
        figures.ellipse(*center, radius)
        if page.random.random() < 0.5
        else figures.star(*center, radius * 1.1, 14, 0.85)
    )
    page.fill(f"badge{suffix}", [badge], page.color(*used))
    price = f"{int(page.random.integers(5, 99))}.90"
    page.write(f"price{suffix}", price, center, radius * 0.62, radius * 1.5)
