"""Weights with an adapter: its files fetched, looked at, and put beside those of the model."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from model.decomposers.qwen_image_layered.adapters.known import LORA, TRANSFORMER, Adapter, Source, needed_of
from model.decomposers.qwen_image_layered.weights.fetch import MODEL, fetched
from model.decomposers.qwen_image_layered.weights.folder import (
    Folder,
    bytes_of,
    files_lost,
    is_quantised,
    must_be_whole,
)
from model.errors import ModelUnavailable

_NETWORK = "QwenImageTransformer2DModel"


def patterns_without(brought: Collection[str]) -> tuple[str, ...]:
    """What is needed of the model's own repository where these parts come from elsewhere."""
    folders = tuple(f"{part}/" for part in brought)
    return tuple(pattern for pattern in MODEL if not pattern.startswith(folders))


def brought_by(adapter: Adapter | None) -> tuple[str, ...]:
    """Parts that need not be among the model's own weights."""
    return ("transformer",) if adapter is not None and adapter.transformer is not None else ()


def brought_by_all(adapters: Sequence[Adapter | None]) -> tuple[str, ...]:
    """Parts that none of several models needs of its own."""
    return min((brought_by(adapter) for adapter in adapters), key=len, default=())


def check_on_disk(adapter: Adapter | None) -> None:
    """Whether those of its files that are no hub's are there.

    Raises:
        ModelUnavailable: the sentence names the setting.
    """
    for source in (adapter.transformer, adapter.lora) if adapter else ():
        if source is not None and source.is_on_disk and not Path(source.place).exists():
            assert adapter is not None
            setting = "LAMINA_QWEN_ADAPTER" if adapter.kind == "layers" else "LAMINA_QWEN_CONTROL"
            raise ModelUnavailable(f"There is no adapter at {source.place!r}; set {setting}.")


def adapted(folder: Folder, adapter: Adapter | None) -> Folder:
    """The same weights with the adapter's transformer, or with its LoRA to be added; its files are fetched.

    Raises:
        ModelUnavailable: they cannot be had, or are something else.
    """
    if adapter is None:
        return folder
    check_on_disk(adapter)
    if adapter.transformer is not None:
        place, commit = _on_disk(adapter.transformer, TRANSFORMER)
        folder = _with_transformer(folder, place, _called(adapter.transformer, commit))
    if adapter.lora is not None:
        place, commit = _on_disk(adapter.lora, LORA)
        folder = replace(folder, lora=place, adapted_by=(*folder.adapted_by, _called(adapter.lora, commit)))
    return folder


def _on_disk(source: Source, patterns: tuple[str, ...]) -> tuple[Path, str]:
    """Where the files are, and their commit; ``""`` where they did not come from the hub."""
    if source.is_on_disk:
        return Path(source.place), ""
    wanted = needed_of(source, patterns)
    path = fetched(wanted.repository, wanted.revision, patterns=wanted.patterns)
    return path / source.inside, path.name


def _called(source: Source, commit: str) -> str:
    return f"{source.place}@{commit}" if commit else Path(source.place).name


def _with_transformer(folder: Folder, place: Path, called: str) -> Folder:
    try:
        found = json.loads((place / "config.json").read_text(encoding="utf-8")).get("_class_name")
    except (OSError, ValueError, AttributeError):
        raise ModelUnavailable(
            f"{str(place)!r} has no config.json that can be read; it holds no transformer."
        ) from None
    if found != _NETWORK:
        raise ModelUnavailable(f"{str(place)!r} holds a {found}, not a {_NETWORK}.")
    size = bytes_of(place)
    if size == 0 or files_lost(place):
        raise ModelUnavailable(f"{str(place)!r} lacks its weights (*.safetensors); copy or download it anew.")
    must_be_whole(place)
    quantised = folder.quantised - {"transformer"} | ({"transformer"} if is_quantised(place) else set())
    return replace(
        folder,
        part_bytes={**folder.part_bytes, "transformer": size},
        quantised=frozenset(quantised),
        transformer=place,
        adapted_by=(*folder.adapted_by, called),
    )
