"""Infographics: steps along a line on the tuning split, figures with bars and a row of people on the reported one."""

import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.figures import Points
from bench.quality.poster import Floats


def infographic(page: Composition) -> None:
    """A title, and what it tells in numbers."""
    page.lay_ground("gradient" if page.random.random() < 0.3 else "flat")
    width, height = page.size
    page.write("title", page.words(), (width / 2, height * 0.1), page.between(44, 68), width * 0.8)
    (_steps if page.split == "tuning" else _numbers)(page)


def _steps(page: Composition) -> None:
    """Three discs on a line, a number in each, a label beside each; the last label stands on a flag."""
    width, height = page.size
    x, radius = width * page.between(0.18, 0.3), page.between(40, 58)
    ys = [height * (0.3 + 0.26 * step) for step in range(3)]
    spine = figures.box(x - 5, ys[0], 10, ys[2] - ys[0])
    page.fill("line", [spine], page.color(page.palette[0], far=90))
    left = x + radius * 1.7
    flag_y, flag_h = ys[2] - radius * 0.8, radius * 1.6
    flag = np.array([[0, 0], [1, 0], [0.93, 0.5], [1, 1], [0, 1], [0.05, 0.5]]) * (width * 0.93 - left, flag_h)
    under = page.color(page.palette[0])
    page.fill("flag", [np.add(flag, (left, flag_y))], under)
    for step, y in enumerate(ys):
        color = page.color(page.palette[0], under, far=100)
        page.fill(f"disc {step + 1}", [figures.ellipse(x, y, radius)], color)
        page.write(f"number {step + 1}", str(step + 1), (x, y), radius, radius)
        middle = (left + width * 0.93) / 2
        page.write(f"label {step + 1}", page.words(), (middle, y), radius * 0.8, (width * 0.85 - left) * 0.9)


def _numbers(page: Composition) -> None:
    """Two panels, each with a share in digits and as a bar on its track; under them people, some of them counted."""
    width, height = page.size
    surface = page.color(page.palette[0], far=70)
    accent = page.color(page.palette[0], surface, far=140)
    track = np.asarray(surface * 0.75 + accent * 0.25, np.float32)
    for number in range(2):
        x, y, w, h = width * (0.06 + 0.46 * number), height * 0.2, width * 0.42, height * 0.36
        page.fill(f"panel {number + 1}", [figures.rounded(x, y, w, h, 18)], surface)
        share = page.between(0.25, 0.9)
        page.write(f"share {number + 1}", f"{round(share * 100)}%", (x + w / 2, y + h * 0.32), h * 0.34, w * 0.8)
        page.write(f"label {number + 1}", page.words(), (x + w / 2, y + h * 0.62), h * 0.12, w * 0.8)
        bar = (x + w * 0.1, y + h * 0.78, w * 0.8, h * 0.1)
        page.fill(f"track {number + 1}", [figures.rounded(*bar, h * 0.05)], track)
        page.fill(f"bar {number + 1}", [figures.rounded(*bar[:2], bar[2] * share, bar[3], h * 0.05)], accent)
    _people(page, width, height, accent)
    page.write("note", f"{page.words()} {page.words()}", (width / 2, height * 0.93), 24, width * 0.8)


def _people(page: Composition, width: float, height: float, accent: Floats) -> None:
    count, counted = 8, int(page.random.integers(2, 7))
    tall = height * 0.17
    bodies = [_person(width * (0.5 + number) / count, height * 0.65, tall) for number in range(count)]
    page.fill("people counted", [part for body in bodies[:counted] for part in body], accent)
    others = page.color(page.palette[0], accent, far=90)
    page.fill("other people", [part for body in bodies[counted:] for part in body], others)


def _person(x: float, y: float, tall: float) -> list[Points]:
    wide = tall * 0.36
    head = figures.ellipse(x, y + tall * 0.13, tall * 0.12)
    return [head, figures.rounded(x - wide / 2, y + tall * 0.29, wide, tall * 0.71, wide * 0.4)]
