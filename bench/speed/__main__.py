"""``python -m bench.speed``: seconds and peak memory of a picture through a model, refine and the encoder, no server.

Each picture goes through a process of its own, so that the peak is that picture's. Beside it, in another, what
everybody has: Pillow reads the same file and OpenCV's bilateral filter smooths it; seconds depend on the machine and on
what else it does, ratios to that do less.
"""

import json
import subprocess
import sys
from pathlib import Path

import click
import numpy as np

from bench.speed import one
from bench.speed.pictures import DRAWINGS, drawn
from model.decomposers.base import LayerCount
from model.encode import png
from model.image import decode

TARGETS_S = {1.0: 2.0, 12.0: 10.0, 24.0: 20.0}
TARGET_MIB = 1500


@click.command()
@click.argument("pictures", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="classic", show_default=True)
@click.option("--max-layers", default="auto", show_default=True)
@click.option("--megapixels", default="1,4,12,24", show_default=True, help="Sizes of the drawn pictures.")
@click.option("--one", "way", type=click.Choice(["model", "peer"]), hidden=True)
def main(pictures: tuple[Path, ...], model: str, max_layers: str, megapixels: str, way: str | None) -> None:
    """Measure the PICTURES, or drawn ones of 1, 4, 12 and 24 megapixels."""
    if way:
        data = sys.stdin.buffer.read()
        print(json.dumps(one.peer(data) if way == "peer" else one.measured(data, model, _count(max_layers))))
        return
    print(f"{'':22} layers   wall s   CPU s  of peer | peak MiB: split  encoded  PNGs | max_error | CPU s a stage")
    for path in pictures:
        image = decode(path.read_bytes())
        _report(path.name, png(image), model, max_layers)
    if not pictures:
        for size in map(float, megapixels.split(",")):
            for name, drawing in DRAWINGS.items():
                _report(f"{name}, {size:g} MP", png(drawn(drawing, size)), model, max_layers)
    sizes = ", ".join(f"{size:g} MP in {seconds:g} s" for size, seconds in TARGETS_S.items())
    print(f"\nThe targets for `classic` on 2 cores: {sizes}, and under {TARGET_MIB:,} MiB at 24 MP.")


def _report(name: str, data: bytes, model: str, max_layers: str) -> None:
    row = _run(data, "model", model, max_layers)
    beside = _run(data, "peer", model, max_layers)
    stages = row["stages"]
    split = {stage: costs for stage, costs in stages.items() if stage != "encode"}
    wall_s, cpu_s, _ = np.sum(list(split.values()), axis=0)
    ratio = cpu_s / sum(costs[1] for costs in beside["stages"].values())
    print(
        f"{name:22} {row['layers']:6d} {wall_s:8.2f} {cpu_s:7.2f} {ratio:8.1f} | {row['split_mib']:15.0f} "
        f"{row['job_mib']:8.0f} {row['png_mib']:5.0f} | {row['max_error']:9d} | "
        + "  ".join(f"{stage} {costs[1]:.2f}" for stage, costs in stages.items() if costs[1] >= 0.005),
        flush=True,
    )
    grown = "  ".join(f"{stage} {costs[2]:.0f}" for stage, costs in stages.items() if costs[2] >= 1)
    print(f"{'':22} MiB before {row['before_mib']:.0f}, then by stage: {grown}", flush=True)


def _run(data: bytes, way: str, model: str, max_layers: str) -> dict:
    command = [sys.executable, "-m", "bench.speed", "--one", way, "--model", model, "--max-layers", max_layers]
    row: dict = json.loads(subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout)
    return row


def _count(text: str) -> LayerCount:
    return "auto" if text == "auto" else int(text)


if __name__ == "__main__":
    main()
