"""What the pixel processes do for exports; see ``pixel_tasks.py``."""

from importlib import import_module
from pathlib import Path
from typing import Any

from app.flow.scene_tasks import Files, drawing
from model.edits.scene_json import scene_from_json
from model.export.outline import outline_of
from model.export.stack import Exported, loader
from model.export.table import FORMATS
from model.image import Limits


def export_scene(
    scene: dict[str, Any],
    format: str,
    options: dict[str, Any] | None,
    told: list[dict[str, Any]],
    source: str | None,
    stack: str,
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    target: str,
) -> None:
    """Write a kept scene to ``target`` as a file of another program.

    Args:
        format: a name of ``model.export.table``.
        options: of the class that it takes, as fields.
        told: the manifest's layers, by index.
        source: the file of the picture that all of it was made of.
        stack, layer_paths, asset_paths, lines, limits: as for ``render_scene``; the paths are of hidden layers too.

    Raises:
        InvalidEdit: words cannot be set here.
        NotExportable: the file would be larger than the format allows.
    """
    edited = scene_from_json(scene)
    easel, sources = drawing(edited, Files(stack, layer_paths, asset_paths, lines), Limits(**limits))
    picture = easel.pixels(edited, stack, sources)
    exported = Exported(
        outline_of(edited, told), loader(edited, told, sources), picture, None if source is None else Path(source)
    )
    of = FORMATS[format]
    asked = {} if of.options is None else {"options": of.options(**options or {})}
    assert of.module is not None
    with Path(target).open("wb") as file:
        import_module(of.module).write(exported, file, **asked)
