"""A file as it is imported, for tests: its stack, what was lost of it, and how far its own picture is from ours."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from model.edits.render import Sources
from model.edits.scene import scene_of
from model.encode import decode_own
from model.export.outline import Item, outline_of
from model.export.stack import Exported, loader
from model.export.table import FORMATS
from model.imports.imported import Imported, ImportLimits
from model.imports.kept import Kept, compared, kept
from model.imports.reading import reading
from model.layers import Layer, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class ImportedStack:
    """``stack`` is of what was kept, as a decomposition has it."""

    stack: Exported
    losses: list[str]
    difference: int | None

    def layer(self, name: str) -> tuple[Item, Layer | None]:
        """The one of that name, in no group."""
        (item,) = (item for item in self.stack.outline.items if item.name == name)
        return item, self.stack.load(item)


def written(stack: Exported, format_: str) -> bytes:
    out = io.BytesIO()
    import_module(FORMATS[format_].module).write(stack, out)
    return out.getvalue()


def imported(file: bytes, folder: Path, limits: ImportLimits | None = None, media_type: str = "") -> ImportedStack:
    path = folder / "upload"
    path.write_bytes(file)
    with reading(path, media_type, limits or ImportLimits()) as found:
        stored = kept(found, folder)
        apart = compared(found, stored)
        return ImportedStack(_stack_of(found, stored), found.losses.sentences(), apart)


def _stack_of(found: Imported, stored: Kept) -> Exported:
    groups = [{**group, "group": True} for group in stored.groups]
    scene = scene_of(found.outline.width, found.outline.height, [*stored.layers, *groups])

    def load(index: int) -> Layer:
        said = stored.layers[index]
        pixels = decode_own(Path(stored.files[said.get("whole") or said["sha256"]]).read_bytes())
        x, y, width, height = said["bbox"]
        return Layer(pixels if "whole" in said else pixels[y : y + height, x : x + width], x, y)

    def no_asset(sha256: str) -> Pixels:
        raise KeyError(sha256)

    load_item = loader(scene, stored.layers, Sources(load, no_asset))
    return Exported(outline_of(scene, stored.layers), load_item, stored.picture)


def said(stack: Exported, items: Sequence[Item]) -> list[tuple[object, ...]]:
    """All that is to be the same, pixels to the bit."""
    found: list[tuple[object, ...]] = []
    for item in items:
        layer = None if item.is_group else stack.load(item)
        pixels = layer and (layer.x, layer.y, layer.pixels.shape, layer.pixels.tobytes())
        inside = None if item.members is None else said(stack, item.members)
        found.append((item.name, item.opacity, item.blend, item.visible, item.text, pixels, inside))
    return found
