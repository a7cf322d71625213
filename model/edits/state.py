"""What edits make of one layer, or of one group of layers."""

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from model.affine import IDENTITY, Matrix, bounds, clipped, settled, then, translation
from model.colour import Colour
from model.edits.fields import Anchor, Fit

Rgb: TypeAlias = tuple[int, int, int]
Bounds: TypeAlias = tuple[float, float, float, float]
"""``(left, top, right, bottom)`` on the canvas, in pixels."""
Adjustment: TypeAlias = Literal["brightness", "contrast", "saturation", "hue-rotate"]
ColourMode: TypeAlias = Literal["hue", "tint", "replace", "duotone", "matrix"] | Adjustment
Blur: TypeAlias = tuple[float, float, float]
"""The covariance of a Gaussian on the canvas, in square pixels: across, across with down, down."""
Align: TypeAlias = Literal["start", "left", "center", "right"]
Direction: TypeAlias = Literal["auto", "ltr", "rtl"]
TextFit: TypeAlias = Literal["shrink", "none"]
UNIT = 1.0, 1.0  # the sides of the square that a crop maps into the frame


@dataclass(frozen=True, slots=True)
class Recoloring:
    """One step of a layer's colour pipeline; see ``model.edits.recolor``.

    Attributes:
        color: what it makes of the layer; of a duotone, the darker one.
        other: the colour that is replaced; of a duotone, the lighter one.
        numbers: the tolerance, the matrix, or how much is adjusted.
    """

    mode: ColourMode
    color: Rgb = (0, 0, 0)
    strength: float = 1.0
    other: Rgb | None = None
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that an operation brought.

    Attributes:
        image: SHA-256 of the asset, or of the inline file's bytes.
        inline: the file's bytes, where they came with the operation; not part of equality, ``image`` says it.
        pointer: where it was asked for.
    """

    image: str
    inline: bytes | None = field(default=None, compare=False, repr=False)
    pointer: str = field(default="/operations", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another picture in a layer's frame.

    Attributes:
        fit, anchor: how it sits in the frame.
        masked: shown only where the layer itself is.
    """

    picture: Picture
    fit: Fit
    anchor: Anchor
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words set in a layer's place. What is ``None`` is as it seems to be of the layer's own words.

    Attributes:
        value: the words; their line breaks count.
        font: by name.
        size: of the em, in pixels of the frame.
        fit: whether words are made smaller until they fit; ``None``: where they have no size.
        pointer: the operation that asked last.
    """

    value: str
    font: str | None = None
    size: float | None = None
    color: Colour | None = None
    align: Align | None = None
    direction: Direction | None = None
    fit: TextFit | None = None
    pointer: str = field(default="/operations", compare=False, repr=False)

    @property
    def shrinks(self) -> bool:
        """Whether words are made smaller until they fit the width of the layer's own."""
        return self.size is None if self.fit is None else self.fit == "shrink"


@dataclass(frozen=True, slots=True)
class LayerState:
    """Everything that edits made of one layer, or of a group.

    The *frame* is the rectangle of the layer's own pixels, 0, 0, ``width``, ``height``; ``matrix`` maps it to the
    canvas. A group has no frame and no pixels: its members have, and it is drawn as they are, together.

    Attributes:
        index: in the scene. Those of the decomposition come first, 0 is its bottom; what was added comes after.
        bbox: ``(x, y, width, height)`` of the stored layer on the canvas, in pixels, or of what was added in itself.
        matrix: from the frame to the canvas.
        home: what ``matrix`` was before any edit.
        angle: degrees that rotations have added up to, so that ``rotate to`` knows where it starts.
        origin: what fills the frame: the stored layer of this index, or a picture that was added, which is of the
            frame's size. ``None`` of a group.
        parent: the group that it is in, by index.
        crop: maps the unit square to what is shown of the frame.
        words: that the stored layer has, line by line.
        colours: the steps in their order.
        blur: laid on last, on the canvas, before it is cropped; whatever maps the layer maps it too.
        source: what is shown in the frame instead.
    """

    index: int
    name: str
    bbox: tuple[int, int, int, int]
    matrix: Matrix = IDENTITY
    home: Matrix = IDENTITY
    angle: float = 0.0
    origin: int | Picture | None = None
    parent: int | None = None
    group: bool = False
    words: str | None = None
    crop: Matrix | None = None
    colours: tuple[Recoloring, ...] = ()
    blur: Blur | None = None
    source: Replacement | Text | None = None
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    locked: bool = False
    deleted: bool = False

    @classmethod
    def stored(cls, index: int, name: str, bbox: tuple[int, int, int, int]) -> "LayerState":
        """A layer of a decomposition, as it is before any edit."""
        home = translation(bbox[0], bbox[1])
        return cls(index, name, bbox, home, home, origin=index)

    @property
    def bounds(self) -> Bounds:
        """Of what is shown of the frame, on the canvas as it is now; of all of the crop where nothing is."""
        if self.crop is None:
            return bounds(self.matrix, self.bbox[2], self.bbox[3])
        corners = clipped(self.crop, UNIT, (self.bbox[2], self.bbox[3]))
        if not corners:
            return bounds(then(self.crop, self.matrix), *UNIT)
        a, b, c, d, e, f = self.matrix
        xs, ys = [a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def settled(self) -> Matrix:
        """The matrix that is rendered and hashed."""
        return settled(self.matrix, self.bbox[2], self.bbox[3])

    @property
    def shows(self) -> bool:
        """Whether anything of it can be seen, if the groups that it is in let it."""
        return self.visible and not self.deleted and self.opacity > 0 and (self.group or min(self.bbox[2:]) > 0)

    def mapped(self, by: Matrix) -> "LayerState":
        """The layer after one more map of the canvas."""
        return replace(self, matrix=then(self.matrix, by), blur=self.blur and _mapped(self.blur, by))


def _mapped(blur: Blur, by: Matrix) -> Blur:
    a, b, _, d, e, _ = by
    xx, xy, yy = blur
    across = a * a * xx + 2 * a * b * xy + b * b * yy
    down = d * d * xx + 2 * d * e * xy + e * e * yy
    return across, a * d * xx + (a * e + b * d) * xy + b * e * yy, down


def anchor_point(box: Bounds, anchor: Anchor) -> tuple[float, float]:
    """A point of a box, on the canvas."""
    left, top, right, bottom = box
    return left + anchor[0] * (right - left), top + anchor[1] * (bottom - top)
