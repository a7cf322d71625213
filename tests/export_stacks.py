"""Stacks to export: each kind of trouble that a file format may have."""

from collections.abc import Mapping, Sequence

import numpy as np

from model.blend import MODES
from model.compositing import over
from model.export.outline import Item, Outline, walked
from model.export.stack import Exported
from model.layers import Layer, Pixels

WIDTH, HEIGHT = 37, 29

NAMES = (
    "слой 🚀 图层 שכבה",
    "a" * 300,
    "🚀" * 200,
    "",
    "twice",
    "twice",
    "../../etc/passwd",
    'a\\b:c*d?e"f<g>h|i',
    "<b>&amp;\"'",
    "line\nbreak\tand\x01control",
    "e\u0301 combining, and \u202eturned",
    "%s {} ${x}",
)


def noise(seed: int, width: int, height: int, opaque: bool = False) -> Pixels:
    """A third transparent with colours under it, a third between, a third opaque, unless all are."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
    kinds = rng.integers(0, 3, (height, width))
    pixels[kinds == 0, 3] = 0
    pixels[(kinds == 2) | opaque, 3] = 255
    pixels[0, 0, 3] = pixels[-1, -1, 3] = 255  # so that it is trimmed
    return pixels


class Maker:
    """Items with their pixels; ``stack`` makes an exported stack of them."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._size = width, height
        self._layers: dict[int, Layer] = {}
        self._next = 0

    def layer(self, name: str, pixels: Pixels | None, x: int = 0, y: int = 0, **said: object) -> Item:
        index = self._index()
        if pixels is None:
            return Item(index, name, **said)  # type: ignore[arg-type]
        text = said.get("text")
        kind = "text" if text else "object"
        self._layers[index] = Layer(pixels, x, y, name, kind, text if isinstance(text, str) else None)  # type: ignore[arg-type]
        return Item(index, name, box=(x, y, pixels.shape[1], pixels.shape[0]), **said)  # type: ignore[arg-type]

    def group(self, name: str, members: Sequence[Item], **said: object) -> Item:
        return Item(self._index(), name, members=tuple(members), **said)  # type: ignore[arg-type]

    def stack(self, *items: Item) -> Exported:
        picture = np.zeros((self._size[1], self._size[0], 4), np.uint8)
        _lay(items, self._layers, picture)
        return Exported(Outline(*self._size, items), lambda item: self._layers.get(item.index), picture)

    def _index(self) -> int:
        self._next += 1
        return self._next - 1


def steps(stack: Exported) -> list[Pixels]:
    """What is seen after each item that changes something, the last of which is the picture."""
    layers = {item.index: layer for item, _ in walked(stack.outline.items) if (layer := stack.load(item))}
    canvas = np.zeros_like(stack.picture)
    seen: list[Pixels] = []
    for item in stack.outline.items:
        before = canvas.copy()
        _lay([item], layers, canvas)
        if not np.array_equal(before, canvas):
            seen.append(canvas.copy())
    return seen or [canvas]


def laid(items: Sequence[Item], layers: Mapping[int, Layer], onto: Pixels) -> Pixels:
    """As a scene is drawn; in place."""
    _lay(items, layers, onto)
    return onto


def _lay(items: Sequence[Item], layers: Mapping[int, Layer], onto: Pixels) -> None:
    for item in items:
        if not item.visible or item.opacity == 0:
            continue
        if item.is_group and not item.is_isolated:
            _lay(item.members or (), layers, onto)
            continue
        whole = np.zeros_like(onto)
        if item.is_group:
            _lay(item.members or (), layers, whole)
        elif item.index in layers:
            put(whole, layers[item.index].pixels, layers[item.index].x, layers[item.index].y)
        over(onto, whole, np.s_[:, :], item.opacity, item.blend)


def put(onto: Pixels, pixels: Pixels, x: int, y: int) -> None:
    """What of it lies on the canvas."""
    height, width = onto.shape[:2]
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + pixels.shape[1], width), min(y + pixels.shape[0], height)
    if left < right and top < bottom:
        onto[top:bottom, left:right] = pixels[top - y : bottom - y, left - x : right - x]


def plain() -> Exported:
    """Layers of normal blend mode: an opaque ground, words, one half seen through, one hidden."""
    make = Maker()
    return make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)),
        make.layer("Card", noise(2, 11, 9), 3, 4),
        make.layer("Headline", noise(3, 20, 7), 10, 15, text="Summer\nsale"),
        make.layer("Glass", noise(4, 14, 12), 20, 2, opacity=0.45),
        make.layer("Hidden", noise(5, 30, 6), 2, 20, visible=False),
    )


def grouped() -> Exported:
    """Groups in groups: some that change nothing, some composed by themselves, a hidden one and an empty one."""
    make = Maker()
    inner = make.group("Inner", [make.layer("a", noise(2, 9, 9), 1, 1), make.layer("b", noise(3, 9, 9), 5, 5)])
    faded = make.group(
        "Faded", [make.layer("c", noise(4, 12, 8), 8, 8), make.layer("d", noise(5, 6, 6), 15, 12, blend="multiply")],
        opacity=0.6,
    )  # fmt: skip
    mixed = make.group("Mixed", [inner, make.layer("e", noise(6, 5, 5), 25, 20)], blend="screen")
    hidden = make.group("Away", [make.layer("f", noise(7, 5, 5), 2, 2)], visible=False)
    return make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)),
        make.group("Outer", [mixed, faded, make.layer("g", noise(8, 4, 4), 30, 3, blend="multiply")]),
        hidden,
        make.group("Empty", []),
    )


def awkwardly_named() -> Exported:
    make = Maker()
    layers = [make.layer(name, noise(at, 5, 4), at, at) for at, name in enumerate(NAMES)]
    return make.stack(*layers, make.group("группа/組", [make.layer("in it", noise(20, 3, 3), 1, 1)]))


def blended() -> Exported:
    """A layer of every blend mode."""
    make = Maker()
    ground = make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True))
    return make.stack(
        ground, *(make.layer(mode, noise(2 + at, 12, 10), at, at, blend=mode) for at, mode in enumerate(MODES))
    )


def beyond() -> Exported:
    """Layers over each edge of the canvas, one larger than it, and one that lies wholly beside it."""
    make = Maker()
    return make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)),
        make.layer("Top left", noise(2, 10, 8), -5, -3),
        make.layer("Bottom right", noise(3, 10, 8), WIDTH - 4, HEIGHT - 2),
        make.layer("Around", noise(4, WIDTH + 20, HEIGHT + 10), -9, -4),
        make.layer("Away", noise(5, 6, 6), -60, 70),
    )


def clear() -> Exported:
    """A canvas that nothing covers all of."""
    make = Maker()
    return make.stack(
        make.layer("Dot", noise(2, 7, 7), 3, 3),
        make.layer("Faint", noise(3, 20, 9), 8, 12, opacity=0.5),
    )


def hollow() -> Exported:
    """Layers without pixels, a group of nothing else."""
    make = Maker()
    return make.stack(
        make.layer("Nothing", None), make.group("None", [make.layer("Nothing either", None)]),
        make.layer("One dot", noise(3, 1, 1), 36, 28),
    )  # fmt: skip


def single() -> Exported:
    """One pixel."""
    make = Maker(1, 1)
    return make.stack(make.layer("Pixel", np.array([[[10, 200, 30, 128]]], np.uint8)))


def nothing() -> Exported:
    """No layer at all."""
    return Maker().stack()


STACKS = {
    make.__name__: make for make in (plain, grouped, awkwardly_named, blended, beyond, clear, hollow, single, nothing)
}
