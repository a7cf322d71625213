"""How large the pictures are that came along with operations."""

from collections.abc import Iterable

from model.edits.add import Size, added
from model.edits.operation import Operation
from model.errors import ImageRejected, InvalidEdit
from model.image import Limits, size_of


def inline_sizes(operations: Iterable[Operation], limits: Limits) -> dict[str, Size]:
    """Of those that are added, by their ``image``, from their headers.

    Raises:
        InvalidEdit: one is no picture, or too large.
    """
    sizes: dict[str, Size] = {}
    for picture in added(operations):
        if picture.inline is not None and picture.image not in sizes:
            try:
                sizes[picture.image] = size_of(picture.inline, limits)
            except ImageRejected as error:
                raise InvalidEdit(str(error), picture.pointer) from error
    return sizes
