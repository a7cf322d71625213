"""A layer's colours: ``recolor``. Of a group, those of all its layers."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector
from model.edits.state import ColourMode, LayerState, Recoloring
from model.errors import InvalidEdit

RECOLOR_MODES: tuple[ColourMode, ...] = ("hue", "tint")
MAX_RECOLORINGS = 64
"""Of one layer; each takes a pass over its pixels."""


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
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        mode = fields.choice("mode", RECOLOR_MODES, "hue")
        red, green, blue, alpha = fields.colour("color")
        if alpha != 255:
            raise InvalidEdit(
                "The colour must be opaque; strength says how much of it is mixed in.", fields.at("color")
            )
        strength = fields.number("strength", 0, 1, 1.0)
        return cls(layer, Recoloring("tint" if mode == "tint" else "hue", (red, green, blue), strength))

    def apply(self, scene: Scene) -> Scene:
        meant = self.layer.leaves(scene)
        if self.step.strength == 0:
            return scene
        return scene.changed([self._colored(scene.layers[index]) for index in meant])

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
