"""What a pixel process does to make a decomposition of an edited scene; see ``pixel_tasks.py``."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from app.flow.scene_tasks import Files, drawing
from model import encode
from model.compositing import over
from model.content_hash import image_id
from model.edits.scene_json import scene_from_json
from model.errors import NotExact
from model.frozen import frozen
from model.image import Limits
from model.layers import Pixels, Stack
from model.result import entry


def freeze_scene(
    scene: dict[str, Any],
    stack: str,
    told: list[dict[str, Any]],
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    folder: str,
) -> dict[str, Any]:
    """Write the picture of a kept scene and its layers as the edits left them, each a full-canvas PNG in ``folder``.

    Args:
        told: the manifest's layers, by index.
        stack, layer_paths, asset_paths, lines, limits: as for ``render_scene``.

    Returns:
        ``image_id``, ``width`` and ``height`` of the picture; ``source``, the file of it; ``layers`` bottom to top, as
        a manifest has them, with the ``sha256`` of each one's file; ``files``, their paths by sha256.

    Raises:
        NotExact: the layers, read back, are not the picture.
    """
    edited = scene_from_json(scene)
    easel, sources = drawing(edited, Files(stack, layer_paths, asset_paths, lines), Limits(**limits))
    pixels = easel.pixels(edited, stack, sources)
    canvas = np.zeros_like(pixels)
    files: dict[str, str] = {}
    layers = []
    for index, one in enumerate(frozen(edited, told, sources)):
        png = encode.layer_png(one.layer, edited.width, edited.height)
        sha256 = _written(png, Path(folder), files)
        said = entry(Stack(edited.width, edited.height, (one.layer,)), 0)
        layers.append({**said, "index": index, "opacity": 1.0, "blend": one.blend, "sha256": sha256})
        _lay(canvas, encode.decode_own(png), one.blend)
    if not np.array_equal(canvas, pixels):
        raise NotExact("The layers do not recompose to the document's picture.")
    source = Path(folder) / "source.png"
    source.write_bytes(encode.png(pixels, least=True))
    found = {"image_id": image_id(pixels), "width": edited.width, "height": edited.height}
    return {**found, "source": str(source), "layers": layers, "files": files}


def _lay(canvas: Pixels, pixels: Pixels, blend: str) -> None:
    """What is kept is what is checked: full canvas, as it will be served and laid."""
    over(canvas, pixels, (slice(None), slice(None)), blend=blend)


def _written(png: bytes, folder: Path, files: dict[str, str]) -> str:
    sha256 = hashlib.sha256(png).hexdigest()
    path = folder / f"{sha256}.png"
    path.write_bytes(png)
    files[sha256] = str(path)
    return sha256
