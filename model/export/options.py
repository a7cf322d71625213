"""What may be asked of an export beside its format. No pixels, so that the API can read and check it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

LEAST_MS, MOST_MS = 20, 60_000
"""Browsers show what is shorter as a tenth of a second; APNG counts no longer."""
MOST_LOOPS = 65_535

Texts: TypeAlias = Literal["pictures", "boxes"]
Build: TypeAlias = Literal["none", "slides", "clicks"]


@dataclass(frozen=True, slots=True)
class Animated:
    """How layers appear one by one.

    Attributes:
        frame_ms: how long each step is shown, in milliseconds.
        hold_ms: how long the last one is, which is the picture.
        width: of the frames, in pixels, the height in proportion; ``None`` and more than the canvas's: as it is.
        loop: how often all of it is shown; 0 for ever.
    """

    frame_ms: int = 1_000
    hold_ms: int = 3_000
    width: int | None = None
    loop: int = 0


@dataclass(frozen=True, slots=True)
class Slides:
    """What becomes of a deck.

    Attributes:
        text: whether words are pictures as they look, or boxes that can be typed in, set anew by whoever shows them.
        build: all at once; a slide more for each step; or one slide on which each step waits for a click.
    """

    text: Texts = "pictures"
    build: Build = "none"


Options: TypeAlias = Animated | Slides
ANIMATED, SLIDES = Animated(), Slides()
"""What is not asked for."""
