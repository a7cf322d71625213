"""``python -m bench.speed``: seconds and peak memory of one picture through a model and refine, without a server.

Each picture goes through a process of its own, so that the peak is that picture's; the second of two runs is timed,
since the first one loads what is needed.
"""

import json
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import click
from PIL import Image

from app.cli.sample_poster import sample_poster
from model.decomposers import Parameters, create
from model.fidelity import max_error
from model.image import decode
from model.refine import refine

TARGET_S, TARGET_MIB = 3.0, 1200
MEGAPIXELS = (1.0, 4.0, 24.0)


@click.command()
@click.argument("pictures", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="classic", show_default=True)
@click.option("--one", is_flag=True, hidden=True, help="Measure the one picture on standard input, print JSON.")
def main(pictures: tuple[Path, ...], model: str, one: bool) -> None:
    """Measure the PICTURES, or the sample poster at 1, 4 and 24 megapixels."""
    if one:
        print(json.dumps(measured(sys.stdin.buffer.read(), model)))
        return
    named = {path.name: path.read_bytes() for path in pictures} or {
        f"poster, {mp:g} MP": poster(mp) for mp in MEGAPIXELS
    }
    print(f"{'':24} megapixels  wall s   CPU s  peak MiB  max_error")
    for name, data in named.items():
        command = [sys.executable, "-m", "bench.speed", "--one", "--model", model]
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
        row = json.loads(done.stdout)
        print(
            f"{name:24} {row['megapixels']:10.2f} {row['wall_s']:7.2f} {row['cpu_s']:7.2f} "
            f"{row['peak_mib']:9.0f} {row['max_error']:10d}"
        )
    print(f"The target for 1 MP of `classic` is {TARGET_S:g} s on 2 cores, under {TARGET_MIB} MiB.")


def poster(megapixels: float) -> bytes:
    """The sample poster at this size."""
    with Image.open(BytesIO(sample_poster())) as opened:
        scale = (megapixels * 1e6 / (opened.width * opened.height)) ** 0.5
        size = round(opened.width * scale), round(opened.height * scale)
        out = BytesIO()
        opened.resize(size, Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def measured(data: bytes, model: str) -> dict[str, float]:
    image, parameters = decode(data), Parameters()
    decomposer = create(model)
    decomposer.setup()
    for _ in range(2):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        raw = decomposer.decompose(image, parameters, lambda stage, step, steps: None)
        stack = refine(raw, image, parameters)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "megapixels": image.shape[0] * image.shape[1] / 1e6,
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "peak_mib": peak / (2**20 if sys.platform == "darwin" else 2**10),
        "max_error": max_error(stack, image),
    }


if __name__ == "__main__":
    main()
