"""What a file with a LoRA says, whoever wrote it: which layers it changes, and by what.

Known are the names of PEFT (a folder with ``adapter_config.json``), diffusers, DiffSynth and kohya. Only safetensors
are read: a pickle can run any code.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from model.errors import ModelUnavailable

CONFIG = "adapter_config.json"
_PREFIXES = re.compile(r"^(?:base_model\.model\.|model\.|pipe\.|module\.|transformer\.|diffusion_model\.|dit\.)+")
_FLAT = "lora_unet_"
"""Before names of kohya's, whose dots are underscores."""
_HALF = re.compile(
    r"^(?P<layer>.+)\.(?:(?P<down>lora_A|lora_down|lora\.down)|lora_B|lora_up|lora\.up)(?:\.\w+)?\.weight$"
)
_ALPHA = re.compile(r"^(?P<layer>.+)\.alpha$")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pickle", ".pkl")
_METADATA = "lora_adapter_metadata"
"""Under this diffusers keeps the settings of PEFT in the file's header."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Of one layer's weight: ``scale · up @ down`` is added to it.

    Attributes:
        layer: as the file calls it, without prefixes; ``is_flat``: with underscores for dots.
        down: ``(rank, in)``.
        up: ``(out, rank)``.
    """

    layer: str
    is_flat: bool
    down: torch.Tensor
    up: torch.Tensor
    scale: float


@dataclass(frozen=True, slots=True)
class _Scaling:
    """The settings of PEFT that decide how strong the changes are."""

    alpha: float | None = None
    alphas: Mapping[str, float] = field(default_factory=dict)
    by_root: bool = False

    def of(self, layer: str, rank: int) -> float:
        """Without an alpha it is the rank: the change counts as it is."""
        alpha = next((value for name, value in self.alphas.items() if _is_meant(name, layer)), self.alpha)
        return 1.0 if alpha is None else alpha / (math.sqrt(rank) if self.by_root else rank)


def found(place: Path) -> Path:
    """The one file with a LoRA: the path itself, or what lies in the folder, or in a folder of it.

    Raises:
        ModelUnavailable: there is none, or a choice of several, or only a pickle.
    """
    if place.is_file():
        if place.suffix != ".safetensors":
            raise ModelUnavailable(f"The LoRA {str(place)!r} is not a safetensors file; no other is read.")
        return place
    if not place.is_dir():
        raise ModelUnavailable(f"There is no file or folder {str(place)!r} with a LoRA; set LAMINA_QWEN_ADAPTER.")
    for pattern in ("*.safetensors", "*/*.safetensors"):
        files = sorted(place.glob(pattern))
        if len(files) > 1:
            names = ", ".join(str(file.relative_to(place)) for file in files[:5])
            raise ModelUnavailable(f"{str(place)!r} holds several LoRAs ({names}); name one of the files.")
        if files:
            return files[0]
    if any(file.suffix in _PICKLES for file in place.rglob("*")):
        raise ModelUnavailable(f"{str(place)!r} holds a LoRA as a pickle only; convert it to safetensors.")
    raise ModelUnavailable(f"{str(place)!r} holds no LoRA (*.safetensors).")


def read(file: Path) -> list[Change]:
    """All changes, in the order of the layers' names.

    Raises:
        ModelUnavailable: the file cannot be read, or holds something besides: nothing of a LoRA is left out silently.
    """
    tensors, header = _tensors(file)
    scaling = _scaling(file, header)
    downs: dict[str, torch.Tensor] = {}
    ups: dict[str, torch.Tensor] = {}
    alphas: dict[str, float] = {}
    strangers = []
    for key, tensor in tensors.items():
        if half := _HALF.match(key):
            (downs if half["down"] else ups)[half["layer"]] = tensor
        elif alpha := _ALPHA.match(key):
            alphas[alpha["layer"]] = float(tensor)
        else:
            strangers.append(key)
    unpaired = sorted(downs.keys() ^ ups.keys() | alphas.keys() - downs.keys())
    if strangers or unpaired or not downs:
        raise ModelUnavailable(f"{str(file)!r} is no plain LoRA: {_wrong(strangers, unpaired)}.")
    return [_change(layer, downs[layer], ups[layer], alphas.get(layer), scaling, file) for layer in sorted(downs)]


def _change(
    key: str, down: torch.Tensor, up: torch.Tensor, alpha: float | None, scaling: _Scaling, file: Path
) -> Change:
    if down.ndim != 2 or up.ndim != 2 or down.shape[0] != up.shape[1]:
        raise ModelUnavailable(
            f"{str(file)!r} is damaged or no plain LoRA: the halves of {key} are {tuple(down.shape)} and "
            f"{tuple(up.shape)}."
        )
    layer = _PREFIXES.sub("", key)
    rank = down.shape[0]
    scale = scaling.of(layer, rank) if alpha is None else alpha / rank
    return Change(layer.removeprefix(_FLAT), layer.startswith(_FLAT), down, up, scale)


def _tensors(file: Path) -> tuple[dict[str, torch.Tensor], Mapping[str, str]]:
    try:
        with safe_open(file, framework="pt") as opened:
            return {key: opened.get_tensor(key) for key in opened.keys()}, opened.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelUnavailable(f"The LoRA {str(file)!r} cannot be read ({error}); copy or download it anew.") from error


def _scaling(file: Path, header: Mapping[str, str]) -> _Scaling:
    beside = file.with_name(CONFIG)
    try:
        if beside.is_file():
            return _understood(json.loads(beside.read_text(encoding="utf-8")), str(beside))
        kept = json.loads(header.get(_METADATA, "{}"))
        return _understood({_PREFIXES.sub("", key): value for key, value in kept.items()}, str(file))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelUnavailable(f"The settings of the LoRA {str(file)!r} cannot be read ({error}).") from error


def _understood(settings: Mapping[str, Any], said_by: str) -> _Scaling:
    kind = settings.get("peft_type", "LORA")
    if kind != "LORA":
        raise ModelUnavailable(f"{said_by!r} describes an adapter of the kind {kind}; only LORA can be used.")
    for name, usual in (("use_dora", False), ("fan_in_fan_out", False), ("bias", "none"), ("modules_to_save", None)):
        if (settings.get(name) or usual) != usual:
            raise ModelUnavailable(f"{said_by!r} sets {name}, which a plain LoRA does not have; it cannot be used.")
    alpha = settings.get("lora_alpha")
    alphas = {name: float(value) for name, value in (settings.get("alpha_pattern") or {}).items()}
    return _Scaling(None if alpha is None else float(alpha), alphas, bool(settings.get("use_rslora", False)))


def _is_meant(pattern: str, layer: str) -> bool:
    """As PEFT has it: a pattern is the end of a layer's name."""
    return re.fullmatch(rf"(?:.*\.)?(?:{pattern})", layer) is not None


def _wrong(strangers: list[str], unpaired: list[str]) -> str:
    if any("dora" in key or "magnitude" in key for key in strangers):
        return "it is a DoRA, which rescales whole columns besides"
    if strangers:
        return f"it holds {strangers[0]!r}{f' and {len(strangers) - 1} more of the like' if strangers[1:] else ''}"
    return f"half of {unpaired[0]!r} is missing" if unpaired else "it holds nothing"
