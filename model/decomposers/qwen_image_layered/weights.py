"""Where the weights are and how large they are, looked at before anything heavy is loaded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model.errors import ModelUnavailable

PIPELINE = "QwenImageLayeredPipeline"
PARTS = ("text_encoder", "transformer", "vae")
"""The parts with weights, in the order in which they are used."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Weights on this machine's disk.

    Attributes:
        part_bytes: the size of each part's safetensors files.
    """

    path: Path
    part_bytes: Mapping[str, int]

    @property
    def total_bytes(self) -> int:
        return sum(self.part_bytes.values())


def is_hub_name(weights: str) -> bool:
    """Whether this is ``owner/name`` on the hub rather than a folder.

    A folder that is there goes first, as in diffusers.
    """
    if Path(weights).expanduser().is_dir():
        return False
    return not weights.startswith((".", "/", "~")) and weights.count("/") <= 1


def looked_at(path: Path) -> Folder:
    """The folder, if it holds the model.

    Raises:
        ModelUnavailable: it is not there, holds something else, or a part is missing.
    """
    if not path.is_dir():
        raise ModelUnavailable(f"There is no folder {str(path)!r} with weights; set LAMINA_QWEN_WEIGHTS.")
    try:
        index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
        name = index["_class_name"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelUnavailable(
            f"{str(path)!r} has no model_index.json that can be read; name a folder saved by diffusers."
        ) from None
    if name != PIPELINE:
        raise ModelUnavailable(f"{str(path)!r} holds a {name}, not a {PIPELINE}.")
    part_bytes = {part: _bytes_of(path / part) for part in PARTS}
    missing = [part for part, size in part_bytes.items() if size == 0]
    if missing:
        raise ModelUnavailable(
            f"{str(path)!r} lacks the weights of {', '.join(missing)} (*.safetensors); copy or download it anew."
        )
    return Folder(path, part_bytes)


def _bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
