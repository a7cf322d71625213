"""How edits changed the look of a layer, said as the operations that ask for it."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from model.edits.paint import ADJUSTMENTS
from model.edits.state import Align, Direction, LayerState, Recoloring, Rgb, Text, TextFit

_PARAMETERS = {mode: parameter for parameter, mode in ADJUSTMENTS.items()}


class WordsOut(BaseModel):
    """What `text` said of a layer; null is what it did not: as the layer's own words seem to be."""

    model_config = ConfigDict(title="Words")

    font: str | None
    size: float | None = Field(description="Of the em, in pixels of the canvas; of those made to fit, before that.")
    color: str | None
    align: Align | None
    direction: Direction | None
    fit: TextFit | None


def colors_of(state: LayerState) -> list[dict[str, Any]]:
    """Each step of its colours, in their order."""
    return [_step(one) for one in state.colours]


def blur_of(state: LayerState) -> float | None:
    """A standard deviation, in pixels of the canvas: the mean of all directions where they differ."""
    return None if state.blur is None else math.sqrt((state.blur[0] + state.blur[2]) / 2)


def words_of(state: LayerState) -> WordsOut | None:
    if not isinstance(state.source, Text):
        return None
    a, b, _, d, e, _ = state.matrix
    size = None if state.source.size is None else state.source.size * (math.sqrt(abs(a * e - b * d)) or 1.0)
    color = state.source.color
    said = None if color is None else _hex(color[:3]) + (f"{color[3]:02x}" if color[3] < 255 else "")
    source = state.source
    return WordsOut(
        font=source.font, size=size, color=said, align=source.align, direction=source.direction, fit=source.fit
    )


def _step(step: Recoloring) -> dict[str, Any]:
    if step.mode in _PARAMETERS:
        return {"op": "adjust", _PARAMETERS[step.mode]: step.numbers[0]}
    said: dict[str, Any] = {"op": "recolor", "mode": step.mode}
    if step.mode == "matrix":
        said["matrix"] = list(step.numbers)
    elif step.mode == "duotone" and step.other is not None:
        said["colors"] = [_hex(step.color), _hex(step.other)]
    else:
        said["color"] = _hex(step.color)
    if step.mode == "replace" and step.other is not None:
        said |= {"from": _hex(step.other), "tolerance": step.numbers[0]}
    return said if step.strength == 1 else {**said, "strength": step.strength}


def _hex(color: Rgb) -> str:
    return "#" + bytes(color).hex()
