"""An element: the pixels that one future layer shows, and how it goes on where it is hidden."""

from dataclasses import dataclass, field

import numpy as np

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask
from model.layers import Kind


@dataclass(slots=True, eq=False)
class Element:
    """Work in progress on one layer; arrays have the canvas' size.

    Attributes:
        seen: pixels that show this element and nothing over it, its half of the rim included.
        whole: ``seen`` and what is believed to go on under other elements.
        paint: colour model.
        opacity: of glass below 1; of everything else 1.
        alpha: set where alpha is known otherwise than by its rim (shadows), 0-1.
        clear: of an overlay: the picture without it and without the overlays above it, ``(H, W, 3)``.
        parts: masks and paints of what was merged into this one, itself where nothing was.
    """

    seen: Mask
    paint: Paint
    kind: Kind = "shape"
    name: str = "shape"
    text: str | None = None
    opacity: float = 1.0
    alpha: Floats | None = None
    clear: Floats | None = None
    whole: Mask = field(default_factory=lambda: np.zeros((0, 0), bool))
    parts: tuple[tuple[Mask, Paint], ...] = ()

    def __post_init__(self) -> None:
        if self.whole.size == 0:
            self.whole = self.seen
        if not self.parts:
            self.parts = ((self.seen, self.paint),)

    @property
    def area(self) -> int:
        return int(np.count_nonzero(self.seen))


def as_one(elements: list[Element]) -> Element:
    """The elements, one or more, as one: of several paints, an object; named and painted after its largest."""
    if len(elements) == 1:
        return elements[0]
    first, *others = sorted(elements, key=lambda element: -element.area)
    paint = first.paint
    mixed = Paint(None, paint.weights[:1], paint.scale, paint.residual, 0.0, paint.origin)
    seen = first.seen.copy()
    for other in others:
        seen |= other.seen
    text = " ".join(element.text for element in [first, *others] if element.text) or None
    parts = tuple(part for element in [first, *others] for part in element.parts)
    return Element(seen, mixed, "object", first.name, text, parts=parts)
