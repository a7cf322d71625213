"""Where the weights are and how large they are, looked at before anything heavy is loaded."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from model.decomposers.qwen_image_layered.weights.sizes import Parts
from model.decomposers.qwen_image_layered.weights.whole import files_cut_off
from model.errors import ModelUnavailable

PIPELINE = "QwenImageLayeredPipeline"
PARTS = ("text_encoder", "transformer", "vae")
"""The parts with weights, in the order in which they are used."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Weights on this machine's disk.

    Attributes:
        part_bytes: the size of each part's safetensors files.
        quantised: parts whose configuration says that they are quantised already.
        transformer: where it is, if not in the folder.
        lora: what is to be added to it.
        adapted_by: where these came from.
    """

    path: Path
    part_bytes: Mapping[str, int]
    quantised: frozenset[str] = frozenset()
    transformer: Path | None = None
    lora: Path | None = None
    adapted_by: tuple[str, ...] = ()

    @property
    def total_bytes(self) -> int:
        return sum(self.part_bytes.values())

    @property
    def parts(self) -> Parts:
        words, network, vae = (self.part_bytes[part] for part in PARTS)
        return Parts(words, network, vae, self.quantised)

    def place_of(self, part: str) -> Path:
        """The folder with the part's weights and configuration."""
        return self.transformer if part == "transformer" and self.transformer else self.path / part


def is_hub_name(weights: str) -> bool:
    """Whether this is ``owner/name`` on the hub rather than a folder.

    A folder that is there goes first, as in diffusers.
    """
    if Path(weights).expanduser().is_dir():
        return False
    return not weights.startswith((".", "/", "~")) and weights.count("/") <= 1


def looked_at(path: Path, without: Collection[str] = ()) -> Folder:
    """The folder, if it holds the model.

    Args:
        without: parts that come from elsewhere.

    Raises:
        ModelUnavailable: it is not there, holds something else, or a part is missing or cut off.
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
    part_bytes = {part: bytes_of(path / part) for part in PARTS}
    missing = [part for part, size in part_bytes.items() if size == 0 and part not in without]
    if missing:
        raise ModelUnavailable(
            f"{str(path)!r} lacks the weights of {', '.join(missing)} (*.safetensors); copy or download it anew."
        )
    lost = [file for part in PARTS if part not in without for file in files_lost(path / part)]
    if lost:
        raise ModelUnavailable(f"{str(path)!r} lacks {', '.join(lost)}; copy or download it anew.")
    must_be_whole(*(path / part for part in PARTS if part not in without))
    return Folder(path, part_bytes, frozenset(part for part in PARTS if is_quantised(path / part)))


def must_be_whole(*folders: Path) -> None:
    """Whether no file of weights in these folders was cut off, or is something else.

    Raises:
        ModelUnavailable: the sentence names them all.
    """
    cut_off = [file for folder in folders for file in files_cut_off(folder)]
    if cut_off:
        raise ModelUnavailable(f"Not whole, or no safetensors: {', '.join(cut_off)}; remove and fetch anew.")


def bytes_of(folder: Path) -> int:
    """Of a part's weights."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def files_lost(part: Path) -> list[str]:
    """Files that an index of many names and that are not there, as after a download that was cut off."""
    named = {
        str(file) for index in part.glob("*.safetensors.index.json") for file in _read(index, "weight_map").values()
    }
    return [f"{part.name}/{file}" for file in sorted(named) if not (part / file).is_file()]


def is_quantised(part: Path) -> bool:
    """Whether a part is quantised on the disk, by its configuration."""
    return bool(_read(part / "config.json", "quantization_config"))


def _read(file: Path, key: str) -> dict[str, object]:
    """An object out of a file of JSON; empty, where there is none: whoever loads the file will say what is wrong."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))[key]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
