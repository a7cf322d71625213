"""A way to split pictures, measured on posters: a table, a kind of poster a line."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.quality import layerd
from bench.quality.fragments import fragments
from bench.quality.memory import forget_peak, peak_mib
from bench.quality.metrics import score
from bench.quality.poster import Poster
from model.layers import Pixels, Stack, on_canvas

Draw = Callable[[str, int], Poster]
Split = Callable[[Pixels], Stack]


@dataclass(frozen=True, slots=True)
class Measured:
    """One poster's figures; ``unmerged`` and ``merged`` are LayerD's with none and with five merges allowed."""

    kind: str
    seed: int
    isolation: float
    removal: float
    max_error: int
    unmerged: layerd.Match
    merged: layerd.Match
    fragmentation: float
    layers: int
    true_layers: int
    seconds: float
    peak_mib: float


def measured(split: Split, draw: Draw, kind: str, seed: int) -> Measured:
    """Draw a poster, split its picture, score the layers."""
    poster = draw(kind, seed)
    picture = poster.picture()
    forget_peak()
    start = time.perf_counter()
    stack = split(picture)
    seconds, peak = time.perf_counter() - start, peak_mib()
    scored = score(stack, poster)
    found = [on_canvas(layer, stack.width, stack.height) for layer in stack.layers]
    true = poster.layers()
    matches = layerd.evaluate(found, true)
    return Measured(
        kind, seed, scored.isolation, scored.removal, scored.max_error, matches[0], matches[-1],
        fragments(_halved(found), _halved(true)).fragmentation, len(found), len(true), seconds, peak,
    )  # fmt: skip


def _halved(layers: Sequence[Pixels]) -> list[Pixels]:
    """Every other pixel, enough to say which layer a piece belongs to."""
    return [np.ascontiguousarray(layer[::2, ::2]) for layer in layers]


HEADER = (
    "isolation  removal  max_error     L1    IoU   cost  |  5 merges: L1    IoU   cost  |  fragmentation  layers  true"
    "  s/poster  peak MiB"
)


def table(name: str, split: Split, draw: Draw, kinds: Sequence[str], seeds: range) -> list[Measured]:
    """Print a line a kind as it is known, and one over all kinds, each kind counting the same.

    Memory is the largest peak while a picture was split, the process with the drawn poster included.
    """
    print(f"\n{name:<14} {HEADER}", flush=True)
    everything: list[Measured] = []
    lines: list[list[float]] = []
    for kind in kinds:
        rows = [measured(split, draw, kind, seed) for seed in seeds]
        everything += rows
        lines.append(_means(rows))
        print(_line(kind, lines[-1], rows), flush=True)
    print(_line("all", np.mean(lines, axis=0).tolist(), everything), flush=True)
    return everything


def _means(rows: Sequence[Measured]) -> list[float]:
    values = [
        (
            row.isolation, row.removal,
            row.unmerged.l1, row.unmerged.iou, row.unmerged.cost,
            row.merged.l1, row.merged.iou, row.merged.cost,
            row.fragmentation, row.layers, row.true_layers, row.seconds,
        )
        for row in rows
    ]  # fmt: skip
    means: list[float] = np.mean(values, axis=0).tolist()
    return means


def _line(name: str, means: Sequence[float], rows: Sequence[Measured]) -> str:
    error, peak = max(row.max_error for row in rows), max(row.peak_mib for row in rows)
    isolation, removal, *first = means[:5]
    merged, (fragmentation, layers, true, seconds) = means[5:8], means[8:]
    return (
        f"{name:<14} {isolation:9.3f} {removal:8.3f} {error:10d} {first[0]:6.3f} {first[1]:6.3f} {first[2]:6.3f}  |"
        f"  {merged[0]:12.3f} {merged[1]:6.3f} {merged[2]:6.3f}  |  {fragmentation:13.3f} {layers:7.1f} {true:5.1f}"
        f" {seconds:9.2f} {peak:9.0f}"
    )
