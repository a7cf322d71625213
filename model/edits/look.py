"""How a layer looks: ``opacity``, ``blend``, ``recolor``, ``show``, ``hide``, ``delete``, ``restore``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model import blend
from model.edits.fields import Fields
from model.edits.scene import LayerState, Recoloring, RecolorMode, Scene
from model.edits.selector import Selector
from model.errors import InvalidEdit

RECOLOR_MODES: tuple[RecolorMode, ...] = ("hue", "tint")
MAX_RECOLORINGS = 64
"""Of one layer; each takes a pass over its pixels."""


@dataclass(frozen=True, slots=True)
class Opacity:
    """``to`` 0-1, times the layer's own alpha."""

    op: ClassVar[str] = "opacity"
    layer: Selector
    to: float

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        return cls(layer, fields.number("to", 0, 1))

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), opacity=self.to)


@dataclass(frozen=True, slots=True)
class Blend:
    """One of the blend modes of ``model.blend``."""

    op: ClassVar[str] = "blend"
    layer: Selector
    mode: str

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        return cls(layer, fields.choice("mode", tuple(blend.MODES)))

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), blend=self.mode)


@dataclass(frozen=True, slots=True)
class Recolor:
    """Appends a step to the layer's colours; see ``model.edits.recolor`` for what ``hue`` and ``tint`` do.

    A colour set anew leaves nothing of the one before: at full strength, the step takes the place of those of its mode
    that stand right before it. So whoever tries one colour after another sees each as if it were the first.
    """

    op: ClassVar[str] = "recolor"
    layer: Selector
    step: Recoloring

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        mode = fields.choice("mode", RECOLOR_MODES, "hue")
        red, green, blue, alpha = fields.colour("color")
        if alpha != 255:
            raise InvalidEdit(
                "The colour must be opaque; strength says how much of it is mixed in.", fields.at("color")
            )
        strength = fields.number("strength", 0, 1, 1.0)
        return cls(layer, Recoloring("tint" if mode == "tint" else "hue", (red, green, blue), strength))

    def apply(self, scene: Scene) -> Scene:
        if self.step.strength == 0:
            self.layer.indices(scene)
            return scene
        return scene.changed([self._colored(scene.layers[index]) for index in self.layer.indices(scene)])

    def _colored(self, state: LayerState) -> LayerState:
        kept = state.colours
        if self.step.strength == 1:
            while kept and kept[-1].mode == self.step.mode:
                kept = kept[:-1]
        if len(kept) == MAX_RECOLORINGS:
            raise InvalidEdit(
                f"The layer {state.index} is recolored more than {MAX_RECOLORINGS} times.", self.layer.pointer
            )
        return replace(state, colours=(*kept, self.step))


@dataclass(frozen=True, slots=True)
class _Bare:
    """An operation without parameters."""

    op: ClassVar[str]
    layer: Selector

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        return cls(layer)


class Show(_Bare):
    op: ClassVar[str] = "show"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), visible=True)


class Hide(_Bare):
    op: ClassVar[str] = "hide"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), visible=False)


class Delete(_Bare):
    """Out of the scene until ``restore``; its other edits and its place in the order wait for it."""

    op: ClassVar[str] = "delete"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene, deleted=True), deleted=True)


class Restore(_Bare):
    """Brings a deleted layer back as it was."""

    op: ClassVar[str] = "restore"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene, deleted=True), deleted=False)


def _each(scene: Scene, indices: tuple[int, ...], **changes: object) -> Scene:
    return scene.changed([replace(scene.layers[index], **changes) for index in indices])  # type: ignore[arg-type]
