"""Whether the weights of ``qwen-image-layered`` are on this machine, or have room on its disk."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.cli.checks.check import Check, State
from app.cli.checks.machine import existing
from app.cli.checks.packages import needed_by_qwen
from app.settings import Settings
from model.decomposers.qwen_image_layered.adapters.adapted import brought_by_all, check_on_disk
from model.decomposers.qwen_image_layered.adapters.known import Adapter, adapter_of
from model.decomposers.qwen_image_layered.weights.folder import Folder, is_hub_name, looked_at
from model.decomposers.qwen_image_layered.weights.sizes import REAL, Parts, in_gb
from model.errors import ModelUnavailable


def check_weights(settings: Settings) -> Check:
    """A folder must hold the model; of the hub's, the chosen revision must be in its cache, whole."""
    state, wanted = needed_by_qwen(settings), settings.qwen_weights
    try:
        for adapter in _adapters(settings):
            check_on_disk(adapter)
    except ModelUnavailable as error:
        return Check("Weights", state, str(error), "Name a file or a folder with a LoRA, or one of docs/adapters.md.")
    if not is_hub_name(wanted):
        try:
            found = looked_at(Path(wanted).expanduser(), _brought(settings))
        except ModelUnavailable as error:
            return Check("Weights", "missing", str(error), "Name a folder saved by diffusers in LAMINA_QWEN_WEIGHTS.")
        return Check("Weights", "ok", f"folder {wanted}, {in_gb(found.total_bytes)}")
    try:
        cached = _cached(wanted, settings.qwen_revision, _brought(settings))
    except ModelUnavailable as error:
        return Check("Weights", state, str(error), "Run: lamina pull")
    if cached is not None:
        return Check("Weights", "ok", f"{wanted}, {in_gb(cached.total_bytes)} in the hub's cache")
    return _not_here(wanted, state)


def parts_of(settings: Settings) -> Parts:
    """The sizes of the weights that are here, or the real ones where none are."""
    wanted = settings.qwen_weights
    try:
        if not is_hub_name(wanted):
            return _whole(looked_at(Path(wanted).expanduser(), _brought(settings)).parts)
        cached = _cached(wanted, settings.qwen_revision, _brought(settings))
    except ModelUnavailable:
        return REAL
    return REAL if cached is None else _whole(cached.parts)


def _whole(parts: Parts) -> Parts:
    """A transformer that an adapter brings is as large as the model's own."""
    return parts if parts.transformer else replace(parts, transformer=REAL.transformer)


def _not_here(wanted: str, state: State) -> Check:
    needed, cache = REAL.total(), hub_cache()
    free = shutil.disk_usage(existing(cache)).free
    detail = f"{wanted} is not in the hub's cache: {in_gb(needed)}, {in_gb(free)} are free in {cache}"
    if free < needed:
        return Check("Weights", state, detail, "Make room, or name another place with HF_HOME; then run: lamina pull")
    return Check("Weights", state, detail, "Run: lamina pull; or name a folder in LAMINA_QWEN_WEIGHTS.")


def _brought(settings: Settings) -> Sequence[str]:
    """Parts that come with adapters."""
    return brought_by_all(_adapters(settings))


def _adapters(settings: Settings) -> list[Adapter | None]:
    return [adapter_of(name) for name in settings.qwen_adapters()]


def _cached(name: str, revision: str, without: Sequence[str]) -> Folder | None:
    """The weights in the hub's cache; ``None`` where nothing of this revision is.

    Raises:
        ModelUnavailable: it is there in part, or is something else.
    """
    place = hub_cache() / f"models--{name.replace('/', '--')}"
    ref = place / "refs" / revision
    commit = ref.read_text().strip() if ref.is_file() else revision
    snapshot = place / "snapshots" / commit
    return looked_at(snapshot, without) if snapshot.is_dir() else None


def hub_cache() -> Path:
    """Where huggingface_hub keeps its downloads, by its documented variables; it need not be installed."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    home = Path(os.environ.get("HF_HOME") or caches / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
