"""Layers as files that a person can look at."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
        path = folder / f"{entry['index']:02d}-{_file_name(entry['name'])}.png"
        path.write_bytes(picture)
        paths.append(path)
    return paths


def save_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """As JSON for people: indented, words in their own script."""
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _file_name(name: str) -> str:
    """Letters and digits of any script, the rest as dashes; short enough for every file system."""
    return re.sub(r"[^\w]+", "-", name).strip("-_")[:40].lower() or "layer"
