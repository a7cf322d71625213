"""``python -m bench.quality``: isolation, removal, LayerD's scores; a kind of poster a line, beside two baselines."""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.quality import baselines, kinds, report
from bench.quality.composition import Composition
from bench.quality.measure import Split, table
from bench.quality.poster import KINDS
from model.decomposers import Parameters, create
from model.decomposers.base import LayerCount
from model.layers import Pixels, Stack
from model.refine import refine


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = _parser().parse_args(arguments)
    draw, names = partial(kinds.draw, chosen.split), chosen.kinds
    each = max(1, chosen.posters // len(names))
    seeds = range(chosen.first_seed, chosen.first_seed + each)
    print(f"{each * len(names)} posters, split {chosen.split!r}; up is better for isolation and IoU only")
    if "scripts" in names:
        print(f"Scripts this machine can write: {', '.join(Composition(chosen.split, 'scripts', 0).pen.scripts())}")
    table("do nothing", baselines.nothing, draw, names, seeds)
    table("five colours", baselines.five_colors, draw, names, seeds)
    model = split_by(chosen.model, chosen.max_layers)
    rows = table(chosen.model, model, draw, names, seeds)
    if chosen.report:
        title = f"{chosen.model}, max_layers {chosen.max_layers}, split {chosen.split}, seeds from {seeds[0]}"
        print(f"\nThe worst posters: {report.write(chosen.report, title, rows, model, draw)}")


def split_by(name: str, max_layers: LayerCount) -> Split:
    """A model and refine, as a worker would run them."""
    decomposer = create(name)
    decomposer.setup()
    parameters = Parameters(max_layers=max_layers)

    def split(picture: Pixels) -> Stack:
        raw = decomposer.decompose(picture, parameters, lambda stage, step, steps: None)
        return refine(raw, picture, parameters)

    return split


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--posters", type=int, default=50, help="how many, over all kinds (default 50)")
    parser.add_argument("--split", choices=("tuning", "reported"), default="reported")
    parser.add_argument(
        "--kinds", type=_kinds, default=KINDS, help=f"five (default), more, all, or some of {', '.join(kinds.ALL)}"
    )
    parser.add_argument("--model", default="classic")
    parser.add_argument("--max-layers", type=_layer_count, default="auto", help="a number or auto (default)")
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="a page of the ten worst posters there")
    return parser


def _kinds(text: str) -> tuple[str, ...]:
    named = {"five": KINDS, "all": kinds.ALL, "more": kinds.ALL[len(KINDS) :]}
    found = named.get(text) or tuple(text.split(","))
    if unknown := [name for name in found if name not in kinds.ALL]:
        raise argparse.ArgumentTypeError(f"no such kind: {', '.join(unknown)}; there are {', '.join(kinds.ALL)}")
    return found


def _layer_count(text: str) -> LayerCount:
    return "auto" if text == "auto" else int(text)


if __name__ == "__main__":
    main()
