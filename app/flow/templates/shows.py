"""What the variables of a template are without values, as far as that is known."""

from collections.abc import Callable, Mapping
from typing import Any

from app.flow.templates.variable import Property, variables_of
from app.store.templates import Template
from model.edits import LayerState, Scene
from model.edits.state import Picture, Replacement, Rgb, Text


def shows(template: Template, scene: Scene) -> dict[str, Any]:
    """By name: the default, or what the first of its layers is in the template's scene; ``None`` for what only the
    pixels could tell."""
    found = {}
    for name, variable in variables_of(template.variables).items():
        first = scene.layers[variable.layers[0]]
        if variable.default is not None:
            found[name] = variable.default
        elif variable.kind == "color":
            found[name] = _colour(template, first)
        else:
            found[name] = _KNOWN[variable.kind](scene, first)
    return found


def _colour(template: Template, state: LayerState) -> str | None:
    """Of a tint, which makes all of it that; or of words."""
    if state.colours:
        last = state.colours[-1]
        return _hex(last.color) if last.mode == "tint" and last.strength == 1 else None
    if isinstance(state.source, Text) and state.source.color is not None:
        return _hex(state.source.color[:3])
    if not isinstance(state.origin, int) or isinstance(state.source, Replacement):
        return None
    lines = template.layers[state.origin].get("lines") or [{}]
    found: str | None = lines[0].get("color")
    return found


def _hex(color: Rgb) -> str:
    return "#" + bytes(color).hex()


def _words(_: Scene, state: LayerState) -> str | None:
    return state.source.value if isinstance(state.source, Text) else state.words


def _asset(_: Scene, state: LayerState) -> str | None:
    if isinstance(state.source, Replacement):
        return state.source.picture.image
    return state.origin.image if isinstance(state.origin, Picture) else None


def _left(scene: Scene, state: LayerState) -> float | None:
    box = scene.bounds(state.index)
    return None if box is None else round(box[0], 3)


def _top(scene: Scene, state: LayerState) -> float | None:
    box = scene.bounds(state.index)
    return None if box is None else round(box[1], 3)


_KNOWN: Mapping[Property, Callable[[Scene, LayerState], Any]] = {
    "text": _words,
    "image": _asset,
    "opacity": lambda _, state: state.opacity,
    "blend": lambda _, state: state.blend,
    "visible": lambda _, state: state.visible,
    "x": _left,
    "y": _top,
    "position": lambda scene, state: {"x": _left(scene, state), "y": _top(scene, state)},
}
