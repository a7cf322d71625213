"""What the pixel processes do. Arguments and answers are JSON values; pictures go by path, and our own PNGs only are
read without suspicion."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.flow import json_body
from app.flow.batch.read_tasks import read_batch
from app.flow.export_tasks import export_scene
from app.flow.freeze_tasks import freeze_scene
from app.flow.import_tasks import import_file
from app.flow.refold_tasks import refold_states
from app.flow.remembered import Remembered
from app.flow.request_body import bytes_of
from app.flow.scene_tasks import (
    Files,
    edit_scene,
    largest,
    plan_scene,
    planned,
    render_layer,
    render_scene,
    sizes_of,
    unsized_in,
    write_picture,
)
from app.flow.template_tasks import check_variables, plan_template, render_template, split_values
from model import edits, perceptual_hash
from model.compositing import over
from model.content_hash import image_id
from model.edits import Operation, Scene
from model.edits.cut import Largest
from model.edits.fields import Fields
from model.edits.inline_sizes import inline_sizes
from model.edits.output import Output
from model.edits.words import check_texts
from model.encode import Format, decode_own, encode, png, thumbnail
from model.errors import InvalidEdit
from model.image import Limits, decode
from model.layers import Pixels
from model.typeset import GENERIC, known

__all__ = [
    "check_variables",
    "composite",
    "distances",
    "edit_scene",
    "export_scene",
    "fonts",
    "freeze_scene",
    "identify",
    "import_file",
    "plan_edit",
    "plan_scene",
    "plan_template",
    "read_batch",
    "refold_states",
    "render_edit",
    "render_layer",
    "render_scene",
    "render_template",
    "sketch_of",
    "split_json",
    "split_values",
    "to_png",
    "variant",
]

_FOLDED = 64


def identify(upload: str, limits: dict[str, int], sketched: bool = False) -> dict[str, Any]:
    """The name and size of a stranger's picture, and its sketch where that is asked for; raises ImageRejected,
    ImageTooLarge."""
    return _named(decode(Path(upload).read_bytes(), Limits(**limits)), sketched)


def to_png(upload: str, limits: dict[str, int], target: str, sketched: bool = False) -> dict[str, Any]:
    """Decode a stranger's picture and write it to ``target`` as our own PNG; answers and raises as ``identify``."""
    pixels = decode(Path(upload).read_bytes(), Limits(**limits))
    Path(target).write_bytes(png(pixels, least=True))
    return _named(pixels, sketched)


def sketch_of(source: str) -> dict[str, Any]:
    """The ``hash`` and ``grid`` of our own PNG."""
    return _sketched(decode_own(Path(source).read_bytes()))


def distances(grid: str, others: list[str]) -> list[float | None]:
    """How far each of other grids, all in base64, is from one; ``None`` where it is another picture."""
    return perceptual_hash.distances(b64decode(grid), [b64decode(other) for other in others])


def split_json(body: str, picture: str) -> dict[str, Any]:
    """See ``json_body.split``."""
    return json_body.split(Path(body).read_bytes(), Path(picture))


def variant(source: str, target: str, bbox: list[int] | None, width: int | None, format: Format) -> None:
    """A stored layer as another file: only its ``bbox`` (x, y, width, height), at most ``width`` wide, lossless."""
    pixels = decode_own(Path(source).read_bytes())
    if bbox is not None:
        x, y, columns, rows = bbox
        pixels = np.ascontiguousarray(pixels[y : y + rows, x : x + columns])
    if width is not None:
        pixels = thumbnail(pixels, width)
    Path(target).write_bytes(encode(pixels, format))


def composite(layers: list[dict[str, Any]], width: int, height: int, target: str) -> None:
    """Full-canvas layers bottom to top, each ``{path, opacity, blend}``, over each other, as PNG."""
    canvas = np.zeros((height, width, 4), np.uint8)
    for layer in layers:
        pixels = decode_own(Path(layer["path"]).read_bytes())
        over(canvas, pixels, (slice(0, height), slice(0, width)), layer["opacity"], layer["blend"])
    Path(target).write_bytes(png(canvas, least=True))


def plan_edit(
    name: str,
    body: dict[str, str],
    width: int,
    height: int,
    layers: list[dict[str, Any]],
    limits: dict[str, int],
    sizes: dict[str, list[int]],
) -> dict[str, Any]:
    """Fold a render request (``body`` as ``RequestBody`` says it) on the manifest's layers.

    Args:
        name: of the body and the layers; what they fold to is known by it in ``render_edit``.
        sizes: of assets, as far as they were asked for.

    Returns:
        ``unsized`` (sha256 -> the pointer to where it is asked for), where more sizes are needed; or else ``key``
        (names the result, given the layers), ``media_type``, ``layers`` (the indices whose pixels it takes),
        ``worded`` (those of them of which it matters where their words stand) and ``assets`` (sha256 -> the pointer to
        where it is asked for).

    Raises:
        InvalidEdit.
    """
    request = _read(body, limits, sizes)
    unsized = unsized_in(request.operations, request.sizes)
    if unsized:
        return {"unsized": unsized}
    scene = request.folded(width, height, layers)
    if "text" in body:  # a longer one holds pictures
        _folded().put(name, (scene, request.output))
    return planned(scene, request.output, limits["max_pixels"], "/output")


def render_edit(
    name: str,
    body: dict[str, str],
    width: int,
    height: int,
    layers: list[dict[str, Any]],
    stack: str,
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    sizes: dict[str, list[int]],
    target: str,
) -> None:
    """Write the picture of a render request to ``target``; ``stack`` and the three after it are those of ``Files``.

    Raises:
        InvalidEdit.
    """
    known = _folded().get(name)
    if known is None:
        request = _read(body, limits, sizes)
        known = request.folded(width, height, layers), request.output
    files = Files(stack, layer_paths, asset_paths, lines)
    write_picture(*known, files, Limits(**limits), target)


def fonts() -> dict[str, Any]:
    """What the operation ``text`` takes: ``fonts``, each a ``name``, ``family`` and ``style``, and ``generic``."""
    return {"fonts": [one._asdict() for one in known()], "generic": list(GENERIC)}


@lru_cache(maxsize=1)
def _folded() -> Remembered[tuple[Scene, Output]]:
    """This process's own: a picture is mostly asked for right after it was planned."""
    return Remembered(_FOLDED)


@dataclass(frozen=True, slots=True)
class _Request:
    """A render request, each part of it checked by itself; ``sizes`` are of the pictures that are added, ``largest``
    of the canvas."""

    operations: tuple[Operation, ...]
    output: Output
    sizes: Mapping[str, tuple[int, int]]
    largest: Largest

    def folded(self, width: int, height: int, layers: list[dict[str, Any]]) -> Scene:
        return edits.fold(self.operations, edits.scene_of(width, height, layers), self.sizes, self.largest)


def _read(body: dict[str, str], limits: dict[str, int], sizes: dict[str, list[int]]) -> _Request:
    try:
        request = Fields.of(json_body.loaded(bytes_of(body)), "")
    except ValueError as error:
        raise InvalidEdit(f"{error}.", "") from error
    operations = edits.parse(request.get("operations")) if request.has("operations") else ()
    if request.has("layers"):
        operations += tuple(one.operation for one in edits.spelled(request.get("layers")))
    output = Output.of(request.get("output") if request.has("output") else None)
    request.done()
    check_texts(operations)
    known = sizes_of(sizes) | inline_sizes(operations, Limits(**limits))
    return _Request(operations, output, known, largest(limits))


def _named(pixels: Pixels, sketched: bool) -> dict[str, Any]:
    height, width, _ = pixels.shape
    named = {"image_id": image_id(pixels), "width": width, "height": height}
    return named | _sketched(pixels) if sketched else named


def _sketched(pixels: Pixels) -> dict[str, Any]:
    made = perceptual_hash.sketch(pixels)
    return {"hash": made.hash, "grid": b64encode(made.grid).decode()}
