"""What was found in a file: layers and groups, their pixels when they are asked for, and what could not be taken."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from model.edits.fields import MAX_LENGTH
from model.edits.tree import MAX_DEPTH
from model.errors import ImageRejected, ImageTooLarge
from model.export.outline import Item, Outline, walked
from model.image import Limits
from model.layers import Layer, Pixels

Kind: TypeAlias = Literal["psd", "ora", "zip"]
TITLES: dict[Kind, str] = {"psd": "a Photoshop document", "ora": "an OpenRaster file", "zip": "a ZIP of layers"}

MAX_NAME = 1_000
"""Characters of a layer's name; a longer one is cut short."""
MAX_TEXT = 100_000
"""Characters of a layer's words."""
_NAMED = 3
_CANVASES = 25
"""All layers together may have so many times the pixels of the largest canvas."""


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """What is read at most: ``picture`` is of the file, its canvas and each layer; ``max_layers`` counts groups too."""

    picture: Limits = field(default_factory=Limits)
    max_layers: int = 200


class Losses:
    """What could not be taken as it is, a sentence for each kind, which names the layers."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, sentence: str, *names: str) -> None:
        """``{}`` in the sentence stands for the names."""
        known = self._found.setdefault(sentence, [])
        known += [name for name in names if name not in known]

    def sentences(self) -> list[str]:
        return [sentence.replace("{}", _listed(names)) for sentence, names in self._found.items()]


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A file that was opened.

    Attributes:
        kind: of the file.
        outline: its layers and groups, bottom to top; their indices count them as they were met.
        load: the pixels of a layer, wherever they lie; its name, kind, words and lines. ``None`` where there are none.
            What is wrong with a layer shows here.
        picture: what the file shows to who reads no layers, over white if ``on_white``; ``None`` where it has none.
        losses: all of them once every layer was loaded.
    """

    kind: Kind
    outline: Outline
    load: Callable[[Item], Layer | None]
    picture: Callable[[], Pixels | None]
    losses: Losses
    on_white: bool = False


class Tally:
    """Counts what a file holds, so that too much is refused before it is read."""

    def __init__(self, limits: ImportLimits) -> None:
        self._limits = limits
        self._count = 0
        self._pixels = 0

    def canvas(self, width: int, height: int) -> None:
        """Raises ImageRejected, ImageTooLarge."""
        if width < 1 or height < 1:
            raise ImageRejected("The canvas has no pixels.")
        self._check(width, height, "The canvas")

    def one_more(self, depth: int) -> int:
        """The index of a layer or a group that lies in so many groups; raises ImageRejected, ImageTooLarge."""
        if self._count >= self._limits.max_layers:
            raise ImageTooLarge(
                f"The file has more than {self._limits.max_layers} layers and groups; that many are taken."
            )
        if depth > MAX_DEPTH:
            raise ImageRejected(f"The file has groups in groups, {depth} deep; {MAX_DEPTH} are taken.")
        self._count += 1
        return self._count - 1

    def layer(self, name: str, width: int, height: int, x: int, y: int) -> None:
        """A layer's picture, before it is decoded; raises ImageRejected, ImageTooLarge."""
        self._check(width, height, f"Layer “{shortened(name)}”")
        if max(abs(x), abs(y)) > MAX_LENGTH:
            raise ImageRejected(
                f"Layer “{shortened(name)}” lies at {x}, {y}, farther than {MAX_LENGTH:,.0f} pixels away."
            )
        self._pixels += width * height
        if self._pixels > _CANVASES * self._limits.picture.max_pixels:
            raise ImageTooLarge(
                f"The layers have more than {_CANVASES * self._limits.picture.max_pixels:,} pixels in all."
            )

    def _check(self, width: int, height: int, what: str) -> None:
        most = self._limits.picture
        if max(width, height) > most.max_side:
            raise ImageTooLarge(f"{what} is {width} × {height}; a side may have {most.max_side:,} pixels.")
        if width * height > most.max_pixels:
            raise ImageTooLarge(f"{what} is {width} × {height}; at most {most.max_pixels:,} pixels are taken.")


def are_mixed(items: Sequence[Item]) -> bool:
    """Whether any of them, or what is in them, is blended other than normally."""
    return any(item.blend != "normal" for item, _ in walked(items))


def tell_of_isolated(items: Sequence[Item], isolated: Collection[int], losses: Losses) -> None:
    """A group that keeps to itself what its layers are blended with, without opacity or mode, is none here."""
    for item, _ in walked(items):
        if item.index in isolated and not item.is_isolated and are_mixed(item.members or ()):
            losses.add(
                "Groups of opacity 1 and mode normal do not keep the modes of their layers to themselves here: {}.",
                item.name,
            )


def named(text: str, losses: Losses) -> str:
    """A layer's name as it can be kept."""
    name = legible(text)
    if len(name) > MAX_NAME:
        losses.add(f"Names have at most {MAX_NAME:,} characters here: that of {{}} is cut short.", name)
    return name[:MAX_NAME]


def legible(text: str) -> str:
    """Unicode that can be stored: no NUL, and no half of a character."""
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shortened(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{shortened(name)}”" for name in names[:_NAMED])
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
