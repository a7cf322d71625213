"""What may be asked of an export in its query."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query

from model.export.options import LEAST_MS, MOST_LOOPS, MOST_MS, Animated, Build, Options, Slides, Texts

_MS = {"ge": LEAST_MS, "le": MOST_MS}
_WIDTH = "Of the frames, in pixels; the height follows. No wider than the canvas, which is what it is without."


def _animated(
    frame_ms: Annotated[int, Query(**_MS, description="How long each step is shown, in milliseconds.")] = 1_000,
    hold_ms: Annotated[int, Query(**_MS, description="How long the last one is, which is the picture.")] = 3_000,
    width: Annotated[int | None, Query(ge=1, le=16_384, description=_WIDTH)] = None,
    loop: Annotated[int, Query(ge=0, le=MOST_LOOPS, description="How often all of it is shown; 0 for ever.")] = 0,
) -> Animated:
    return Animated(frame_ms, hold_ms, width, loop)


_TEXT = (
    "`pictures`: words look as they do here. `boxes`: they are text boxes that can be typed in, in the font that they "
    "seem to be of, its size, colour, alignment and angle; the program that opens them sets them anew."
)
_BUILD = (
    "`slides`: a slide more for each layer, from the bottom. `clicks`: one slide, on which each but the first waits "
    "for a click. A group is one step, what is hidden is none."
)


def _slides(
    text: Annotated[Texts, Query(description=_TEXT)] = "pictures",
    build: Annotated[Build, Query(description=_BUILD)] = "none",
) -> Slides:
    return Slides(text, build)


def _nothing() -> None:
    return None


READERS: Mapping[type[Options] | None, Callable[..., Options | None]] = {
    None: _nothing,
    Animated: _animated,
    Slides: _slides,
}
"""By the class of what a format takes; FastAPI reads the query by their parameters."""


def asked(options: Options | None) -> dict[str, Any]:
    """The query that asks for them, without what comes unasked."""
    if options is None:
        return {}
    unasked = asdict(type(options)())
    return {name: value for name, value in asdict(options).items() if value != unasked[name]}
