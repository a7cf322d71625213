"""Another picture in a layer's place: ``replace``."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector
from model.edits.state import LayerState, Replacement
from model.errors import InvalidEdit

KEEP = ("position", "opacity", "blend", "color", "mask")
KEPT = frozenset({"position", "opacity", "blend"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Replace:
    """The picture comes into the layer's frame, by ``fit`` (contain) and ``anchor`` (center).

    ``keep`` lists what stays of the layer: ``position`` (with size and angle), ``opacity``, ``blend`` (these three by
    default), ``color`` (its recolorings), ``mask`` (the new picture shows only where the old layer was).
    """

    op: ClassVar[str] = "replace"
    layer: Selector
    replacement: Replacement
    keep: frozenset[str]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        way = fields.one_of("asset", "image_base64")
        inline = _bytes_of(fields) if way == "image_base64" else None
        image = hashlib.sha256(inline).hexdigest() if inline is not None else _asset(fields)
        keep = _keep(fields)
        placed = Replacement(image, fields.fit(), fields.anchor("center"), "mask" in keep, inline, fields.at(way))
        return cls(layer, placed, keep)

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._replaced(scene.layers[index]) for index in self.layer.pictures(scene)])

    def _replaced(self, state: LayerState) -> LayerState:
        fresh = replace(state, replacement=self.replacement)
        if "position" not in self.keep:
            fresh = replace(fresh, matrix=state.home, angle=0.0)
        if "opacity" not in self.keep:
            fresh = replace(fresh, opacity=1.0)
        if "blend" not in self.keep:
            fresh = replace(fresh, blend="normal")
        return fresh if "color" in self.keep else replace(fresh, colours=())


def _asset(fields: Fields) -> str:
    value = fields.get("asset")
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise InvalidEdit("An asset is given by its SHA-256, 64 hex digits.", fields.at("asset"))
    return value


def _bytes_of(fields: Fields) -> bytes:
    value = fields.get("image_base64")
    if not isinstance(value, str):
        raise InvalidEdit("A picture as base64 text is needed here.", fields.at("image_base64"))
    text = value.partition(",")[2] if value.startswith("data:") else value
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidEdit("This is not base64.", fields.at("image_base64")) from error


def _keep(fields: Fields) -> frozenset[str]:
    if not fields.has("keep"):
        return KEPT
    value = fields.get("keep")
    if not isinstance(value, list | tuple) or not all(entry in KEEP for entry in value):
        raise InvalidEdit(f"A list of some of {', '.join(KEEP)} is needed here.", fields.at("keep"))
    return frozenset(value)
