"""The diffusion model on tiny checkpoints that are broken in one way each; worker processes load them by name.

``LAMINA_DECOMPOSERS`` names the classes, ``TINY_QWEN`` a folder with a checkpoint for each; see ``write_checkpoints``.
"""

import os
import resource
from pathlib import Path

from model.decomposers import OnProgress, Parameters
from model.decomposers.qwen_image_layered import QwenImageLayered
from model.layers import Pixels, Stack

DECOMPOSERS = ",".join(
    f"qwen-{name}=tests.qwen_for_tests:{name.capitalize()}@1" for name in ("blank", "overflowing", "corrupt", "starved")
)
SPARE_BYTES = 32 << 20


def write_checkpoints(folder: Path) -> Path:
    """One checkpoint for each class and a good one, ``folder / "good"``; returns the folder."""
    from tests.tiny_qwen import change_weights, write_checkpoint

    for name in ("good", "corrupt"):
        write_checkpoint(folder / name)
    (folder / "corrupt" / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"cut off")
    blank = {"decoder.conv_out.weight": 0.0, "decoder.conv_out.bias": -1.0}
    change_weights(write_checkpoint(folder / "blank"), "vae", blank)
    change_weights(write_checkpoint(folder / "overflowing"), "transformer", {"proj_out.weight": float("nan")})
    return folder


class _Tiny(QwenImageLayered):
    checkpoint: str

    def __init__(self) -> None:
        super().__init__(weights=str(Path(os.environ["TINY_QWEN"]) / self.checkpoint))


class Blank(_Tiny):
    """Hands the picture back: every layer that it makes is transparent."""

    checkpoint = "blank"


class Overflowing(_Tiny):
    """Its first step gives no numbers."""

    checkpoint = "overflowing"


class Corrupt(_Tiny):
    """A file of its weights was cut off."""

    checkpoint = "corrupt"


class Starved(_Tiny):
    """Works on a large picture, ten layers, in a process that may take hardly any more memory."""

    checkpoint = "good"

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + SPARE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            return super().decompose(image, parameters, on_progress)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
