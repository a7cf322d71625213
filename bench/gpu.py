"""``python -m bench gpu``: the diffusion model's modes in one table, beside diffusers' own pipeline in the same run.

    python -m bench gpu [--steps 50] [--layers 4] [--precisions bf16,fp8] [--weights FOLDER] [--full | --tiny]
    python -m bench gpu --memory-modes

Nothing is downloaded. On a GPU with room for it the weights have the real sizes and random values: the arithmetic is
the same. Elsewhere it is the tiny checkpoint, whose times mean nothing, but which goes the same way. No ratio is
printed for a mode whose layers are not what they should be.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast, get_args

import click

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device.plan import planned
from model.decomposers.qwen_image_layered.options import Memory, Options, Precision
from model.decomposers.qwen_image_layered.quiet import quiet_imports
from model.errors import ModelUnavailable

with quiet_imports():
    import torch

    from bench.qwen.checkpoint import write_checkpoint
    from bench.qwen.floor import reachable_flop_s
    from bench.qwen.full_size import built
    from bench.qwen.memory import fits
    from bench.qwen.modes import Row, rows
    from bench.qwen.phases import Case
    from bench.upscale.scene import drawn
    from model.compositing import flattened
    from model.decomposers.qwen_image_layered.device.placement import this_device, this_machine
    from model.decomposers.qwen_image_layered.device.quantise import check_packages
    from model.decomposers.qwen_image_layered.loading import Loaded, load

HEAD = (
    f"{'mode':<16}caption  words encode  denoise decode refine  forwards  faster  of floor  peak GB  drift  (seconds)"
)


@click.command()
@click.option("--steps", default=50, show_default=True)
@click.option("--layers", default=4, show_default=True)
@click.option("--resolution", type=click.Choice(["640", "1024"]), default="640", show_default=True)
@click.option("--runs", default=1, show_default=True, help="Of each mode; the median counts.")
@click.option("--precisions", help="Comma-separated; the first is the reference's. Default: bf16 and, if it can, fp8.")
@click.option("--width", default=1600, show_default=True, help="Of the picture, square, in pixels.")
@click.option("--weights", type=click.Path(exists=True, file_okay=False), help="A folder with real weights.")
@click.option("--full/--tiny", default=None, help="Random weights: of the real size, or of half a megabyte.")
@click.option("--memory-modes", is_flag=True, help="Measure the memory modes instead; needs a GPU.")
def main(
    steps: int,
    layers: int,
    resolution: str,
    runs: int,
    precisions: str | None,
    width: int,
    weights: str | None,
    full: bool | None,
    memory_modes: bool,
) -> None:
    """Print the table; the status is 1 if a mode's result was refused."""
    device = this_device()
    if memory_modes and device.type != "cuda":
        raise click.UsageError("--memory-modes needs a CUDA device, and there is none.")
    case = drawn_case(
        width, Parameters(num_inference_steps=steps, resolution=int(resolution), max_layers=layers), layers
    )
    with TemporaryDirectory(prefix="lamina") as name:
        source = Source(device, weights, fits_full() if full is None else full, Path(name))
        print(f"{name_of(device)}, PyTorch {torch.__version__}; weights: {source}")
        if memory_modes:
            print_memory(source, case)
            return
        wanted = checked(precisions) if precisions else default_precisions(device)
        try:
            refused = print_modes(source, wanted, case, runs, device)
        except ModelUnavailable as error:
            raise click.ClickException(str(error)) from error
    sys.exit(1 if refused else 0)


class Source:
    """Where the model comes from: a folder, random weights of the real size, or the tiny checkpoint."""

    def __init__(self, device: torch.device, weights: str | None, is_full: bool, scratch: Path) -> None:
        self._device, self._weights, self._is_full = device, weights, is_full and weights is None
        if weights is None and not is_full:
            self._weights = str(write_checkpoint(scratch / "tiny"))
            self._name = "the tiny checkpoint, random: times mean nothing"
        else:
            self._name = weights or "random, of the real size"

    def __str__(self) -> str:
        return self._name

    def load(self, precision: Precision, memory: Memory = "auto") -> Loaded:
        """By the worker's own loading, but for the random weights, which are on no disk."""
        if self._is_full:
            return built(precision, memory, self._device)
        assert self._weights is not None
        return load(Options(weights=self._weights, precision=precision, memory=memory))


def drawn_case(width: int, parameters: Parameters, layers: int) -> Case:
    """The picture of ``bench upscale``, square."""
    return Case(flattened(drawn(width, width, seed=1), width, width), parameters, layers)


def print_modes(source: Source, wanted: Sequence[Precision], case: Case, runs: int, device: torch.device) -> bool:
    """The table; whether a result was refused."""
    flop_s = reachable_flop_s(device)
    frame = case.frame.shown
    print(
        f"{frame.width} × {frame.height}, {case.layers} layers, {case.parameters.num_inference_steps} steps, guidance "
        f"{case.parameters.guidance_scale:g}; one product of matrices reaches {flop_s / 1e12:.2f} TFLOP/s"
    )
    print(f"\n{HEAD}")
    refused = False
    for row in rows(source.load, wanted, case, runs, flop_s):
        print(line(row), flush=True)
        refused |= bool(row.refused)
    print("\nTargets: exact at least 1.20× and 83 % of the floor, fast at least 3.00×.")
    return refused


def line(row: Row) -> str:
    """One row of the table, or why it has no ratios."""
    seconds = row.seconds
    text = (
        f"{row.mode:<16}{seconds.caption:7.2f} {seconds.words:6.2f} {seconds.encode:6.2f} {seconds.denoise:8.2f} "
        f"{seconds.decode:6.2f} {seconds.refine:6.2f} {row.forwards:9d}"
    )
    peak = "-" if row.peak_bytes is None else f"{row.peak_bytes / 1e9:.1f}"
    if row.faster is None or row.share is None:
        return f"{text}  refused: {row.refused}"
    return f"{text} {row.faster:6.2f}× {100 * row.share:8.1f}% {peak:>8} {row.drift:6.2f}"


def print_memory(source: Source, case: Case) -> None:
    """The memory modes' table."""
    print(f"\n{'precision':<10}{'memory':<10}{'planned GB':>11}{'peak GB':>9}{'seconds':>9}")
    for fit in fits(source.load, case):
        text = f"{fit.precision:<10}{fit.memory:<10}{fit.needed_bytes / 1e9:11.1f}{fit.peak_bytes / 1e9:9.1f}"
        print(f"{text}{fit.seconds:9.1f}  {fit.failed}", flush=True)


def fits_full() -> bool:
    """Whether the real sizes have room on the GPU, all at once."""
    try:
        planned(this_machine(), precision="bf16", memory="whole")
    except ModelUnavailable:
        return False
    return True


def default_precisions(device: torch.device) -> list[Precision]:
    """bfloat16 (on a CPU float32 stands for it) and, where it multiplies in fp8, that."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 9):
        return ["bf16"]
    try:
        check_packages("fp8")
    except ModelUnavailable:
        return ["bf16"]
    return ["bf16", "fp8"]


def checked(names: str) -> list[Precision]:
    """The precisions named, comma-separated."""
    found = [name.strip() for name in names.split(",")]
    unknown = [name for name in found if name not in get_args(Precision)]
    if unknown:
        raise click.UsageError(
            f"No precision is called {', '.join(unknown)}; there are {', '.join(get_args(Precision))}."
        )
    return cast(list[Precision], found)


def name_of(device: torch.device) -> str:
    """The card's name."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


if __name__ == "__main__":
    main()
