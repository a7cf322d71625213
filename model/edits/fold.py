"""A list of operations -> one state for each layer and group."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from model.edits.add import Add, Size
from model.edits.cut import USUAL, Canvas, Crop, Largest
from model.edits.duplicate import Duplicate
from model.edits.fields import Fields
from model.edits.groups import Group, Ungroup
from model.edits.look import Blend, Opacity
from model.edits.operation import Operation
from model.edits.order import Reorder
from model.edits.paint import Adjust, Recolor
from model.edits.place import Flip, Move, Rotate, Scale
from model.edits.replace import Replace
from model.edits.scene import Scene
from model.edits.status import Delete, Hide, Lock, Rename, Restore, Show, Unlock
from model.edits.text import SetText
from model.errors import InvalidEdit

_KINDS: tuple[type[Operation], ...] = (
    *(Move, Scale, Rotate, Flip, Crop),
    *(Opacity, Blend, Recolor, Adjust),
    *(Replace, Add, SetText),
    *(Reorder, Group, Ungroup, Duplicate, Canvas),
    *(Delete, Restore, Show, Hide, Lock, Unlock, Rename),
)
OPERATIONS: Mapping[str, type[Operation]] = {kind.op: kind for kind in _KINDS}
"""Every operation there is, by name; one more is a class and its name here."""
MAX_OPERATIONS = 1000


def parse(operations: object, pointer: str = "/operations") -> tuple[Operation, ...]:
    """Operations from decoded JSON, each checked by itself.

    Raises:
        InvalidEdit: with the pointer of the first offending place.
    """
    if not isinstance(operations, Sequence) or isinstance(operations, str | bytes):
        raise InvalidEdit("A list of operations is needed here.", pointer)
    if len(operations) > MAX_OPERATIONS:
        raise InvalidEdit(f"There are {len(operations)} operations; at most {MAX_OPERATIONS} are taken.", pointer)
    return tuple(_operation(entry, f"{pointer}/{at}") for at, entry in enumerate(operations))


def fold(
    operations: Iterable[Operation],
    scene: Scene,
    sizes: Mapping[str, Size] = MappingProxyType({}),
    largest: Largest = USUAL,
) -> Scene:
    """The scene after the operations, in their order.

    Args:
        sizes: of the pictures that are added, by their ``image``; see ``added``.
        largest: what a canvas may become.

    Raises:
        LayerNotFound, AmbiguousLayer, LayerLocked, InvalidEdit.
    """
    for operation in operations:
        scene = _told(operation, sizes, largest).apply(scene)
    return scene


def _told(operation: Operation, sizes: Mapping[str, Size], largest: Largest) -> Operation:
    """With what an operation cannot know by itself."""
    if isinstance(operation, Add):
        return operation.sized(sizes)
    return operation.within(largest) if isinstance(operation, Canvas) else operation


def _operation(value: object, pointer: str) -> Operation:
    fields = Fields.of(value, pointer)
    kind = OPERATIONS[fields.choice("op", tuple(OPERATIONS))]
    operation = kind.read(fields)
    fields.done()
    return operation
