"""What the pixel processes do for documents, whose scenes are kept folded; see ``pixel_tasks.py``.

A scene comes as the JSON that we keep; operations come from strangers.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.flow.edit_request import asked
from app.flow.edit_summary import summary
from model import edits
from model.content_hash import digest_of
from model.edits import Operation, Scene
from model.edits.alone import alone, redrawn
from model.edits.cut import Largest
from model.edits.dirty import dirty
from model.edits.drawn import pictures, stored_layers, worded_layers
from model.edits.easel import Easel
from model.edits.output import Output, encoded
from model.edits.render import Sources
from model.edits.scene_json import scene_from_json, scene_to_json
from model.edits.words import check_texts
from model.encode import Format, decode_own, encode, thumbnail
from model.errors import InvalidEdit
from model.image import Limits
from model.layers import Layer, Pixels
from model.result import lines_of

MAX_KEPT_BYTES = 2**20
"""Of one request's operations as JSON, without pictures."""


def edit_scene(
    scene: dict[str, Any], body: dict[str, str], folder: str, limits: dict[str, int], sizes: dict[str, list[int]]
) -> dict[str, Any]:
    """Fold a request (``body`` as ``RequestBody`` says it) on a kept scene.

    Args:
        sizes: of assets, as far as they were asked for.

    Returns:
        ``unsized`` (sha256 -> the pointer to where it is asked for), where more sizes are needed; or else
        ``scene``, to be kept; ``operations``, spelled out, their pictures being assets now; ``dirty``, where
        the two may differ; ``redrawn``, the indices of the layers that look different, ``placed`` as they are on the
        canvas and ``trimmed``; ``summary``, in words; ``assets`` (sha256 -> the pointer to where it is asked for); and
        ``pictures``, those that came along, written to ``folder`` as our own PNGs: ``{sha256, width, height, path}``.

    Raises:
        InvalidEdit.
    """
    request = asked(body, Path(folder), Limits(**limits))
    if len(json.dumps(request.bodies)) > MAX_KEPT_BYTES:
        raise InvalidEdit(f"The operations are more than {MAX_KEPT_BYTES} bytes, pictures left out.", "/operations")
    before = scene_from_json(scene)
    check_texts(request.operations)
    known = sizes_of(sizes) | {one["sha256"]: (one["width"], one["height"]) for one in request.pictures}
    unsized = unsized_in(request.operations, known)
    if unsized:
        return {"unsized": unsized}
    after = edits.fold(request.operations, before, known, largest(limits))
    placed = zip(request.bodies, request.places, strict=True)
    return {
        "scene": scene_to_json(after),
        "operations": request.bodies,
        "dirty": dirty(before, after),
        "redrawn": {"placed": redrawn(before, after, trim=False), "trimmed": redrawn(before, after, trim=True)},
        "summary": summary(request.bodies, before, after),
        "assets": {body["asset"]: place for body, place in placed if body.get("asset")},
        "pictures": request.pictures,
    }


def plan_scene(scene: dict[str, Any], output: dict[str, Any], max_pixels: int) -> dict[str, Any]:
    """What ``plan_edit`` says of a request, of a kept scene; ``output`` has the fields of a render request's."""
    return planned(scene_from_json(scene), Output.of(output, ""), max_pixels, "")


def render_scene(
    scene: dict[str, Any],
    output: dict[str, Any],
    stack: str,
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    target: str,
) -> None:
    """Write the picture of a kept scene to ``target``; see ``render_edit``."""
    try:
        files = Files(stack, layer_paths, asset_paths, lines)
        write_picture(scene_from_json(scene), Output.of(output, ""), files, Limits(**limits), target)
    except InvalidEdit as error:  # of an output that stands in the query, not in a body
        raise InvalidEdit(str(error), error.pointer.removeprefix("/output")) from error


def render_layer(
    scene: dict[str, Any],
    index: int,
    trim: bool,
    width: int | None,
    format: Format,
    stack: str,
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    target: str,
) -> None:
    """Write the picture of one layer of a kept scene to ``target``, at most ``width`` wide, lossless.

    Args:
        index, trim: see ``model.edits.alone``.
        stack, layer_paths, asset_paths, lines, limits: as for ``render_scene``.

    Raises:
        InvalidEdit: its words cannot be set here.
    """
    edited = scene_from_json(scene)
    easel, sources = drawing(edited, Files(stack, layer_paths, asset_paths, lines), Limits(**limits))
    one = alone(edited, index, trim=trim)
    pixels = easel.alone(one.what, one.size, stack, sources)
    Path(target).write_bytes(encode(pixels if width is None else thumbnail(pixels, width), format))


def planned(scene: Scene, output: Output, max_pixels: int, pointer: str) -> dict[str, Any]:
    """``key``, ``media_type``, ``layers``, ``worded`` and ``assets`` of a picture; see ``plan_edit``.

    Args:
        pointer: to the output in the request.
    """
    _, _, width, height = output.region(scene, pointer)
    if output.width is not None and output.width * max(1, round(height * output.width / width)) > max_pixels:
        raise InvalidEdit(f"At this width the picture would have more than {max_pixels} pixels.", f"{pointer}/width")
    return {
        "key": digest_of([edits.scene_key(scene), output.settled(scene, pointer).key]),
        "media_type": output.media_type,
        "layers": list(stored_layers(scene)),
        "worded": list(worded_layers(scene)),
        "assets": {one.image: one.pointer for one in pictures(scene) if one.inline is None},
    }


@dataclass(frozen=True, slots=True)
class Files:
    """Where the pictures are that a scene is made of.

    Attributes:
        stack: names the stored layers, and no others ever.
        layer_paths: of their full-canvas PNGs, by index.
        asset_paths: by sha256.
        lines: where the words of a stored layer stand, by its index, as a manifest has them.
        brought: the pixels of a picture that is no asset but stands for one; ``None`` where it is one.
    """

    stack: str
    layer_paths: Mapping[str, str]
    asset_paths: Mapping[str, str]
    lines: Mapping[str, Any]
    brought: Callable[[str], Pixels | None] = lambda _: None


def write_picture(scene: Scene, output: Output, files: Files, limits: Limits, target: str) -> None:
    """Render to a file.

    Raises:
        InvalidEdit.
    """
    Path(target).write_bytes(encoded_picture(scene, output, files, limits))


def encoded_picture(scene: Scene, output: Output, files: Files, limits: Limits) -> bytes:
    """Render to the bytes of a file.

    Raises:
        InvalidEdit.
    """
    easel, sources = drawing(scene, files, limits)
    file = easel.png(scene, files.stack, sources) if output.settled(scene) == Output() else None
    if file is None:
        region = output.region(scene)
        file = encoded(easel.pixels(scene, files.stack, sources, region), output, region[:2], limits.max_pixels)
    return file


def drawing(scene: Scene, files: Files, limits: Limits) -> tuple[Easel, Sources]:
    """This process's easel, and where the pixels of a scene come from."""
    easel = _easel()
    boxes = {state.origin: state.bbox for state in scene.layers}

    def load_layer(index: int) -> Layer:
        path = Path(files.layer_paths[str(index)])
        layer = easel.layer((files.stack, index), boxes[index], lambda: decode_own(path.read_bytes()))
        return replace(layer, lines=lines_of(files.lines.get(str(index), ())))

    def load_asset(sha256: str) -> Pixels:
        brought = files.brought(sha256)
        return decode_own(Path(files.asset_paths[sha256]).read_bytes()) if brought is None else brought

    return easel, Sources(load_layer, load_asset, limits, scene.stored_width)


@lru_cache(maxsize=1)
def _easel() -> Easel:
    """This process's own: pictures that were asked for lately are asked for again, a little changed."""
    return Easel()


def largest(limits: Mapping[str, int]) -> Largest:
    """A canvas may become what may be uploaded."""
    return Largest(limits["max_pixels"], limits["max_side"])


def unsized_in(operations: Iterable[Operation], sizes: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """The pointers to where assets are added whose sizes are not known, by their sha256."""
    return {one.image: one.pointer for one in edits.added(operations) if one.image not in sizes}


def sizes_of(given: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, int]]:
    """Widths and heights, as they come through JSON."""
    return {sha256: (width, height) for sha256, (width, height) in given.items()}
