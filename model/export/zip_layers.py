"""ZIP: a PNG a layer, and a manifest that says all that there is to say. docs/exports.md describes it."""

import json
from typing import Any, BinaryIO

from model.encode import png
from model.export.archive import Archive, archive
from model.export.outline import Item, walked
from model.export.stack import Exported
from model.file_name import file_name
from model.layers import Layer
from model.result import said_of_lines

VERSION = 1
_FORMAT = "lamina-layers"


def write(stack: Exported, file: BinaryIO) -> None:
    """``layers/NN-name.png``, trimmed; ``composite.png``; ``source.png``, as uploaded; and ``manifest.json``."""
    with archive(file) as out:
        layers = [_layer(out, stack, at, *found) for at, found in enumerate(walked(stack.outline.items))]
        out.add("composite.png", png(stack.picture, least=True))
        if stack.source is not None:
            out.add("source.png", stack.source.read_bytes())
        manifest = {
            "format": _FORMAT,
            "version": VERSION,
            "width": stack.outline.width,
            "height": stack.outline.height,
            "composite": "composite.png",
            "source": None if stack.source is None else "source.png",
            "layers": layers,
        }
        out.add("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n", packed=True)


def _layer(out: Archive, stack: Exported, at: int, item: Item, parent: Item | None) -> dict[str, Any]:
    shown = None if item.is_group else stack.load(item)
    path = None
    if shown is not None:
        path = f"layers/{file_name(at, item.name)}"
        out.add(path, png(shown.pixels))
    return {
        "index": item.index,
        "name": item.name,
        "type": "group" if item.is_group else "layer",
        "parent": None if parent is None else parent.index,
        "kind": None if shown is None else shown.kind,
        "text": item.text,
        "lines": _lines(shown),
        "bbox": None if shown is None else list(shown.bbox),
        "opacity": item.opacity,
        "blend": item.blend,
        "visible": item.visible,
        "file": path,
    }


def _lines(shown: Layer | None) -> list[dict[str, object]]:
    return [] if shown is None else said_of_lines(shown.lines)
