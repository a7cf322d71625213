"""What every operation is."""

from typing import ClassVar, Protocol, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector


class Operation(Protocol):
    """One change, immutable. ``read`` checks it by itself, ``apply`` on a scene.

    Attributes:
        op: its name in a request.
        layer: the layers it is about.
    """

    op: ClassVar[str]

    @property
    def layer(self) -> Selector: ...

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        """From the JSON object; ``op`` and ``layer`` are read already.

        Raises:
            InvalidEdit: a parameter is missing, unknown or out of range.
        """
        ...

    def apply(self, scene: Scene) -> Scene:
        """Raises LayerNotFound, AmbiguousLayer, InvalidEdit."""
        ...
