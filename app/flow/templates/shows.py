"""What the variables of a template are without values, as far as that is known."""

from collections.abc import Callable, Mapping
from typing import Any

from app.flow.templates.variable import Property, variables_of
from app.store.templates import Template
from model.edits import LayerState, Scene
from model.edits.state import Picture, Replacement, Text


def shows(template: Template, scene: Scene) -> dict[str, Any]:
    """By name: the default, or what the first of its layers is in the template's scene; ``None`` for what only the
    pixels could tell."""
    found = {}
    for name, variable in variables_of(template.variables).items():
        first = scene.layers[variable.layers[0]]
        known = _KNOWN.get(variable.kind)
        found[name] = variable.default if variable.default is not None else known and known(scene, first)
    return found


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
