"""Screens: a dashboard with a rail of buttons on the tuning split, a telephone's list on the reported one."""

import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.poster import Floats


def screen(page: Composition) -> None:
    """Ten to fifteen elements: bars, cards, buttons, pictures, labels."""
    dark = page.random.random() < 0.4
    page.palette[0] = np.full(3, 24 if dark else 244, np.float32) + page.between(-8, 8)
    page.lay_ground("flat")
    surface = page.palette[0] + (18 if dark else 10)
    accent = page.color(page.palette[0], surface, far=200)
    if page.split == "tuning":
        _dashboard(page, surface, accent)
    else:
        _telephone(page, surface, accent)


def _dashboard(page: Composition, surface: Floats, accent: Floats) -> None:
    width, height = page.size
    rail = 72
    page.fill("rail", [figures.box(0, 0, rail, height)], accent)
    dots = [figures.ellipse(rail / 2, 90 + 64 * number, 14) for number in range(4)]
    page.fill("rail's buttons", dots, page.color(accent))
    page.write("title", page.words(), (rail + 150, 42), 30, 230)
    gap, columns = 20, 3
    w = (width - rail - gap * (columns + 1)) / columns
    for number in range(columns):
        x = rail + gap + number * (w + gap)
        page.fill(f"card {number + 1}", [figures.rounded(x, 84, w, 130, 10)], surface * 0.88 + accent * 0.12)
        page.write(f"number {number + 1}", str(int(page.random.integers(10, 9999))), (x + w / 2, 140), 44, w * 0.7)
    y = 234
    panel = figures.rounded(rail + gap, y, width - rail - 2 * gap, height - y - gap, 10)
    page.fill("table", [panel], surface * 0.93 + accent * 0.07)
    rows = [figures.box(rail + 2 * gap, y + 44 + 44 * row, width - rail - 4 * gap, 2) for row in range(5)]
    page.fill("table's lines", rows, page.color(surface, far=60))
    page.write("table's head", page.words(), (rail + 150, y + 24), 20, 200)
    button = figures.rounded(width - gap - 150, 24, 150, 38, 19)
    page.fill("button", [button], page.color(page.palette[0], accent, far=200))
    page.write("button's label", page.words(), (width - gap - 75, 43), 19, 120)


def _telephone(page: Composition, surface: Floats, accent: Floats) -> None:
    width, height = page.size
    page.fill("top bar", [figures.box(0, 0, width, 84)], accent)
    page.write("title", page.words(), (width / 2, 46), 30, width * 0.6)
    pitch = 132
    for number in range(3):
        y = 104 + pitch * number
        page.fill(
            f"entry {number + 1}", [figures.rounded(16, y, width - 32, pitch - 16, 16)], surface * 0.9 + accent * 0.1
        )
        page.fill(
            f"portrait {number + 1}", [figures.ellipse(74, y + (pitch - 16) / 2, 36)], page.color(surface, accent)
        )
        page.write(f"name {number + 1}", page.words(), (250, y + 44), 25, 230)
    button = figures.rounded(width / 2 - 120, height - 170, 240, 58, 29)
    page.fill("button", [button], page.color(page.palette[0], accent, far=200))
    page.write("button's label", page.words(), (width / 2, height - 141), 25, 200)
    page.fill("tab bar", [figures.box(0, height - 72, width, 72)], surface * 0.85 + accent * 0.15)
    tabs = [figures.rounded(width * (n + 0.5) / 4 - 14, height - 50, 28, 28, 7) for n in range(4)]
    page.fill("tabs", tabs, page.color(surface, far=200))
