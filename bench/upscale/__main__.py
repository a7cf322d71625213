"""``python -m bench.upscale``: layers of the model's size brought to the picture's, against the truth.

Layers are drawn, composed to a picture, blurred and shrunk to the model's bucket and spoilt as its layers are; then
refine, bicubic interpolation and the guided filter bring them back. Each way runs in a process of its own, which holds
the picture and the proposal, so that its peak memory is its own.
"""

import json
import pickle
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from PIL import Image

from bench.upscale.measures import Measure, measured, views
from bench.upscale.peers import bicubic, guided
from bench.upscale.scene import drawn
from bench.upscale.spoilt import spoilt
from model.compositing import composite, flattened
from model.decomposers import Parameters
from model.layers import Layer, Pixels, Stack, on_canvas
from model.refine import refine

MOST_LAYERS = 16
WAYS = ("refine", "guided", "bicubic")


@click.command()
@click.option("--width", default=4000, show_default=True)
@click.option("--height", default=3000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--resolution", default=640, show_default=True, help="The model's: 640 or 1024.")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="A folder for what was made.")
@click.option("--one", type=click.Choice(WAYS), hidden=True, help="Go this way in FOLDER.")
@click.option("--folder", type=click.Path(path_type=Path), hidden=True)
def main(
    width: int, height: int, seed: int, resolution: int, pictures: Path | None, one: str | None, folder: Path | None
) -> None:
    """Print a table of layers and a table of ways."""
    if one and folder:
        run_one(one, folder)
        return
    true = drawn(width, height, seed)
    picture = flattened(true, width, height)
    raw = spoilt(true, width, height, seed, resolution)
    print(f"{width} × {height} pixels from {raw.width} × {raw.height}, {len(true)} layers, seed {seed}\n")
    with TemporaryDirectory(prefix="lamina") as name:
        place = Path(name)
        np.save(place / "picture.npy", picture)
        (place / "raw.pickle").write_bytes(pickle.dumps(raw))
        report(true, picture, {way: gone(way, place) for way in WAYS}, pictures)


def report(
    true: list[Layer], picture: Pixels, gone: dict[str, tuple[Stack, dict[str, float]]], out: Path | None
) -> None:
    """Print both tables; write each layer of each way to ``out``, if there is one."""
    height, width = picture.shape[:2]
    clear = views(true, width, height)
    table: dict[str, list[Measure]] = {}
    for way, (stack, _) in gone.items():
        found = {layer.name: layer for layer in stack.layers}
        table[way] = [measured(layer, found.get(layer.name), view) for layer, view in zip(true, clear, strict=True)]
        if out is not None:
            save(stack, out / way)
    truth = [measured(layer, layer, view) for layer, view in zip(true, clear, strict=True)]
    print(f"{'alpha soft IoU':<14}" + "".join(f"{way + ' whole':>16}{'visible':>9}" for way in WAYS))
    for index, layer in enumerate(true[1:], 1):
        cells = "".join(f"{table[way][index].whole:16.4f}{table[way][index].visible:9.4f}" for way in WAYS)
        print(f"{layer.name:<14}{cells}")
    print(f"\n{'':<10}IoU mean    min  visible    min  colour  edge px   wall s   CPU s  peak MiB  max_error")
    for way, (_, costs) in gone.items():
        print(f"{way:<10}" + _line(table[way], truth) + _costs(costs))


def _line(measures: list[Measure], truth: list[Measure]) -> str:
    whole, visible = ([getattr(one, name) for one in measures[1:]] for name in ("whole", "visible"))
    colour = np.mean([one.colour for one in measures])
    width_px, true_px = (np.nanmean([one.width_px for one in some]) for some in (measures, truth))
    return (
        f"{np.mean(whole):8.4f} {min(whole):6.3f} {np.mean(visible):8.4f} {min(visible):6.3f} {colour:7.2f} "
        f"{width_px:4.1f}/{true_px:.1f}"
    )


def _costs(costs: dict[str, float]) -> str:
    return f"{costs['wall_s']:9.1f} {costs['cpu_s']:7.1f} {costs['peak_mib']:9.0f} {costs['max_error']:10.0f}"


def gone(way: str, folder: Path) -> tuple[Stack, dict[str, float]]:
    """What came of this way in a process of its own, and what it cost."""
    command = [sys.executable, "-m", "bench.upscale", "--one", way, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    stack: Stack = pickle.loads((folder / f"{way}.pickle").read_bytes())
    return stack, json.loads(done.stdout)


def run_one(way: str, folder: Path) -> None:
    """Leave the stack in the folder, print seconds, peak memory and largest error."""
    picture: Pixels = np.load(folder / "picture.npy")
    raw: Stack = pickle.loads((folder / "raw.pickle").read_bytes())
    started, begun = time.perf_counter(), time.process_time()
    if way == "refine":
        stack = refine(raw, picture, Parameters(max_layers=MOST_LAYERS))
    else:
        stack = (guided if way == "guided" else bicubic)(raw, picture)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - begun
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    error = int(np.abs(composite(stack).astype(np.int16) - picture).max())
    (folder / f"{way}.pickle").write_bytes(pickle.dumps(stack))
    print(json.dumps({"wall_s": wall_s, "cpu_s": cpu_s, "peak_mib": peak_mib, "max_error": error}))


def save(stack: Stack, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for index, layer in enumerate(stack.layers):
        Image.fromarray(on_canvas(layer, stack.width, stack.height)).save(folder / f"{index}-{layer.name}.png")


if __name__ == "__main__":
    main()
