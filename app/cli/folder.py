"""Layers as files that a person can look at."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lamina.client import Decomposition, Layer
from lamina.client.whole_file import whole_file
from model.file_name import file_name

MANIFEST = "manifest.json"


def save_layers(folder: Path, layers: Sequence[Layer]) -> list[Path]:
    """Fetch ``00-background.png``, ``01-….png`` bottom to top, each whole or not at all; what an earlier run left is
    removed afterwards.

    Args:
        folder: made when it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [layer.save(folder / file_name(layer.index, layer.name)) for layer in layers]
    for old in set(folder.glob("[0-9][0-9]-*.png")) - set(paths):
        old.unlink()
    return paths


def save_decomposition(folder: Path, found: Decomposition) -> list[Path]:
    """Its layers and ``manifest.json``, which comes last; the paths."""
    paths = save_layers(folder, found.layers)
    save_manifest(folder / MANIFEST, found.raw)
    return [*paths, folder / MANIFEST]


def save_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """As JSON for people: indented, words in their own script."""
    with whole_file(path) as file:
        file.write((json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
