"""What every import promises: what was exported comes back, to the bit; and what other programs wrote is read as they
meant it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from export_stacks import STACKS

from model.edits.render import Sources
from model.edits.scene import Scene, scene_of
from model.encode import decode_own
from model.export.outline import Item, outline_of, walked
from model.export.stack import Exported, loader
from model.export.table import FORMATS
from model.image import Limits
from model.imports.imported import Imported, ImportLimits
from model.imports.kept import Kept, difference, kept
from model.imports.reading import reading
from model.layers import Layer, Pixels

IMPORTED = ("ora", "psd", "zip")


def written(stack: Exported, format_: str) -> bytes:
    out = io.BytesIO()
    import_module(FORMATS[format_].module).write(stack, out)
    return out.getvalue()


def scene_kept(found: Imported, stored: Kept) -> Scene:
    groups = [{**group, "group": True} for group in stored.groups]
    return scene_of(found.outline.width, found.outline.height, [*stored.layers, *groups])


def stack_of(found: Imported, stored: Kept) -> Exported:
    """To be exported, of what was kept of a file, as a decomposition is."""
    scene = scene_kept(found, stored)

    def load(index: int) -> Layer:
        said = stored.layers[index]
        pixels = decode_own(Path(stored.files[said.get("whole") or said["sha256"]]).read_bytes())
        x, y, width, height = said["bbox"]
        return Layer(pixels if "whole" in said else pixels[y : y + height, x : x + width], x, y)

    def no_asset(sha256: str) -> Pixels:
        raise KeyError(sha256)

    sources = Sources(load, no_asset)
    return Exported(outline_of(scene, stored.layers), loader(scene, stored.layers, sources), stored.picture)


Read = Callable[[bytes], tuple[Exported, list[str], int | None]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Imports a file: what is kept of it, as a stack; what could not be; and by how much its picture is another."""

    def once(file: bytes) -> tuple[Exported, list[str], int | None]:
        path = tmp_path / "upload"
        path.write_bytes(file)
        with reading(path, "", ImportLimits(Limits())) as found:
            stored = kept(found, tmp_path)
            picture = found.picture()
            apart = None if picture is None else difference(stored.picture, picture, found.on_white)
            return stack_of(found, stored), found.losses.sentences(), apart

    return once


def said(stack: Exported, items: Sequence[Item]) -> list[tuple[object, ...]]:
    """All that is to be the same, pixels to the bit."""
    found: list[tuple[object, ...]] = []
    for item in items:
        layer = None if item.is_group else stack.load(item)
        pixels = layer and (layer.x, layer.y, layer.pixels.shape, layer.pixels.tobytes())
        inside = None if item.members is None else said(stack, item.members)
        found.append((item.name, item.opacity, item.blend, item.visible, item.text, pixels, inside))
    return found


def as_held(items: Sequence[Item], format_: str) -> tuple[Item, ...]:
    """The items as a file of this format holds them; ``tests/contracts/test_exports.py`` sees to that."""
    told = FORMATS[format_]
    found = []
    for item in items:
        name, opacity = item.name, item.opacity
        if format_ == "ora":
            name = "".join("\ufffd" if ord(letter) < 32 and letter not in "\n\t" else letter for letter in name)
        if told.max_name is not None:
            name = name.encode("utf-16-le")[: 2 * told.max_name].decode("utf-16-le", "ignore")
        if told.opacity_steps is not None:
            opacity = round(opacity * 255) / 255
        members = None if item.members is None else as_held(item.members, format_)
        text = item.text if told.words else None
        found.append(replace(item, name=name, opacity=opacity, members=members, text=text))
    return tuple(found)


@pytest.mark.parametrize("format_", IMPORTED)
@pytest.mark.parametrize("name", sorted(STACKS))
def test_what_was_exported_comes_back_to_the_bit(name: str, format_: str, read: Read) -> None:
    stack = STACKS[name]()
    held = as_held(stack.outline.items, format_)
    back, losses, apart = read(written(stack, format_))
    assert (back.outline.width, back.outline.height) == (stack.outline.width, stack.outline.height)
    assert said(back, back.outline.items) == said(stack, held)
    if faded(stack.outline.items) == faded(held):
        assert apart == 0
        assert np.array_equal(back.picture, stack.picture)
    else:
        assert apart is not None
        assert apart <= 1
    assert not [one for one in losses if "soft-light" not in one]
    again, _, _ = read(written(back, format_))
    assert said(again, again.outline.items) == said(back, back.outline.items)
    assert np.array_equal(again.picture, back.picture)


def faded(items: Sequence[Item]) -> list[float]:
    return [item.opacity for item, _ in walked(items)]
