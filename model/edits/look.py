"""How a layer or a group lies over what is below: ``opacity``, ``blend``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model import blend
from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector


@dataclass(frozen=True, slots=True)
class Opacity:
    """``to`` 0-1, times the layer's own alpha."""

    op: ClassVar[str] = "opacity"
    layer: Selector
    to: float

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields), fields.number("to", 0, 1))

    def apply(self, scene: Scene) -> Scene:
        meant = self.layer.changeable(scene)
        return scene.changed([replace(scene.layers[index], opacity=self.to) for index in meant])


@dataclass(frozen=True, slots=True)
class Blend:
    """One of the blend modes of ``model.blend``."""

    op: ClassVar[str] = "blend"
    layer: Selector
    mode: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields), fields.choice("mode", tuple(blend.MODES)))

    def apply(self, scene: Scene) -> Scene:
        meant = self.layer.changeable(scene)
        return scene.changed([replace(scene.layers[index], blend=self.mode) for index in meant])
