"""A folded scene as JSON values, to be kept and read back as it was, to the last bit of every number."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from model.affine import Matrix
from model.edits.fields import FITS
from model.edits.scene import Scene
from model.edits.state import Blur, LayerState, Picture, Recoloring, Replacement, Rgb, Text
from model.edits.tree import put_together, taken_apart

VERSION = 1
"""To be raised whenever scenes that were kept would not be read as they were meant; those are then folded anew."""
_OF_TEXT = ("value", "font", "size", "color", "align", "direction", "fit")


def scene_to_json(scene: Scene) -> dict[str, object]:
    """JSON values only; what is as in an unedited layer is left out.

    Raises:
        ValueError: a picture came inline with an operation and has not been made an asset.
    """
    layers = [_layer_to_json(state) for state in scene.layers]
    return {
        "version": VERSION,
        "width": scene.width,
        "height": scene.height,
        "layers": layers,
        "order": list(scene.order),
        **({"stored_width": scene.stored_width} if scene.stored_width != scene.width else {}),
    }


def is_current(value: Mapping[str, object]) -> bool:
    """Whether it was written by this version, so that ``scene_from_json`` reads it."""
    return value.get("version") == VERSION


def scene_from_json(value: Mapping[str, object]) -> Scene:
    """The scene that ``scene_to_json`` wrote.

    Raises:
        ValueError: it is of another version, or no scene at all.
    """
    if not is_current(value):
        raise ValueError(f"a scene of version {value.get('version')!r}, not {VERSION}")
    found: Mapping[str, Any] = value
    try:
        layers = tuple(_layer_from_json(at, layer) for at, layer in enumerate(found["layers"]))
        order = tuple(int(index) for index in found["order"])
        width, height = int(found["width"]), int(found["height"])
        scene = Scene(width, height, layers, order, int(found.get("stored_width", width)))
        sound = len(set(order)) == len(order) and put_together(scene, taken_apart(scene), "") == scene
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"this is no scene: {error!r}") from error
    if not sound:
        raise ValueError("the order of this scene is not one of its layers")
    return scene


def _layer_to_json(state: LayerState) -> dict[str, object]:
    plain = LayerState.stored(state.index, state.name, state.bbox)
    said: dict[str, object] = {"name": state.name, "bbox": list(state.bbox)}
    for key, to_json in _WRITTEN.items():
        value = getattr(state, key)
        if value != getattr(plain, key):
            said[key] = None if value is None else to_json(value)
    return said


def _layer_from_json(index: int, said: Mapping[str, Any]) -> LayerState:
    x, y, width, height = (int(number) for number in said["bbox"])
    unknown = set(said) - {"name", "bbox"} - set(_READ)
    if unknown:
        raise ValueError(f"a layer with {', '.join(sorted(unknown))}, which this version does not know")
    edits: dict[str, Any] = {
        key: None if said[key] is None else from_json(said[key]) for key, from_json in _READ.items() if key in said
    }
    return replace(LayerState.stored(index, str(said["name"]), (x, y, width, height)), **edits)


def _matrix_from_json(value: Any) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in value)
    return a, b, c, d, e, f


def _colours_to_json(steps: tuple[Recoloring, ...]) -> object:
    return [_step_to_json(step) for step in steps]


def _step_to_json(step: Recoloring) -> object:
    said: dict[str, object] = {"mode": step.mode, "color": list(step.color), "strength": step.strength}
    if step.other is not None:
        said["other"] = list(step.other)
    if step.numbers:
        said["numbers"] = list(step.numbers)
    return said


def _colours_from_json(value: Any) -> tuple[Recoloring, ...]:
    return tuple(_recoloring(**step) for step in value)


def _recoloring(mode: Any, color: Any, strength: Any, other: Any = None, numbers: Any = ()) -> Recoloring:
    also = None if other is None else _rgb(other)
    return Recoloring(mode, _rgb(color), float(strength), also, tuple(float(number) for number in numbers))


def _rgb(value: Any) -> Rgb:
    red, green, blue = (int(number) for number in value)
    return red, green, blue


def _blur_from_json(value: Any) -> Blur:
    across, both, down = (float(number) for number in value)
    return across, both, down


def _origin_to_json(origin: int | Picture) -> object:
    return origin if isinstance(origin, int) else {"image": _asset(origin)}


def _origin_from_json(value: Any) -> int | Picture:
    return value if isinstance(value, int) else Picture(str(value["image"]))


def _asset(picture: Picture) -> str:
    if picture.inline is not None:
        raise ValueError("a picture that came inline must be made an asset first")
    return picture.image


def _source_to_json(other: Replacement | Text) -> object:
    if isinstance(other, Text):
        said = {key: getattr(other, key) for key in _OF_TEXT}
        return {"text": {key: value for key, value in said.items() if value is not None}}
    return {"image": _asset(other.picture), "fit": other.fit, "anchor": list(other.anchor), "masked": other.masked}


def _source_from_json(value: Any) -> Replacement | Text:
    if "text" in value:
        said = dict(value["text"])
        if set(said) - set(_OF_TEXT):
            raise ValueError(f"a text with {', '.join(said)}, some of which this version does not know")
        color = tuple(int(number) for number in said["color"]) if "color" in said else None
        return Text(**{**said, "color": color})
    across, down = (float(number) for number in value["anchor"])
    fit = FITS[FITS.index(value["fit"])]
    return Replacement(Picture(str(value["image"])), fit, (across, down), bool(value["masked"]))


_WRITTEN: Mapping[str, Callable[[Any], object]] = {
    "matrix": list,
    "home": list,
    "angle": float,
    "origin": _origin_to_json,
    "parent": int,
    "group": bool,
    "words": str,
    "crop": list,
    "colours": _colours_to_json,
    "blur": list,
    "source": _source_to_json,
    "opacity": float,
    "blend": str,
    "visible": bool,
    "locked": bool,
    "deleted": bool,
}
_READ: Mapping[str, Callable[[Any], object]] = {
    **_WRITTEN,
    "matrix": _matrix_from_json,
    "home": _matrix_from_json,
    "origin": _origin_from_json,
    "crop": _matrix_from_json,
    "colours": _colours_from_json,
    "blur": _blur_from_json,
    "source": _source_from_json,
}
