"""What every import promises: what was exported comes back, to the bit."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from edit_scenes import LOOKING, NAMES, PLACING, STACKING, WIDTH, bounded, draws, edited, noise, stack
from export_stacks import STACKS
from hypothesis import given
from hypothesis import strategies as st
from imports_read import imported, said, written

from model.edits.render import Sources, render
from model.edits.scene import Scene
from model.export.outline import Item, outline_of, walked
from model.export.stack import Exported, loader
from model.export.table import FORMATS

IMPORTED = ("ora", "psd", "zip")


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


def opacities(items: Sequence[Item]) -> list[float]:
    return [item.opacity for item, _ in walked(items)]


@pytest.mark.parametrize("format_", IMPORTED)
@pytest.mark.parametrize("name", sorted(STACKS))
def test_what_was_exported_comes_back_to_the_bit(name: str, format_: str, tmp_path: Path) -> None:
    comes_back(STACKS[name](), format_, tmp_path)


ASSETS = {"a" * 64: noise(7, 9, 14)}
TOLD = [{"name": name, "kind": "object", "text": None, "lines": []} for name in NAMES]
GROUPS = [
    {"op": "group", "layer": ["badge", "headline"], "name": "Inner"},
    {"op": "group", "layer": ["Inner", "glow"], "name": "Outer"},
    {"op": "move", "layer": "badge", "by": {"x": -9, "y": -9}},
]
EDITS = st.lists(draws([*PLACING, *LOOKING, *STACKING, "crop"], st.integers(0, len(NAMES) + 1)), max_size=4)


def exported(scene: Scene) -> Exported:
    sources = Sources(stack().layers.__getitem__, ASSETS.__getitem__, stored_width=WIDTH)
    picture = render(scene, stack().layers.__getitem__, ASSETS.__getitem__)
    return Exported(outline_of(scene, TOLD), loader(scene, TOLD, sources), picture)


@bounded
@given(EDITS, st.sampled_from(IMPORTED))
def test_what_was_edited_and_exported_comes_back_to_the_bit(operations: list[dict[str, object]], format_: str) -> None:
    with TemporaryDirectory() as folder:
        comes_back(exported(edited(*GROUPS, *operations)), format_, Path(folder))


def comes_back(stack: Exported, format_: str, folder: Path) -> None:
    held = as_held(stack.outline.items, format_)
    found = imported(written(stack, format_), folder)
    back = found.stack
    assert (back.outline.width, back.outline.height) == (stack.outline.width, stack.outline.height)
    assert said(back, back.outline.items) == said(stack, held)
    if opacities(held) == opacities(stack.outline.items):
        assert found.difference == 0
        assert np.array_equal(back.picture, stack.picture)
    assert found.difference is not None
    unlike = [one for one in found.losses if "soft-light" not in one and "differs from the layers" not in one]
    assert unlike == []
    again = imported(written(back, format_), folder).stack
    assert said(again, again.outline.items) == said(back, back.outline.items)
    assert np.array_equal(again.picture, back.picture)
