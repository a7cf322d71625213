"""Whether what ``qwen-image-layered`` imports is installed."""

from importlib.metadata import PackageNotFoundError, version

from app.cli.checks.check import Check, State
from app.settings import QWEN as QWEN_MODELS
from app.settings import Settings

QWEN = "qwen-image-layered"
_ALWAYS = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "huggingface_hub")
_OF_PRECISION = {"fp8": "torchao", "4bit": "bitsandbytes"}


def needed_by_qwen(settings: Settings) -> State:
    """What it means when something that only ``qwen-image-layered`` and its like need is not there."""
    return "missing" if set(QWEN_MODELS) & set(settings.models) else "optional"


def check_packages(settings: Settings) -> Check:
    """Those that the chosen precision needs are among them; none is imported."""
    wanted = [*_ALWAYS]
    precision = str(settings.qwen_options()["precision"])
    if precision in _OF_PRECISION:
        wanted.append(_OF_PRECISION[precision])
    found = {name: _version(name) for name in wanted}
    lacking = [name for name, number in found.items() if number is None]
    if lacking:
        extras = "gpu,quantised" if set(lacking) & set(_OF_PRECISION.values()) else "gpu"
        return Check(
            "GPU packages",
            needed_by_qwen(settings),
            f"not installed: {', '.join(lacking)}",
            f"pip install 'lamina[{extras}]', for {QWEN} only.",
        )
    shown = [name for name in wanted if name in ("torch", "diffusers", *_OF_PRECISION.values())]
    return Check("GPU packages", "ok", ", ".join(f"{name} {found[name]}" for name in shown))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
