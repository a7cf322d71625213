"""A row becomes a picture, in a pixel process of its own pool; see ``pixel_tasks.py``.

Rows of one batch come one after another, so that what they share (layers, canvases, the scene) is there already and
only what a row changes is composed and compressed anew.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.flow.remembered import Remembered
from app.flow.scene_tasks import Files, encoded_picture, largest
from app.flow.templates.apply import applied, pointing_at
from app.flow.templates.values import Step
from model.edits import Scene
from model.edits.cut import Largest
from model.edits.drawn import pictures, stored_layers
from model.edits.output import Output
from model.edits.scene_json import scene_from_json
from model.errors import ImageRejected, InvalidEdit
from model.image import Limits, decode
from model.layers import Pixels

_BATCHES = 8
_PICTURES = 4
"""Of strangers, decoded: rows that follow one another often show the same."""


def draw_row(
    batch: str,
    steps: list[dict[str, Any]],
    brought: dict[str, dict[str, str]],
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    target: str,
) -> dict[str, Any]:
    """Write the picture of a row to ``target``.

    Args:
        batch: a file that never changes: ``scene``, ``output``, ``stack``, ``lines`` and ``limits`` as
            ``render_scene`` takes them.
        steps: the values, each an ``operation`` and the ``pointer`` to what asks for it.
        brought: strangers' pictures that the steps name as assets: the ``path`` of each, and the ``pointer``.
        layer_paths, asset_paths: of stored layers by index, and of assets, as far as they are known.

    Returns:
        ``sha256``, ``size``, ``crc32`` and ``media_type`` of what was written; or ``layers``, indices, and ``assets``,
        sha256, whose paths are needed as well.

    Raises:
        InvalidEdit, ImageRejected: their ``pointer`` leads into the row's values.
    """
    common = _common(batch)
    asked = [Step(**step) for step in steps]
    scene = applied(common.scene, asked, common.largest)
    layers = [index for index in stored_layers(scene) if str(index) not in layer_paths]
    shown = {one.image for one in pictures(scene) if one.inline is None} - brought.keys()
    assets = sorted(shown - asset_paths.keys())
    if layers or assets:
        return {"layers": layers, "assets": assets}
    files = Files(common.stack, layer_paths, asset_paths, common.lines, _Brought(brought, common.limits).load)
    try:
        data = encoded_picture(scene, common.output, files, common.limits)
    except InvalidEdit as error:
        raise pointing_at(asked, error) from error
    Path(target).write_bytes(data)
    said = {"size": len(data), "crc32": zlib.crc32(data), "media_type": common.output.media_type}
    return {"sha256": hashlib.sha256(data).hexdigest(), **said}


@dataclass(frozen=True, slots=True)
class _Common:
    """What all rows of a batch share."""

    scene: Scene
    output: Output
    stack: str
    lines: Mapping[str, Any]
    limits: Limits
    largest: Largest


@lru_cache(maxsize=_BATCHES)
def _common(batch: str) -> _Common:
    said = json.loads(Path(batch).read_bytes())
    output = Output.of(said["output"], "")
    limits = said["limits"]
    scene = scene_from_json(said["scene"])
    return _Common(scene, output, said["stack"], said["lines"], Limits(**limits), largest(limits))


class _Brought:
    """Pictures that came with the row, read with suspicion."""

    def __init__(self, brought: Mapping[str, Mapping[str, str]], limits: Limits) -> None:
        self._brought, self._limits = brought, limits

    def load(self, name: str) -> Pixels | None:
        """Its pixels; ``None`` where no such picture came.

        Raises:
            ImageRejected.
        """
        if name not in self._brought:
            return None
        path, known = self._brought[name]["path"], _decoded().get(name)
        if known is None:
            try:
                known = decode(Path(path).read_bytes(), self._limits)
            except ImageRejected as error:
                error.pointer = self._brought[name]["pointer"]  # type: ignore[attr-defined]
                raise
            _decoded().put(name, known)
        return known


@lru_cache(maxsize=1)
def _decoded() -> Remembered[Pixels]:
    return Remembered(_PICTURES)
