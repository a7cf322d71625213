"""What every import promises: what was exported comes back, to the bit."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from export_stacks import STACKS
from imports_read import imported, said, written

from model.export.outline import Item, walked
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
    stack = STACKS[name]()
    held = as_held(stack.outline.items, format_)
    found = imported(written(stack, format_), tmp_path)
    back = found.stack
    assert (back.outline.width, back.outline.height) == (stack.outline.width, stack.outline.height)
    assert said(back, back.outline.items) == said(stack, held)
    if opacities(held) == opacities(stack.outline.items):
        assert found.difference == 0
        assert np.array_equal(back.picture, stack.picture)
    else:  # by half a step of opacity
        assert found.difference == 1
    assert not [one for one in found.losses if "soft-light" not in one]
    again = imported(written(back, format_), tmp_path).stack
    assert said(again, again.outline.items) == said(back, back.outline.items)
    assert np.array_equal(again.picture, back.picture)
