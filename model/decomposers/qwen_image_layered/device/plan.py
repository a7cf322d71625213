"""Which numbers, and how the parts share the memory: arithmetic only, so that it can be asked before anything is here.

From large to small: ``whole``, all on the device; ``turns``, the text encoder leaves it once the words are read;
``streamed``, the weights stay in main memory and come block by block while the block before computes; then that with
the layers decoded in tiles. Each is slower than the one before. The first three give the same layers, tiles nearly so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from model.decomposers.qwen_image_layered.options import Memory, Precision
from model.decomposers.qwen_image_layered.weights.sizes import (
    REAL,
    USUAL,
    Asked,
    Numbers,
    Parts,
    Quantised,
    in_gb,
    working_bytes,
)
from model.errors import ModelUnavailable

Sharing: TypeAlias = Literal["whole", "turns", "streamed"]
RESIDENT: tuple[Sharing, ...] = ("whole", "turns")
"""Those in which the transformer's blocks stay on the device while they are used."""

CPU_BYTES = 2 * 2**30
"""The largest weights that run on a CPU: for trials and tests. The real ones would take hours a picture."""
NEEDS_GPU = (
    "qwen-image-layered needs an NVIDIA GPU and PyTorch sees none (a build of PyTorch without CUDA sees none either); "
    "the model classic runs on a CPU. Nothing was downloaded."
)
_WORDS_BYTES = 1_600_000_000
"""While the text encoder looks at the picture and writes a caption."""
_BLOCKS_PERCENT = 6
"""Of the transformer: of its 60 blocks one computes, one arrives and one has not quite left."""
_WORDS_PERCENT = 32
"""Of a streamed text encoder: what looks at pictures, the word table, the last layer, and the layers under way."""
_NOT_STREAMED = (
    "Weights in 4 bits, or quantised by others, cannot be streamed: the libraries that keep them do not let them leave "
    "the GPU in pieces. Use the memory mode turns, or the precision fp8."
)
_HOW: Mapping[Sharing, str] = {
    "whole": "everything stays on the device",
    "turns": "the text encoder leaves the device after the caption",
    "streamed": "the weights come from main memory block by block",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is: a GPU's free bytes (``None`` without a GPU) and the main memory's."""

    gpu_free_bytes: int | None
    host_free_bytes: int
    has_bfloat16: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How the model runs; ``str(plan)`` says it.

    Attributes:
        numbers: what is computed in, and what weights that are not quantised are kept in.
        tiled: the VAE works in tiles.
        words_streamed: the text encoder is streamed too, as it would not fit on the device by itself.
        device_bytes: what the largest moment needs on the device.
        host_bytes: what stays in main memory; pinned, where it is streamed.
    """

    numbers: Numbers
    sharing: Sharing
    quantised: Quantised | None = None
    tiled: bool = False
    words_streamed: bool = False
    device_bytes: int = 0
    host_bytes: int = 0

    @property
    def weights_in(self) -> str:
        """``bfloat16`` or the like; ``fp8`` or ``4bit`` where the weights are quantised."""
        return self.quantised or self.numbers

    def fits(self, machine: Machine) -> bool:
        return self.device_bytes <= (machine.gpu_free_bytes or 0) and self.host_bytes <= machine.host_free_bytes

    def __str__(self) -> str:
        return f"{self.sharing} in {self.weights_in}: {_HOW[self.sharing]}{', layers in tiles' if self.tiled else ''}"


def planned(
    machine: Machine,
    parts: Parts = REAL,
    precision: Precision = "auto",
    memory: Memory = "auto",
    asked: Asked = USUAL,
) -> Plan:
    """The fastest way that fits; or the one wished for, if it does. On a CPU, which is for trials, the one wished for.

    Args:
        parts: the sizes of the weights on the disk.
        asked: what there must be memory to compute.

    Raises:
        ModelUnavailable: nothing fits. The message has what is there and what is needed, and another precision that
            would fit.
    """
    if machine.gpu_free_bytes is None:
        return _on_a_cpu(machine, parts, precision, memory)
    numbers, quantised = numbers_of(precision, machine.has_bfloat16)
    plans = [
        plan
        for plan in _ladder(numbers, quantised, parts, asked, machine.gpu_free_bytes)
        if memory in ("auto", plan.sharing)
    ]
    if not plans:
        raise ModelUnavailable(_NOT_STREAMED)
    fitting = next((plan for plan in plans if plan.fits(machine)), None)
    if fitting is None:
        raise ModelUnavailable(f"{_lacking(machine, plans)}{_way_out(machine, parts, precision, asked)}")
    return fitting


def next_smaller(plan: Plan, parts: Parts = REAL, asked: Asked = USUAL) -> Plan | None:
    """The plan after this one, slower and smaller; ``None`` where there is none."""
    plans = _ladder(plan.numbers, plan.quantised, parts, asked, None)
    following = [(each.sharing, each.tiled) for each in plans].index((plan.sharing, plan.tiled)) + 1
    if following == len(plans):
        return None
    return replace(plans[following], words_streamed=plan.words_streamed or plan.sharing == "streamed")


def enough_for(plan: Plan, machine: Machine, parts: Parts, asked: Asked) -> Plan:
    """The plan for one request: this one, or the first after it that has room to compute what is asked.

    The last of all where none has: the figures are estimates, and trying is better than refusing.
    """
    if machine.gpu_free_bytes is None:
        return plan
    plans = _ladder(plan.numbers, plan.quantised, parts, asked, machine.gpu_free_bytes)
    after = plans[[(each.sharing, each.tiled) for each in plans].index((plan.sharing, plan.tiled)) :]
    return next((each for each in after if each.fits(machine)), after[-1])


def wider(plan: Plan, machine: Machine, parts: Parts) -> Plan | None:
    """For numbers that overflowed in this plan: the same weights not quantised, or in bfloat16 or float32 instead of
    float16; ``None`` where there are no wider ones, or they do not fit."""
    if plan.quantised:
        numbers: Numbers = plan.numbers
    elif plan.numbers == "float16":
        numbers = "bfloat16" if machine.has_bfloat16 and machine.gpu_free_bytes is not None else "float32"
    else:
        return None
    if machine.gpu_free_bytes is None:
        return replace(plan, numbers=numbers, quantised=None)
    plans = _ladder(numbers, None, parts, USUAL, machine.gpu_free_bytes)
    return next((each for each in plans if each.fits(machine)), None)


def numbers_of(precision: Precision, has_bfloat16: bool) -> tuple[Numbers, Quantised | None]:
    """What a GPU computes in, and how the weights are quantised.

    ``auto`` never quantises: what a picture becomes should not depend on the size of the card.

    Raises:
        ModelUnavailable: the GPU lacks bfloat16, and it was asked for.
    """
    if precision == "fp16":
        return "float16", None
    if precision == "auto":
        return ("bfloat16" if has_bfloat16 else "float16"), None
    if not has_bfloat16:
        raise ModelUnavailable(f"This GPU has no bfloat16, which the precision {precision} needs; use fp16.")
    return "bfloat16", None if precision == "bf16" else precision


def _ladder(
    numbers: Numbers, quantised: Quantised | None, parts: Parts, asked: Asked, free_bytes: int | None
) -> list[Plan]:
    """Every way to run, the fastest first. With ``free_bytes`` the text encoder is streamed where it must be.

    What takes turns is mapped from the files, and the system may let go of it while it is on the device; halves are
    made from the files, and stay.
    """
    sized = parts.loaded(numbers, quantised)
    at_work = sized.transformer + sized.vae
    working = working_bytes(asked, numbers)
    words_alone = sized.text_encoder + _WORDS_BYTES
    ladder = [
        Plan(numbers, "whole", quantised, device_bytes=sized.total() + working),
        Plan(
            numbers,
            "turns",
            quantised,
            device_bytes=max(at_work + working, words_alone),
            host_bytes=sized.total() if numbers == "float16" else max(at_work, sized.text_encoder),
        ),
    ]
    if not _can_be_streamed(quantised, parts):
        return ladder
    words_streamed = free_bytes is not None and words_alone > free_bytes
    words = sized.text_encoder * _WORDS_PERCENT // 100 + _WORDS_BYTES if words_streamed else words_alone
    for tiled in (False, True):
        blocks = sized.transformer * _BLOCKS_PERCENT // 100 + sized.vae + working_bytes(asked, numbers, tiled)
        ladder.append(
            Plan(numbers, "streamed", quantised, tiled, words_streamed, max(blocks, words), host_bytes=sized.total())
        )
    return ladder


def _can_be_streamed(quantised: Quantised | None, parts: Parts) -> bool:
    """What others quantised is as likely as not in 4 bits."""
    return quantised != "4bit" and "transformer" not in parts.quantised


def _on_a_cpu(machine: Machine, parts: Parts, precision: Precision, memory: Memory) -> Plan:
    """Without a GPU: small weights only, in float32 but where something else is asked for."""
    needed_bytes = 2 * parts.total()
    if parts.total() > CPU_BYTES:
        raise ModelUnavailable(NEEDS_GPU)
    if needed_bytes > machine.host_free_bytes:
        raise ModelUnavailable(
            f"The weights need {in_gb(needed_bytes)} of main memory; {in_gb(machine.host_free_bytes)} are free."
        )
    quantised: Quantised | None = precision if precision in ("fp8", "4bit") else None
    if memory == "streamed" and not _can_be_streamed(quantised, parts):
        raise ModelUnavailable(_NOT_STREAMED)
    numbers: Numbers = "float16" if precision == "fp16" else "float32"
    return Plan(numbers, "whole" if memory == "auto" else memory, quantised, host_bytes=needed_bytes)


def _lacking(machine: Machine, plans: Sequence[Plan]) -> str:
    """What is missing for the least of these plans; of the main memory, where only that is too small."""
    free_bytes = machine.gpu_free_bytes or 0
    on_gpu = [plan for plan in plans if plan.device_bytes <= free_bytes]
    if on_gpu:
        least = min(on_gpu, key=lambda plan: plan.host_bytes)
        return (
            f"qwen-image-layered, {least.sharing} in {least.weights_in}, needs {in_gb(least.host_bytes)} of main "
            f"memory; {in_gb(machine.host_free_bytes)} are free."
        )
    least = min(plans, key=lambda plan: plan.device_bytes)
    quick = f", and {in_gb(plans[0].device_bytes)} to be quick" if plans[0] != least else ""
    return (
        f"The GPU has {in_gb(free_bytes)} free; qwen-image-layered, {least.sharing} in {least.weights_in}, needs "
        f"{in_gb(least.device_bytes)}{quick}."
    )


def _way_out(machine: Machine, parts: Parts, precision: Precision, asked: Asked) -> str:
    """A smaller precision with which some mode would fit, in a sentence."""
    smaller: tuple[Precision, ...] = ("fp8", "4bit")
    if precision in smaller:
        smaller = smaller[smaller.index(precision) + 1 :]
    for each in smaller if machine.has_bfloat16 else ():
        for plan in _ladder(*numbers_of(each, True), parts, asked, machine.gpu_free_bytes):
            if plan.fits(machine):
                return f" The precision {each} would fit, {plan.sharing}."
    return ""
