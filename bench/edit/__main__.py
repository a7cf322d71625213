"""``python -m bench.edit``: an edit to composed pixels, and to a PNG, beside what composes all layers anew.

Six edits are timed, each on a canvas that shows the picture before it: what is kept of an edit before does not help it
(but for the last line, a drag). *article* is what one would write first: full canvases in floating point, hues by
OpenCV. Pillow, libvips and Skia get the layers as crops; Skia's are premultiplied beforehand, and its result is not
exact. All is on one thread, milliseconds are of the processor, medians of the rounds.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import click
import numpy as np

from bench.edit.rivals import Composer, by_article, by_pillow, full, pillow_png, rivals
from bench.edit.scene import EDITS, LARGE, dragged, scene
from model.layers import Pixels
from model.recompose import Canvas, Piece

TARGETS = {"article": 20.0, "fastest": 4.0, "png": 15.0}
_SLOW = 2048
"""From this side on the article's way is timed once: it takes seconds."""


@dataclass
class Times:
    """Milliseconds of every round of an edit, by who did it."""

    by: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, who: str, begun: float) -> None:
        self.by[who].append((time.process_time() - begun) * 1e3)

    def of(self, who: str) -> float:
        return median(self.by[who])


@click.command()
@click.option("--sides", default="1024,4096", show_default=True)
@click.option("--layers", "counts", default="6,20", show_default=True)
@click.option("--rounds", default=5, show_default=True)
def main(sides: str, counts: str, rounds: int) -> None:
    """Print a table for each size and number of layers."""
    for side in map(int, sides.split(",")):
        for count in map(int, counts.split(",")):
            report(side, count, measured(side, count, rounds))


def measured(side: int, count: int, rounds: int) -> dict[str, Times]:
    """All edits, turn about, so that a noisy machine hits all alike; what is shown is checked against Pillow."""
    import cv2

    cv2.setNumThreads(1)
    pieces, others, canvas = scene(side, count), rivals(), Canvas(side, side)
    layers = [full(piece, side) for piece in pieces]
    times = {name: Times() for name in EDITS}
    for step in range(rounds):
        for name, edit in EDITS.items():
            canvas.show(pieces)
            canvas.png()
            _ours(times[name], canvas, lambda edit=edit, step=step: edit(pieces, step))
            if step == 0:
                assert np.array_equal(canvas.pixels(), by_pillow(edit(pieces, step), side)), name
            _theirs(times[name], others, lambda edit=edit, step=step: edit(pieces, step), side)
            if step == 0 or side < _SLOW:
                begun = time.process_time()
                by_article(name, layers, step)
                times[name].add("article", begun)
    times["drag: a step"] = _drag(canvas, pieces, others, side)
    return times


def _ours(times: Times, canvas: Canvas, edit: Callable[[], list[Piece]]) -> None:
    begun = time.process_time()
    canvas.show(edit())
    times.add("ours", begun)
    canvas.png()
    times.add("our PNG", begun)


def _theirs(times: Times, others: dict[str, Composer], edit: Callable[[], list[Piece]], side: int) -> None:
    for who, compose in others.items():
        begun = time.process_time()
        shown: Pixels = compose(edit(), side)
        times.add(who, begun)
        if who == "Pillow":
            pillow_png(shown)
            times.add("its PNG", begun)


def _drag(canvas: Canvas, pieces: list[Piece], others: dict[str, Composer], side: int) -> Times:
    times = Times()
    canvas.show(pieces)
    canvas.png()
    for step in range(8):
        _ours(times, canvas, lambda step=step: dragged(pieces, LARGE, step))
    _theirs(times, others, lambda: dragged(pieces, LARGE, 3), side)
    return times


def report(side: int, count: int, times: dict[str, Times]) -> None:
    """A line an edit: ours in milliseconds, and how many times that the others take."""
    others = [who for who in ("article", "Pillow", "libvips", "Skia") if who in times["delete"].by]
    print(f"\n{side} × {side}, {count} layers\n")
    print(_row(["edit", "ours, ms", *(f"{who}, ×" for who in others), "PNG, ms", "Pillow's PNG, ×"]))
    print(_row(["---"] * (len(others) + 4)))
    ratios: dict[str, list[float]] = defaultdict(list)
    for name, edit in times.items():
        ours, png = edit.of("ours"), edit.of("our PNG")
        row = {who: edit.of(who) / ours for who in others if who in edit.by}
        row["png"] = edit.of("its PNG") / png
        if name in EDITS:
            for who, ratio in row.items():
                ratios[who].append(ratio)
        shown = [f"{row[who]:.1f}" if who in row else "" for who in (*others, "png")]
        print(_row([name, f"{ours:.2f}", *shown[:-1], f"{png:.2f}", shown[-1]]))
    medians = {who: median(found) for who, found in ratios.items()}
    print(_row(["**median**", "", *(f"**{medians[who]:.1f}**" for who in others), "", f"**{medians['png']:.1f}**"]))
    medians["fastest"] = min(medians[who] for who in others)
    print("\n" + "; ".join(_met(medians[what], what, least) for what, least in TARGETS.items()))


def _met(ratio: float, what: str, least: float) -> str:
    return f"{what}: {ratio:.1f} × (target {least:g}: {'met' if ratio >= least else 'missed'})"


def _row(cells: list[Any]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    main()
