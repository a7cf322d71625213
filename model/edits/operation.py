"""What every operation is."""

from typing import ClassVar, Protocol, Self

from model.edits.fields import Fields
from model.edits.scene import Scene


class Operation(Protocol):
    """One change, immutable. ``read`` checks it by itself, ``apply`` on a scene.

    Attributes:
        op: its name in a request.
    """

    op: ClassVar[str]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """From the JSON object; ``op`` is read already.

        Raises:
            InvalidEdit: a parameter is missing, unknown or out of range.
        """
        ...

    def apply(self, scene: Scene) -> Scene:
        """Raises LayerNotFound, AmbiguousLayer, LayerLocked, InvalidEdit."""
        ...
