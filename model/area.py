"""Where on a canvas: a rectangle of whole pixels."""

from typing import NamedTuple


class Area(NamedTuple):
    """Of the canvas, in pixels; right and bottom lie just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.right)

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    @property
    def size(self) -> int:
        """In pixels; not of an empty one."""
        return (self.right - self.left) * (self.bottom - self.top)

    def within(self, other: "Area") -> "Area":
        """What both have; may be empty."""
        return Area(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def meets(self, other: "Area") -> bool:
        """Whether what both have is not empty."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
            and not self.empty
            and not other.empty
        )

    def around(self, other: "Area") -> "Area":
        """The smallest that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def holds(self, other: "Area") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def moved(self, right: int, down: int) -> "Area":
        return Area(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def without(self, hole: "Area") -> "list[Area]":
        """What the hole, which lies inside or is empty, leaves of it: at most four, which do not overlap."""
        if hole.empty:
            return [self]
        left, top, right, bottom = self
        parts = (
            Area(left, top, right, hole.top),
            Area(left, hole.top, hole.left, hole.bottom),
            Area(hole.right, hole.top, right, hole.bottom),
            Area(left, hole.bottom, right, bottom),
        )
        return [part for part in parts if not part.empty]


NOWHERE = Area(0, 0, 0, 0)
