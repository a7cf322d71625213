"""A layer's colours and its sharpness: ``recolor``, ``adjust``. Of a group, those of all its layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.filters import IDENTITY
from model.edits.scene import Scene
from model.edits.selector import Selector, capital, label
from model.edits.state import Adjustment, Blur, ColourMode, LayerState, Recoloring, Rgb
from model.edits.swap import DEFAULT_TOLERANCE
from model.errors import InvalidEdit

MAX_RECOLORINGS = 64
"""Of one layer; each takes a pass over its pixels."""
MAX_FACTOR = 1000.0
"""Of brightness, contrast and saturation, and of the numbers of a matrix."""
MAX_BLUR = 1000.0
ADJUSTMENTS: Mapping[str, Adjustment] = {
    "brightness": "brightness",
    "contrast": "contrast",
    "saturation": "saturation",
    "hue": "hue-rotate",
}
"""By the parameter that asks for each, in the order in which they are applied."""
_STEP = ("mode", "color", "from", "tolerance", "colors", "matrix", "strength")
"""Parameters of a recoloring."""


@dataclass(frozen=True, slots=True)
class Recolor:
    """Appends a step to the layer's colours; see ``model.edits.recolor`` for what each mode does.

    A colour set anew leaves nothing of the one before: at full strength, the step takes the place of those like it that
    stand right before it. So whoever tries one colour after another sees each as if it were the first. ``reset``
    forgets all recolorings before, and may come without a step; what was adjusted stays.
    """

    op: ClassVar[str] = "recolor"
    layer: Selector
    step: Recoloring | None
    reset: bool = False

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        reset = fields.has("reset") and fields.true("reset")
        if reset and not any(fields.has(key) for key in _STEP):
            return cls(layer, None, reset)
        read = RECOLOR_MODES[fields.choice("mode", tuple(RECOLOR_MODES), "hue")]
        return cls(layer, replace(read(fields), strength=fields.number("strength", 0, 1, 1.0)), reset)

    def apply(self, scene: Scene) -> Scene:
        meant = [self._forgotten(scene.layers[index]) for index in self.layer.leaves(scene)]
        if self.step is None or self.step.strength == 0 or self.step.numbers == IDENTITY:
            return scene.changed(meant) if self.reset else scene
        return scene.changed([self._colored(state, self.step) for state in meant])

    def _forgotten(self, state: LayerState) -> LayerState:
        if not self.reset:
            return state
        return replace(state, colours=tuple(one for one in state.colours if one.mode in ADJUSTMENTS.values()))

    def _colored(self, state: LayerState, step: Recoloring) -> LayerState:
        kept = state.colours
        if step.strength == 1 and step.mode != "matrix":
            while kept and _is_like(kept[-1], step):
                kept = kept[:-1]
        return _with_steps(state, (*kept, step), self.layer)


@dataclass(frozen=True, slots=True)
class Adjust:
    """CSS's filters: each adds to what was adjusted before, as a further filter would; ``reset`` forgets that first.

    Within one operation they come in the order brightness, contrast, saturation, hue, blur. A blur is in pixels of the
    canvas as it is now: a layer that is made larger afterwards has a larger one.
    """

    op: ClassVar[str] = "adjust"
    layer: Selector
    steps: tuple[Recoloring, ...]
    blur: float
    reset: bool

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        asked = [key for key in (*ADJUSTMENTS, "blur", "reset") if fields.has(key)]
        if not asked:
            known = ", ".join((*ADJUSTMENTS, "blur", "reset"))
            raise InvalidEdit(f"Some of {known} are needed.", fields.pointer)
        steps = [_adjusted(fields, key) for key in ADJUSTMENTS if key in asked]
        reset = "reset" in asked and fields.true("reset")
        return cls(layer, tuple(step for step in steps if step), fields.number("blur", 0, MAX_BLUR, 0.0), reset)

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._adjusted(scene.layers[index]) for index in self.layer.leaves(scene)])

    def _adjusted(self, state: LayerState) -> LayerState:
        if self.reset:
            kept = tuple(step for step in state.colours if step.mode not in ADJUSTMENTS.values())
            state = replace(state, colours=kept, blur=None)
        state = _with_steps(state, (*state.colours, *self.steps), self.layer)
        return replace(state, blur=_blurrier(state.blur, self.blur)) if self.blur else state


def _with_steps(state: LayerState, steps: tuple[Recoloring, ...], layer: Selector) -> LayerState:
    if len(steps) > MAX_RECOLORINGS:
        said = f"{capital(label(state))} is recolored and adjusted more than {MAX_RECOLORINGS} times."
        raise InvalidEdit(said, layer.pointer)
    return replace(state, colours=steps)


def _is_like(one: Recoloring, other: Recoloring) -> bool:
    """Whether the second, at full strength, leaves nothing of the first: the same mode and, where one colour is
    replaced, the same one."""
    return one.mode == other.mode and (one.mode != "replace" or one.other == other.other)


def _blurrier(before: Blur | None, by: float) -> Blur:
    across, both, down = before or (0.0, 0.0, 0.0)
    return across + by * by, both, down + by * by


def _opaque(fields: Fields, key: str) -> Rgb:
    red, green, blue, alpha = fields.colour(key)
    if alpha != 255:
        raise InvalidEdit("The colour must be opaque; strength says how much of it is mixed in.", fields.at(key))
    return red, green, blue


def _plain(mode: ColourMode) -> Callable[[Fields], Recoloring]:
    return lambda fields: Recoloring(mode, _opaque(fields, "color"))


def _replace(fields: Fields) -> Recoloring:
    tolerance = fields.number("tolerance", 0, 1, DEFAULT_TOLERANCE)
    return Recoloring("replace", _opaque(fields, "color"), other=_opaque(fields, "from"), numbers=(tolerance,))


def _duotone(fields: Fields) -> Recoloring:
    colors = fields.list("colors", 2)
    return Recoloring("duotone", _opaque(colors, "0"), other=_opaque(colors, "1"))


def _matrix(fields: Fields) -> Recoloring:
    numbers = fields.list("matrix", 20)
    return Recoloring("matrix", numbers=tuple(numbers.number(str(at), -MAX_FACTOR, MAX_FACTOR) for at in range(20)))


RECOLOR_MODES: Mapping[str, Callable[[Fields], Recoloring]] = {
    "hue": _plain("hue"),
    "tint": _plain("tint"),
    "replace": _replace,
    "duotone": _duotone,
    "matrix": _matrix,
}
"""How the parameters of each mode are read; ``strength`` all of them have."""


def _adjusted(fields: Fields, key: str) -> Recoloring | None:
    """``None`` where nothing is changed."""
    if key == "hue":
        degrees = fields.number(key, -1e6, 1e6) % 360
        return Recoloring("hue-rotate", numbers=(degrees,)) if degrees else None
    factor = fields.factor(key, MAX_FACTOR)
    return Recoloring(ADJUSTMENTS[key], numbers=(factor,)) if factor != 1 else None
