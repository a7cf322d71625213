"""Layers as files that a person can look at."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.file_name import file_name

MANIFEST = "manifest.json"


def save_layers(folder: Path, entries: Sequence[Mapping[str, Any]], pictures: Sequence[bytes]) -> list[Path]:
    """Write ``00-background.png``, ``01-….png`` bottom to top; PNGs of an earlier run are removed first.

    Args:
        folder: made when it is not there.
        entries: of a manifest: ``index`` and ``name``.
        pictures: the PNG of each, in the same order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("[0-9][0-9]-*.png"):
        old.unlink()
    paths = []
    for entry, picture in zip(entries, pictures, strict=True):
        path = folder / file_name(entry["index"], entry["name"])
        path.write_bytes(picture)
        paths.append(path)
    return paths


def save_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """As JSON for people: indented, words in their own script."""
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
