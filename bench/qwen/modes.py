"""The ways to run the model, each compared with the reference before its time means anything.

The reference of ``exact`` is diffusers' own pipeline, run before it with the same weights, embeddings and noise. The
reference of all others is ``exact``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import torch

from bench.qwen.floor import network_of, run_flop, tokens
from bench.qwen.phases import Case, Ran, Seconds, ours, plain, refined, worded
from model.decomposers.qwen_image_layered.device.memory import free
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.options import Precision
from model.decomposers.qwen_image_layered.sampling.denoise import steps_of
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.words import Guidance
from model.layers import Pixels

Load: TypeAlias = Callable[[Precision], Loaded]

PLAIN, EXACT, FAST = "diffusers", "exact", "fast"
SAME_ON_GPU = 2.0
"""Mean difference of 255 up to which ``exact`` is diffusers' result on a GPU, where bfloat16 is rounded elsewhere. On a
CPU, in float32, it is 0."""
MOST_DRIFT = 24.0
"""Mean difference of 255 beyond which a faster mode is taken to be broken rather than drifting. A guess: what drift can
be put up with is for eyes to say, at real weights."""
_WARM_UP_STEPS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One mode.

    Attributes:
        faster: how many times as fast as plain diffusers; ``None`` where the result was refused.
        share: of the floor: the least time of the exact arithmetic over the time of denoising. ``None`` likewise.
        peak_bytes: of the device's memory; ``None`` without a GPU.
        drift: mean absolute difference of the layers from the reference's, 0..255; of plain diffusers 0.
        refused: why, or empty.
    """

    mode: str
    seconds: Seconds
    forwards: int
    faster: float | None
    share: float | None
    peak_bytes: int | None
    drift: float
    refused: str = ""


def rows(load: Load, precisions: Sequence[Precision], case: Case, runs: int, flop_s: float) -> Iterator[Row]:
    """Measure; the first precision is the reference's. One model is loaded at a time."""
    known: dict[str, Ran] = {}
    for precision in precisions:
        loaded = load(precision)
        worded(loaded, case)  # the device's libraries start; off the clock
        words = worded(loaded, case)
        # Other precisions may find other words; drift is of the same ones.
        case = replace(case, parameters=replace(case.parameters, prompt=words.prompt))
        floor_s = case_flop(loaded, case) / flop_s
        for way, work in _ways(loaded, words.guidance, precision == precisions[0]).items():
            mode = way if precision == precisions[0] else f"{way}, {precision}"
            ran, peak = measured(loaded, case, work, runs)
            known[mode] = ran
            ran.seconds.caption, ran.seconds.words = words.seconds.caption, words.seconds.words
            refined(case, ran)
            yield judged_row(mode, ran, known, loaded.placement.device, peak, floor_s)
        del loaded, work  # what was loaded goes before the next comes
        free()


def _ways(loaded: Loaded, guidance: Guidance, is_reference: bool) -> dict[str, Callable[[Case], Ran]]:
    ways: dict[str, Callable[[Case], Ran]] = {
        EXACT: lambda case: ours(loaded, case, guidance, Method.exact()),
        FAST: lambda case: ours(loaded, case, guidance, Method.fast()),
    }
    return {PLAIN: lambda case: plain(loaded, case, guidance), **ways} if is_reference else ways


def case_flop(loaded: Loaded, case: Case) -> float:
    """Of the exact run of this case."""
    parameters = case.parameters
    pipeline = loaded.pipeline
    count = tokens(*case.frame.shown.size, case.layers, 2 * pipeline.vae_scale_factor)
    network = network_of(pipeline.transformer)
    return run_flop(network, count, steps_of(parameters) - 1, parameters.guidance_scale)


def judged_row(
    mode: str, ran: Ran, known: dict[str, Ran], device: torch.device, peak: int | None, floor_s: float
) -> Row:
    """The row of one mode; without ratios if what it made is not what it should be."""
    first = known[PLAIN]
    reference = first if mode in (PLAIN, EXACT) else known[EXACT]
    drift = difference(ran.pixels, reference.pixels)
    refused = objection(mode, ran.pixels, drift, device)
    if mode not in (PLAIN, EXACT):
        exact = known[EXACT].pixels
        refused = refused or objection(EXACT, exact, difference(exact, first.pixels), device)
    faster = None if refused else first.seconds.model / ran.seconds.model
    share = None if refused else floor_s / ran.seconds.denoise
    return Row(mode, ran.seconds, ran.forwards, faster, share, peak, drift, refused)


def difference(first: Pixels, second: Pixels) -> float:
    """Mean absolute difference of all channels, alpha among them, 0..255."""
    return float(np.abs(first.astype(np.int16) - second).mean())


def objection(mode: str, pixels: Pixels, drift: float, device: torch.device) -> str:
    """Why the result of a mode does not count; empty if it does."""
    if pixels.std(axis=(1, 2)).max() == 0:
        return "all layers are blank"
    limit = MOST_DRIFT
    if mode in (PLAIN, EXACT):
        limit = SAME_ON_GPU if device.type == "cuda" else 0.0
    return "" if drift <= limit else f"differs from the reference by {drift:.2f} of 255, more than {limit:g}"


def measured(loaded: Loaded, case: Case, work: Callable[[Case], Ran], runs: int) -> tuple[Ran, int | None]:
    """The run of median time, after a short one that is not counted, for which kernels are compiled; and the peak."""
    work(replace(case, parameters=replace(case.parameters, num_inference_steps=_WARM_UP_STEPS)))
    is_gpu = loaded.placement.device.type == "cuda"
    if is_gpu:
        torch.cuda.reset_peak_memory_stats()
    done = sorted((work(case) for _ in range(runs)), key=lambda ran: ran.seconds.model)
    return done[(runs - 1) // 2], torch.cuda.max_memory_allocated() if is_gpu else None
