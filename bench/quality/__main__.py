"""``python -m bench.quality``: isolation, removal, largest error; a kind of poster a line, beside two baselines."""

import argparse
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np

from bench.quality import baselines, reported, tuning
from bench.quality.metrics import Score, score
from bench.quality.poster import KINDS, Kind, Poster
from model.decomposers import Parameters, create
from model.layers import Pixels, Stack
from model.refine import refine

Draw = Callable[[Kind, int], Poster]
Split = Callable[[Pixels], Stack]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--posters", type=int, default=50, help="how many, over all kinds (default 50)")
    parser.add_argument("--split", choices=("tuning", "reported"), default="reported")
    parser.add_argument("--model", default="classic")
    parser.add_argument("--max-layers", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1000)
    chosen = parser.parse_args(arguments)
    draw = reported.draw if chosen.split == "reported" else tuning.draw
    each = max(1, chosen.posters // len(KINDS))
    seeds = range(chosen.first_seed, chosen.first_seed + each)
    decomposer = create(chosen.model)
    decomposer.setup()
    parameters = Parameters(max_layers=chosen.max_layers)

    def model(picture: Pixels) -> Stack:
        raw = decomposer.decompose(picture, parameters, lambda stage, step, steps: None)
        return refine(raw, picture, parameters)

    print(f"{each * len(KINDS)} posters of 768 px, split {chosen.split!r}; isolation up, removal down is better")
    for name, split in (
        ("do nothing", baselines.nothing),
        ("five colours", baselines.five_colors),
        (chosen.model, model),
    ):
        _print_table(name, split, draw, seeds)


def _print_table(name: str, split: Split, draw: Draw, seeds: range) -> None:
    print(f"\n{name:<14} isolation  removal  max_error  s/poster")
    rows: list[tuple[float, float]] = []
    for kind in KINDS:
        scores: list[Score] = []
        seconds = 0.0
        for seed in seeds:
            poster = draw(kind, seed)
            picture = poster.picture()
            start = time.perf_counter()
            stack = split(picture)
            seconds += time.perf_counter() - start
            scores.append(score(stack, poster))
        isolation, removal = (float(np.mean([getattr(s, name) for s in scores])) for name in ("isolation", "removal"))
        rows.append((isolation, removal))
        error = max(s.max_error for s in scores)
        print(f"{kind:<14} {isolation:9.3f} {removal:8.3f} {error:10d} {seconds / len(scores):9.2f}")
    isolation, removal = np.mean(rows, axis=0)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'all':<14} {isolation:9.3f} {removal:8.3f}   peak memory of the process so far {peak_mb:.0f} MB", flush=True
    )


if __name__ == "__main__":
    main()
