"""What every export promises: another reader finds all that the format can hold, and the very picture."""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from export_readers import READERS, Opened, Read
from export_stacks import HEIGHT, STACKS, WIDTH, Maker, beyond, grouped, laid, noise, plain, put

from model.alpha import trimmed
from model.blend import MODES, mixed
from model.compositing import faded, over
from model.errors import NotExportable
from model.export.outline import Item, walked
from model.export.stack import Exported
from model.export.table import FORMATS, Format, check, warnings
from model.layers import Layer, Pixels

Found: TypeAlias = tuple[object, ...]
"""Name, opacity, blend mode, whether it is seen, pixels, place, members."""


def written(stack: Exported, format_: str) -> bytes:
    out = io.BytesIO()
    import_module(str(FORMATS[format_].module)).write(stack, out)
    return out.getvalue()


def opened(stack: Exported, format_: str) -> Opened:
    return READERS[format_](written(stack, format_))


def walked_items(items: Iterable[Read]) -> list[Read]:
    return [inner for item in items for inner in (*walked_items(item.members or ()), item)]


@pytest.fixture(params=sorted(READERS))
def format_(request: pytest.FixtureRequest) -> str:
    """Of those that hold layers."""
    return str(request.param)


@pytest.fixture(params=sorted(name for name, told in FORMATS.items() if told.module))
def any_format(request: pytest.FixtureRequest) -> str:
    """Animations too."""
    return str(request.param)


@pytest.fixture(params=sorted(STACKS))
def stack(request: pytest.FixtureRequest) -> Exported:
    return STACKS[request.param]()


def expected(stack: Exported, items: Sequence[Item], told: Format, below: Pixels | None = None) -> list[Found]:
    """What a reader should find, as far as the format can hold it.

    Args:
        below: what is drawn by then, as far as it is seen.
    """
    found: list[Found] = []
    below = np.zeros_like(stack.picture) if below is None else below
    for item in items:
        layer = None if item.is_group else stack.load(item)
        if item.is_isolated and not told.isolated:
            layer = joined(stack, item)
        elif item.is_group:
            inside = expected(stack, item.members or (), told, below if item.visible else below.copy())
            if not told.groups:
                found += inside
            elif inside or told.empty:
                found.append((item.name, *faded_as(item, told), item.visible or not told.hidden, None, None, inside))
            continue
        pixels, place = (None, None) if layer is None else (layer.pixels, (layer.x, layer.y))
        if pixels is not None and place is not None:
            whole = np.zeros_like(stack.picture)
            if told.mixes and item.visible and item.blend != "normal":
                pixels = mixed_there(below, pixels, place, item.blend)
            put(whole, pixels if told.opacity else faded(pixels, item.opacity), *place)
            if item.visible:
                put(shown := np.zeros_like(whole), pixels, *place)
                over(below, shown, np.s_[:, :], item.opacity, "normal" if told.mixes else item.blend)
            if not told.opacity:
                pixels = faded(pixels, item.opacity)
            if not told.beyond:
                pixels, place = (whole, (0, 0)) if whole[:, :, 3].any() else (None, None)
        found.append((item.name, *faded_as(item, told), item.visible or not told.hidden, _bytes(pixels), place, None))
    return found


def faded_as(item: Item, told: Format) -> tuple[float, str]:
    """Opacity and blend mode in the file."""
    opacity = item.opacity if told.opacity else 1.0
    if told.opacity_steps is not None:
        opacity = round(opacity * (told.opacity_steps - 1)) / (told.opacity_steps - 1)
    return opacity, "normal" if item.blend in told.missing else item.blend


def joined(stack: Exported, group: Item) -> Layer | None:
    """A group that is composed by itself, on the canvas, without its own opacity and blend mode."""
    plain = replace(group, opacity=1.0, blend="normal", visible=True)
    layers = {item.index: layer for item, _ in walked([plain]) if (layer := stack.load(item))}
    picture = laid([plain], layers, np.zeros_like(stack.picture))
    return trimmed(Layer(picture))


def mixed_there(below: Pixels, pixels: Pixels, place: tuple[int, int], mode: str) -> Pixels:
    """Over the canvas, the colours that the mode makes."""
    pixels, (height, width) = pixels.copy(), below.shape[:2]
    for y, x in np.ndindex(pixels.shape[:2]):
        down, across = y + place[1], x + place[0]
        if 0 <= down < height and 0 <= across < width:
            here = np.s_[y : y + 1, x : x + 1]
            pixels[here] = mixed(below[down : down + 1, across : across + 1], pixels[here], mode)
    return pixels


def seen(items: Sequence[Read]) -> list[Found]:
    return [
        (
            item.name,
            item.opacity,
            item.blend,
            item.visible,
            _bytes(item.pixels),
            None if item.pixels is None else (item.x, item.y),
            None if item.members is None else seen(item.members),
        )
        for item in items
    ]


def _bytes(pixels: Pixels | None) -> tuple[object, ...] | None:
    return None if pixels is None else (pixels.shape, pixels.tobytes())


def as_named(name: str, format_: str) -> str:
    """What a name is in a file of this format."""
    most = FORMATS[format_].max_name
    if format_ in ("ora", "svg", "pptx"):  # XML knows no control characters
        name = "".join("\ufffd" if ord(letter) < 32 and letter not in "\n\t" else letter for letter in name)
    return name if most is None else name.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def renamed(found: list[Found], format_: str) -> list[Found]:
    return [
        (as_named(str(name), format_), *rest, None if inside is None else renamed(inside, format_))  # type: ignore[arg-type]
        for name, *rest, inside in found
    ]


def on_white(pixels: Pixels) -> Pixels:
    """The same transparency, the colours those that are seen on white."""
    shown = np.full_like(pixels, 255)
    over(shown, pixels, np.s_[:, :])
    shown[:, :, 3] = pixels[:, :, 3]
    return shown


def test_every_format_that_holds_layers_has_a_reader() -> None:
    assert set(READERS) == {name for name, told in FORMATS.items() if told.holds == "layers"}


def test_another_reader_finds_all_layers_and_groups_as_they_are(stack: Exported, format_: str) -> None:
    told = FORMATS[format_]
    found = opened(stack, format_)
    assert (found.width, found.height) == (stack.outline.width, stack.outline.height)
    assert seen(found.items) == renamed(expected(stack, stack.outline.items, told), format_)


def test_who_reads_no_layers_sees_the_very_picture(stack: Exported, format_: str) -> None:
    if format_ not in ("svg", "pptx"):  # which have no picture of their own; other programs draw it
        picture = stack.picture
        if format_ == "psd":  # colours as Photoshop keeps them, over white
            picture = on_white(picture)
        assert np.array_equal(opened(stack, format_).picture, picture)


def test_the_layers_that_a_reader_finds_are_the_picture(format_: str) -> None:
    make = Maker()
    stack = make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)),
        make.layer("Half", noise(2, 12, 9), 5, 6, opacity=51 / 255),
        make.layer("Over the edge", noise(3, 12, 9), -5, 16),
    )
    canvas = np.zeros_like(stack.picture)
    for item in opened(stack, format_).items:
        assert item.pixels is not None
        whole = np.zeros_like(canvas)
        put(whole, item.pixels, item.x, item.y)
        over(canvas, whole, np.s_[:, :], item.opacity, item.blend)
    assert np.array_equal(canvas, stack.picture)


def test_the_same_stack_is_the_same_bytes(any_format: str) -> None:
    assert written(grouped(), any_format) == written(grouped(), any_format)


def test_another_process_writes_the_same_bytes() -> None:
    """Which hashes words otherwise, so that what has no order has another one."""
    formats = sorted(name for name, told in FORMATS.items() if told.module)
    script = (
        "import hashlib, test_exports as t\n"
        f"for name in {formats}: print(hashlib.sha256(t.written(t.grouped(), name)).hexdigest())"
    )
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders), "PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True).stdout
    assert there.decode().split() == [hashlib.sha256(written(grouped(), name)).hexdigest() for name in formats]


def test_what_is_lost_is_told_and_nothing_else(format_: str) -> None:
    told = FORMATS[format_]

    def said(stack: Exported) -> str:
        return " ".join(warnings(stack.outline, told))

    words = said(plain())
    assert ("words" in words) == (not told.words)
    assert ("“Hidden”" in words) == (not told.hidden)
    assert ("“Glass”" in words) == (not told.opacity or told.opacity_steps is not None)
    assert ("“Ground”" in words) is False
    for mode in MODES:
        make = Maker()
        one = said(make.stack(make.layer("It", noise(1, 2, 2), blend=mode)))
        assert (f" {mode}: “It”" in one or f" {mode} by" in one) == (mode in told.missing or mode in told.other), mode
        assert bool(one) == (mode in told.missing or mode in told.other), mode
    away = said(beyond())
    assert ("“Top left”" in away) == ("and 1 more" in away) == (not told.beyond)
    groups = said(grouped())
    assert ("“Inner”" in groups) == (not told.groups)
    assert ("“Faded”" in groups) == (not told.groups or not told.isolated)
    assert ("“Empty” is left out" in groups) == (not told.empty)


def test_what_is_lost_goes_into_a_header_however_many_layers_there_are(any_format: str) -> None:
    make = Maker()
    odd = {"text": "x", "opacity": 0.3, "visible": False}
    layers = [
        make.layer("🚀" * 300, noise(at, 3, 3), -1, -1, blend=mode, **odd) for at, mode in enumerate([*MODES] * 20)
    ]
    groups = [make.group("🚀" * 300, [layer], opacity=0.3, blend="multiply") for layer in layers]
    sentences = warnings(make.stack(*groups).outline, FORMATS[any_format])
    assert len(json.dumps(sentences)) < 6_000
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(sentences) == len({sentence.partition("“")[0] for sentence in sentences})


def test_a_canvas_too_large_for_the_format_is_refused_before_anything_is_made(any_format: str) -> None:
    told = FORMATS[any_format]
    if told.max_side is not None:
        check(Maker(told.max_side, 1).stack().outline, told)
        with pytest.raises(NotExportable, match=rf"at most {told.max_side:,} pixels"):
            check(Maker(told.max_side + 1, 1).stack().outline, told)


def test_layers_are_loaded_one_at_a_time(any_format: str) -> None:
    """So that memory holds one of them and the picture, however many there are."""
    import weakref

    make = Maker(64, 64)
    stack = make.stack(*(make.layer(str(at), noise(at, 64, 64)) for at in range(6)))
    alive: list[weakref.ref[Pixels]] = []
    most = 0

    def load(item: Item):  # type: ignore[no-untyped-def]
        nonlocal most
        most = max(most, sum(one() is not None for one in alive))
        layer = stack.load(item)
        assert layer is not None
        copy = type(layer)(layer.pixels.copy(), layer.x, layer.y, layer.name)
        alive.append(weakref.ref(copy.pixels))
        return copy

    written(Exported(stack.outline, load, stack.picture), any_format)
    assert len(alive) == len(list(walked(stack.outline.items)))
    assert most <= 1
