"""Another picture in a layer's place: ``replace``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.picture import read_picture
from model.edits.scene import Scene
from model.edits.selector import Selector
from model.edits.state import LayerState, Replacement
from model.errors import InvalidEdit

KEEP = ("position", "opacity", "blend", "color", "mask")
KEPT = frozenset({"position", "opacity", "blend"})


@dataclass(frozen=True, slots=True)
class Replace:
    """The picture comes into the layer's frame, by ``fit`` (contain) and ``anchor`` (center).

    ``keep`` lists what stays of the layer: ``position`` (with size, angle and crop), ``opacity``, ``blend`` (these
    three by default), ``color`` (its recolorings and adjustments), ``mask`` (the new picture shows only where the old
    layer was).
    """

    op: ClassVar[str] = "replace"
    layer: Selector
    replacement: Replacement
    keep: frozenset[str]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        picture, keep = read_picture(fields), _keep(fields)
        return cls(layer, Replacement(picture, fields.fit(), fields.anchor("center"), "mask" in keep), keep)

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._replaced(scene.layers[index]) for index in self.layer.pictures(scene)])

    def _replaced(self, state: LayerState) -> LayerState:
        fresh = replace(state, source=self.replacement)
        if "position" not in self.keep:
            fresh = replace(fresh, matrix=state.home, angle=0.0, crop=None)
        if "opacity" not in self.keep:
            fresh = replace(fresh, opacity=1.0)
        if "blend" not in self.keep:
            fresh = replace(fresh, blend="normal")
        return fresh if "color" in self.keep else replace(fresh, colours=(), blur=None)


def _keep(fields: Fields) -> frozenset[str]:
    if not fields.has("keep"):
        return KEPT
    value = fields.get("keep")
    if not isinstance(value, list | tuple) or not all(entry in KEEP for entry in value):
        raise InvalidEdit(f"A list of some of {', '.join(KEEP)} is needed here.", fields.at("keep"))
    return frozenset(value)
