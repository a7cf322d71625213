"""The memory modes, each within what its plan says that it needs: a card of that size is imitated by a limit."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from bench.qwen.phases import Case, ours, worded
from model.decomposers.qwen_image_layered.device.memory import enough_memory, free
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.options import Memory, Precision
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.errors import ModelUnavailable, OutOfMemory

MODES: tuple[tuple[Precision, Memory], ...] = (
    ("bf16", "whole"),
    ("fp8", "whole"),
    ("4bit", "whole"),
    ("bf16", "turns"),
    ("fp8", "turns"),
    ("4bit", "turns"),
    ("bf16", "streamed"),
    ("fp8", "streamed"),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """One mode.

    Attributes:
        needed_bytes: of the device, by the plan; the limit under which it ran. 0 where there was no plan.
        peak_bytes: what PyTorch held at most.
        seconds: for caption, embeddings and layers.
        failed: why there are no seconds, or empty.
    """

    precision: Precision
    memory: Memory
    needed_bytes: int
    peak_bytes: int
    seconds: float
    failed: str = ""


def fits(load: Callable[[Precision, Memory], Loaded], case: Case) -> Iterator[Fit]:
    """Run each mode once under its limit; a CUDA device is needed."""
    for precision, memory in MODES:
        free()
        torch.cuda.reset_peak_memory_stats()
        try:
            yield _fit(load, case, precision, memory)
        except ModelUnavailable as error:
            yield Fit(precision, memory, 0, 0, 0.0, str(error))
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)


def _fit(load: Callable[[Precision, Memory], Loaded], case: Case, precision: Precision, memory: Memory) -> Fit:
    loaded = load(precision, memory)
    free()
    needed = loaded.placement.plan.device_bytes
    _, whole = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(1.0, needed / whole))
    torch.cuda.reset_peak_memory_stats()
    started, failed = time.perf_counter(), ""
    try:
        with enough_memory(case.parameters.resolution, case.layers):
            ours(loaded, case, worded(loaded, case).guidance, Method.exact())
    except OutOfMemory as error:
        failed = str(error)
    return Fit(precision, memory, needed, torch.cuda.max_memory_reserved(), time.perf_counter() - started, failed)
