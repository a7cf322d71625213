"""The formats by name: where each is written, what it is called in HTTP, and what it can hold.

Nothing here loads a picture. A new format is a module with ``write(stack, file)`` and a line in ``FORMATS``; what it
cannot hold is told from its line, and the contract suite then runs on it. ``write`` takes ``options`` too, where the
line says of which class.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from model.blend import MODES
from model.edits.drawn import Box
from model.errors import NotExportable
from model.export.frame_size import check_frames, frame_size
from model.export.options import Animated, Options, Slides
from model.export.outline import Item, Outline, is_boxed, walked
from model.export.slide_size import emu_of_pixel, share

_NAMED = 3
"""Layers that a sentence names; it goes into a header."""
_NAME = 20


Holds: TypeAlias = Literal["layers", "places", "frames"]


@dataclass(frozen=True, slots=True)
class Format:
    """What a file of this format can hold.

    Attributes:
        title: what people call it.
        module: of ``write``; ``None`` of what has no pixels in it.
        holds: layers with their pixels; where they lie and where their pixels are; or frames in which they appear.
        options: what may be asked for.
        always: what is lost whatever the layers are, in a sentence.
        max_side: the longest side of a canvas, in pixels.
        max_pixels: of all frames together: what can be packed in the time that a file may take.
        max_name: the longest name, in UTF-16 code units; ``None`` for any.
        words: whether words stay words beside the pixels.
        beyond: whether it keeps what lies beyond the canvas.
        groups, hidden: whether it has groups, and layers that are not shown.
        isolated: whether it has groups that are composed by themselves; each is one layer otherwise.
        empty: whether a group may have nothing in it.
        mixes: whether a layer of a missing blend mode has the colours that it makes with what lies beneath it.
        opacity: whether a layer has one of its own; it is in the layer's alpha otherwise.
        opacity_steps: how many opacities it knows; ``None`` for any.
        missing: blend modes that it does not know: such layers are laid as ``normal``.
        other: blend modes that the programs which read it compute by another formula, and who does.
    """

    title: str
    module: str | None
    media_type: str
    holds: Holds = "layers"
    options: type[Options] | None = None
    always: str | None = None
    max_side: int | None = None
    max_pixels: int | None = None
    max_name: int | None = None
    words: bool = False
    beyond: bool = True
    groups: bool = True
    isolated: bool = True
    empty: bool = True
    mixes: bool = False
    hidden: bool = True
    opacity: bool = True
    opacity_steps: int | None = None
    missing: frozenset[str] = frozenset()
    other: Mapping[str, str] = field(default_factory=dict)


FORMATS: Mapping[str, Format] = {
    "zip": Format("ZIP", "model.export.zip_layers", "application/zip", words=True),
    "ora": Format("OpenRaster", "model.export.ora", "image/openraster", missing=frozenset({"exclusion"})),
    "psd": Format(
        "PSD",
        "model.export.psd",
        "image/vnd.adobe.photoshop",
        max_side=30_000,
        max_name=255,
        opacity_steps=256,
        other={"soft-light": "Photoshop"},
    ),
    "svg": Format("SVG", "model.export.svg", "image/svg+xml"),
    "tiff": Format(
        "TIFF",
        "model.export.tiff",
        "image/tiff",
        beyond=False,
        groups=False,
        hidden=False,
        opacity=False,
        missing=frozenset(MODES) - {"normal"},
    ),
    "pptx": Format(
        "PPTX",
        "model.export.pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        options=Slides,
        isolated=False,
        empty=False,
        mixes=True,
        missing=frozenset(MODES) - {"normal"},
    ),
    "json": Format("JSON", None, "application/json", "places"),
    "webp": Format(
        "WebP", "model.export.webp", "image/webp", "frames", Animated, max_side=16_383, max_pixels=200_000_000
    ),
    "apng": Format("APNG", "model.export.apng", "image/apng", "frames", Animated, max_pixels=400_000_000),
    "gif": Format(
        "GIF",
        "model.export.gif",
        "image/gif",
        "frames",
        Animated,
        always="GIF has 255 colours a frame, and no soft edges on a clear ground: others are dithered, and those hard.",
        max_side=65_535,
        max_pixels=400_000_000,
    ),
}
"""By the suffix of its files."""


def check(outline: Outline, format_: Format, options: Options | None = None) -> None:
    """Raises ``NotExportable`` where the canvas is too large for the format."""
    what, size = "the canvas is", (outline.width, outline.height)
    if format_.max_pixels is not None:
        animated = options if isinstance(options, Animated) else Animated()
        what, size = "the frames are", frame_size(outline, animated)
        check_frames(outline, animated, format_.max_pixels)
    if format_.options is Slides:
        emu_of_pixel(outline)
    if format_.max_side is not None and max(size) > format_.max_side:
        raise NotExportable(
            f"{format_.title} holds sides of at most {format_.max_side:,} pixels; {what} {size[0]:,} × {size[1]:,}."
        )


def warnings(outline: Outline, format_: Format, options: Options | None = None) -> list[str]:
    """What the format cannot hold of this, a sentence each; none where it holds all."""
    if format_.holds != "layers":
        return [] if format_.always is None else [format_.always]
    found = [] if format_.options is not Slides else _smaller(outline)
    return found + [
        f"{format_.title if about is None else about} {sentence.format(_names(items))}"
        for about, items, sentence in _losses(outline, format_, options)
        if items
    ]


def _smaller(outline: Outline) -> list[str]:
    size = share(outline)
    if size >= 1:
        return []
    return [f"PPTX slides have sides of at most 56 inches: pixels are shown at {size:.0%} of their size, all of them."]


def _losses(outline: Outline, told: Format, options: Options | None) -> Iterator[tuple[str | None, list[Item], str]]:
    """Who is to blame, ``None`` for the format itself; what suffers; and how."""
    items = [item for item, _ in walked(outline.items)]
    if not told.isolated:
        isolated = [item for item in items if item.is_isolated]
        yield None, isolated, "has no opacity and blend mode of groups: what is in {} is one picture."
        items = [item for item, _ in walked(_joined(outline.items))]
    if not told.empty:
        empty = [item for item in items if item.is_group and not any(True for _ in _layers_in(item))]
        yield None, empty, "has no empty groups: {} is left out."
    layers = [item for item in items if not item.is_group]
    boxed = isinstance(options, Slides) and options.text == "boxes"
    if not told.words:
        pixels = [item for item in layers if item.text and not (boxed and is_boxed(item))]
        yield None, pixels, "keeps words as pixels: {} cannot be typed over."
    if boxed:
        yield None, [item for item in layers if is_boxed(item)], "sets the words of {} anew: they may look different."
    if not told.groups:
        yield None, [item for item in items if item.is_group], "has no groups: what is in {} stands by itself."
        isolated = [item for item in items if item.is_isolated]
        yield None, isolated, "has no groups: the opacity and blend mode of {} are lost."
    if not told.hidden:
        yield None, [item for item in items if not item.visible], "has no hidden layers: {} can be seen there."
    if not told.opacity:
        yield (
            None,
            [item for item in layers if item.opacity < 1],
            "has no opacity of layers: that of {} is in its alpha.",
        )
    rounded = [item for item in items if not _is_step(item.opacity, told.opacity_steps)]
    yield None, rounded, f"knows {told.opacity_steps} steps of opacity: that of {{}} is rounded."
    unknown = [item for item in (items if told.groups else layers) if item.blend in told.missing]
    how = (
        "{} has its colours mixed with those beneath it, right where it lies" if told.mixes else "{} is laid as normal"
    )
    yield None, unknown, f"has no blend mode {_modes(unknown)}: {how}."
    for who in sorted(set(told.other.values())):
        using = [item for item in items if told.other.get(item.blend) == who]
        yield who, using, f"computes {_modes(using)} by another formula: {{}} may look different there."
    if not told.beyond:
        beyond = [item for item in layers if item.box and not _inside(item.box, outline)]
        yield None, beyond, "ends at the edge of the canvas: what of {} lies beyond it is cut off."
    if told.max_name is not None:
        long = [item for item in items if _units(item.name) > told.max_name]
        yield None, long, f"holds names of {told.max_name} characters: that of {{}} is cut short."


def _joined(items: Sequence[Item]) -> tuple[Item, ...]:
    """With a layer in place of each group that is composed by itself."""
    return tuple(
        item if item.members is None else replace(item, members=None if item.is_isolated else _joined(item.members))
        for item in items
    )


def _layers_in(item: Item) -> Iterator[Item]:
    return (inner for inner, _ in walked([item]) if not inner.is_group)


def _modes(items: Sequence[Item]) -> str:
    return ", ".join(sorted({item.blend for item in items}))


def _names(items: Sequence[Item]) -> str:
    """The first of them; a header has no room for all."""
    named = ", ".join(f"“{_short(item.name)}”" for item in items[:_NAMED])
    return named + (f" and {len(items) - _NAMED} more" if len(items) > _NAMED else "")


def _short(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"


def _is_step(opacity: float, steps: int | None) -> bool:
    return steps is None or abs(opacity * (steps - 1) - round(opacity * (steps - 1))) < 1e-6


def _units(name: str) -> int:
    return len(name.encode("utf-16-le", "surrogatepass")) // 2


def _inside(box: Box, outline: Outline) -> bool:
    x, y, width, height = box
    return x >= 0 and y >= 0 and x + width <= outline.width and y + height <= outline.height
