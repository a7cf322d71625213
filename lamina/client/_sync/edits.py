# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""``document.move(…)`` and its like: one operation as one revision."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, Self, TypeVar

from lamina.client import operations
from lamina.client._sync.assets import Assets
from lamina.client._sync.service import Service
from lamina.client.operations import Anchor, Box, Fit, Keep, Layer
from lamina.client.pictures import Picture
from lamina.client.request import Operation
from lamina.client.shapes import AssetFields

P = ParamSpec("P")
D = TypeVar("D", bound="Edits")


def _edit(make: Callable[P, operations.Operation]) -> Callable[Concatenate[D, P], D]:
    def edit(self: D, /, *given: P.args, **named: P.kwargs) -> D:
        return self.apply(make(*given, **named))

    update_wrapper(edit, make)
    return edit


class Edits(ABC):
    """Takes what the functions of ``lamina.client.operations`` take. The layers' own ``delete`` and ``restore`` are
    ``delete_layer`` and ``restore_layer``, as a document has others."""

    service: Service

    @abstractmethod
    def apply(self, operations: Operation | Iterable[Operation]) -> Self:
        """As one revision."""

    move = _edit(operations.move)
    scale = _edit(operations.scale)
    rotate = _edit(operations.rotate)
    flip = _edit(operations.flip)
    crop = _edit(operations.crop)
    opacity = _edit(operations.opacity)
    blend = _edit(operations.blend)
    recolor = _edit(operations.recolor)
    adjust = _edit(operations.adjust)
    text = _edit(operations.text)
    reorder = _edit(operations.reorder)
    group = _edit(operations.group)
    ungroup = _edit(operations.ungroup)
    duplicate = _edit(operations.duplicate)
    canvas = _edit(operations.canvas)
    show = _edit(operations.show)
    hide = _edit(operations.hide)
    lock = _edit(operations.lock)
    unlock = _edit(operations.unlock)
    rename = _edit(operations.rename)
    delete_layer = _edit(operations.delete)
    restore_layer = _edit(operations.restore)

    def replace(
        self,
        layer: Layer,
        picture: Picture | AssetFields,
        *,
        fit: Fit | None = None,
        anchor: Anchor | None = None,
        keep: Keep | None = None,
    ) -> Self:
        """Another picture in the layer's place; one that is not an asset yet is uploaded."""
        asset = self._uploaded(picture)
        return self.apply(operations.replace(layer, asset=asset, fit=fit, anchor=anchor, keep=keep))

    def add(
        self,
        picture: Picture | AssetFields,
        *,
        box: Box | None = None,
        fit: Fit | None = None,
        anchor: Anchor | None = None,
        name: str | None = None,
        above: int | str | None = None,
        below: int | str | None = None,
    ) -> Self:
        """A new layer, on top where nothing is said; a picture that is not an asset yet is uploaded."""
        asset = self._uploaded(picture)
        return self.apply(
            operations.add(asset=asset, box=box, fit=fit, anchor=anchor, name=name, above=above, below=below)
        )

    def _uploaded(self, picture: Picture | AssetFields) -> str:
        if isinstance(picture, AssetFields):
            return picture.sha256
        return (Assets(self.service).upload(picture)).sha256
