"""The GPUs of this machine, and how ``qwen-image-layered`` fits into the memory of each."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.cli.checks.check import Check
from app.cli.checks.packages import QWEN, needed_by_qwen
from app.cli.checks.weights import parts_of
from app.settings import Settings
from model.decomposers.qwen_image_layered.device.host import free_bytes
from model.decomposers.qwen_image_layered.device.plan import RESIDENT, Machine, Plan, planned
from model.decomposers.qwen_image_layered.weights.sizes import Parts, in_gb
from model.errors import ModelUnavailable

_FP8_PRODUCTS_SINCE = (8, 9)
"""The compute capability from which a GPU multiplies in fp8: Ada and Hopper."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """What PyTorch says of one. ``free_bytes`` is what other programs, and PyTorch's own start, leave."""

    name: str
    total_bytes: int
    free_bytes: int
    capability: tuple[int, int]
    has_bfloat16: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """``cuda`` is the version that PyTorch was built for, ``None`` for a build without."""

    cuda: str | None
    gpus: tuple[Gpu, ...] = ()


_ASK_TORCH = """
import json, torch
from torch import cuda
gpus = []
for number in range(cuda.device_count() if cuda.is_available() else 0):
    with cuda.device(number):
        free_bytes, total_bytes = cuda.mem_get_info()
        gpus.append({
            "name": cuda.get_device_name(), "total_bytes": total_bytes, "free_bytes": free_bytes,
            "capability": cuda.get_device_capability(),
            "has_bfloat16": cuda.is_bf16_supported(including_emulation=False),
        })
print(json.dumps({"cuda": torch.version.cuda, "gpus": gpus}))
"""


def check_gpus(settings: Settings) -> list[Check]:
    """One check a GPU, or one that says that there is none. PyTorch is asked in a process of its own."""
    state = needed_by_qwen(settings)
    if importlib.util.find_spec("torch") is None:
        return [Check("GPU", state, "PyTorch is not installed", f"pip install 'lamina[gpu]', for {QWEN} only.")]
    asked = subprocess.run([sys.executable, "-c", _ASK_TORCH], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        reason = (asked.stderr.strip().splitlines() or [f"status {asked.returncode}"])[-1]
        return [Check("GPU", state, f"PyTorch cannot say: {reason}", "Look at the driver with nvidia-smi.")]
    host_free_bytes = free_bytes()
    return judged(seen_by_torch(asked.stdout), settings, parts_of(settings), host_free_bytes)


def seen_by_torch(said: str) -> Seen:
    """The process's answer, a line of JSON, the last one: a driver may have spoken before."""
    told = json.loads(said.strip().splitlines()[-1])
    gpus = [Gpu(**{**gpu, "capability": tuple(gpu["capability"])}) for gpu in told["gpus"]]
    return Seen(told["cuda"], tuple(gpus))


def judged(seen: Seen, settings: Settings, parts: Parts, host_free_bytes: int) -> list[Check]:
    """What the GPUs are good for.

    Args:
        parts: the sizes of the weights in bfloat16.
        host_free_bytes: of the main memory.
    """
    if not seen.gpus:
        return [_without_gpu(seen, settings, parts, host_free_bytes)]
    names = ["GPU"] if len(seen.gpus) == 1 else [f"GPU {number}" for number in range(len(seen.gpus))]
    checks = [_fitted(name, gpu, settings, parts, host_free_bytes) for name, gpu in zip(names, seen.gpus, strict=True)]
    if needed_by_qwen(settings) == "missing" and any(
        _is_compiled(gpu, settings, parts, host_free_bytes) for gpu in seen.gpus
    ):
        checks.append(check_compiler())
    return checks


def check_compiler() -> Check:
    """Compiled blocks are started by a little C that is compiled on this machine; without it they run uncompiled.

    What Triton looks for, in its order: the variable ``CC``, else gcc, else clang.
    """
    named = os.environ.get("CC")
    found = next((path for name in ([named] if named else ["gcc", "clang"]) if (path := shutil.which(name))), None)
    if found is not None:
        return Check("C compiler", "ok", found)
    lacking = f"CC names {named!r}, which is not there" if named else "neither gcc nor clang is there"
    return Check(
        "C compiler",
        "optional",
        f"{lacking}; {QWEN} runs uncompiled on this GPU, and pictures take longer",
        "Debian: apt install gcc",
    )


def _without_gpu(seen: Seen, settings: Settings, parts: Parts, host_free_bytes: int) -> Check:
    try:
        plan = _plan(Machine(None, host_free_bytes), settings, parts)
    except ModelUnavailable:
        state = needed_by_qwen(settings)
        if seen.cuda is None:
            wanted = f"Needed by {QWEN} only: pip install torch, built for CUDA."
            return Check("GPU", state, "this PyTorch is built without CUDA and sees none", wanted)
        wanted = f"Needed by {QWEN} only; classic runs on the CPU. Look at the driver with nvidia-smi."
        return Check("GPU", state, "PyTorch sees no CUDA device", wanted)
    return Check("GPU", "ok", f"none; these weights are small enough for the CPU, in {plan.weights_in}")


def _fitted(name: str, gpu: Gpu, settings: Settings, parts: Parts, host_free_bytes: int) -> Check:
    machine = Machine(gpu.free_bytes, host_free_bytes, gpu.has_bfloat16)
    card = f"{gpu.name}, {in_gb(gpu.total_bytes)}"
    try:
        plan = _plan(machine, settings, parts)
    except ModelUnavailable as error:
        remedy = _way_out(gpu, host_free_bytes, settings, parts)
        return Check(name, needed_by_qwen(settings), f"{card}: {error}", remedy)
    said = f"{plan.sharing} in {plan.weights_in}; needs {in_gb(plan.device_bytes)}, {in_gb(gpu.free_bytes)} free"
    if plan.host_bytes:
        said += f", and {in_gb(plan.host_bytes)} of main memory, {in_gb(host_free_bytes)} free"
    if plan.quantised == "fp8" and gpu.capability < _FP8_PRODUCTS_SINCE:
        said += "; this GPU stores fp8 but multiplies in bfloat16"
    return Check(name, "ok", f"{card}: {said}")


def _is_compiled(gpu: Gpu, settings: Settings, parts: Parts, host_free_bytes: int) -> bool:
    try:
        plan = _plan(Machine(gpu.free_bytes, host_free_bytes, gpu.has_bfloat16), settings, parts)
    except ModelUnavailable:
        return False
    return plan.sharing in RESIDENT


def _way_out(gpu: Gpu, host_free_bytes: int, settings: Settings, parts: Parts) -> str:
    """What would make the model fit, the least change first."""
    machine = Machine(gpu.free_bytes, host_free_bytes, gpu.has_bfloat16)
    tries: Sequence[tuple[str, Machine, dict[str, str]]] = (
        ("The memory mode auto", machine, {"memory": "auto"}),
        (
            f"{in_gb(gpu.total_bytes - gpu.free_bytes)} of the GPU's memory are taken; without what holds them it",
            Machine(gpu.total_bytes, host_free_bytes, gpu.has_bfloat16),
            {},
        ),
        ("LAMINA_QWEN_PRECISION=fp16", machine, {"precision": "fp16", "memory": "auto"}),
        ("LAMINA_QWEN_PRECISION=fp8", machine, {"precision": "fp8", "memory": "auto"}),
        ("LAMINA_QWEN_PRECISION=4bit", machine, {"precision": "4bit", "memory": "auto"}),
    )
    for change, then, changed in tries:
        try:
            plan = _plan(then, settings, parts, **changed)
        except ModelUnavailable:
            continue
        return f"{change} would fit, {plan.sharing} in {plan.weights_in}."
    return "A GPU or a main memory with more room; classic runs on the CPU."


def _plan(machine: Machine, settings: Settings, parts: Parts, **changed: str) -> Plan:
    chosen = {**settings.qwen_options(), **changed}
    return planned(machine, parts, chosen["precision"], chosen["memory"])
