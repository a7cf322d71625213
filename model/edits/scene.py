"""What edits fold into: one state a layer, and their order. No pixels here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from model.affine import IDENTITY, Matrix, bounds, settled, then, translation
from model.edits.fields import Anchor, Fit
from model.layers import Stack

RecolorMode: TypeAlias = Literal["hue", "tint"]


@dataclass(frozen=True, slots=True)
class Recoloring:
    """One step of a layer's colour pipeline; see ``model.edits.recolor``."""

    mode: RecolorMode
    color: tuple[int, int, int]
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another picture in a layer's frame.

    Attributes:
        image: SHA-256 of the asset, or of the inline file's bytes.
        fit, anchor: how it sits in the frame.
        masked: shown only where the layer itself is.
        inline: the file's bytes, where they came with the operation; not part of equality, ``image`` says it.
        pointer: where they came from.
    """

    image: str
    fit: Fit
    anchor: Anchor
    masked: bool = False
    inline: bytes | None = field(default=None, compare=False, repr=False)
    pointer: str = field(default="/operations", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LayerState:
    """Everything that edits made of one layer.

    The *frame* is the rectangle of the layer's own pixels, 0, 0, ``width``, ``height``; ``matrix`` maps it to the
    canvas.

    Attributes:
        index: in the decomposition, 0 is the bottom.
        bbox: ``(x, y, width, height)`` of the stored layer, in pixels of the canvas.
        angle: degrees that rotations have added up to, so that ``rotate to`` knows where it starts.
        colours: the steps in their order.
    """

    index: int
    name: str
    bbox: tuple[int, int, int, int]
    matrix: Matrix = IDENTITY
    angle: float = 0.0
    colours: tuple[Recoloring, ...] = ()
    replacement: Replacement | None = None
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    deleted: bool = False

    @property
    def home(self) -> Matrix:
        """Where the frame lies before any edit."""
        return translation(self.bbox[0], self.bbox[1])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """``(left, top, right, bottom)`` of the frame on the canvas, as it is now."""
        return bounds(self.matrix, self.bbox[2], self.bbox[3])

    @property
    def settled(self) -> Matrix:
        """The matrix that is rendered and hashed."""
        return settled(self.matrix, self.bbox[2], self.bbox[3])

    @property
    def shows(self) -> bool:
        """Whether anything of it can be seen."""
        return self.visible and not self.deleted and self.opacity > 0 and self.bbox[2] > 0 and self.bbox[3] > 0

    def anchor_point(self, anchor: Anchor) -> tuple[float, float]:
        """A point of the box around the layer as it is now, on the canvas."""
        left, top, right, bottom = self.bounds
        return left + anchor[0] * (right - left), top + anchor[1] * (bottom - top)

    def mapped(self, by: Matrix) -> "LayerState":
        """The layer after one more map of the canvas."""
        return replace(self, matrix=then(self.matrix, by))


@dataclass(frozen=True, slots=True)
class Scene:
    """A decomposition with its edits.

    Attributes:
        width, height: of the canvas, in pixels.
        layers: by index, however they are ordered.
        order: the indices bottom to top, deleted layers included, so that they can come back to their place.
    """

    width: int
    height: int
    layers: tuple[LayerState, ...]
    order: tuple[int, ...]

    @property
    def live(self) -> tuple[int, ...]:
        """The indices bottom to top, without the deleted."""
        return tuple(index for index in self.order if not self.layers[index].deleted)

    def changed(self, states: Sequence[LayerState]) -> "Scene":
        """With these layers in place of those of the same index."""
        layers = list(self.layers)
        for state in states:
            layers[state.index] = state
        return replace(self, layers=tuple(layers))


def scene_of(width: int, height: int, layers: Sequence[Mapping[str, object]]) -> Scene:
    """The unedited scene of a manifest's layers, bottom to top.

    Args:
        layers: with ``name`` and ``bbox [x, y, width, height]``; ``opacity`` and ``blend`` where they are not 1 and
            normal.
    """
    states = []
    for index, layer in enumerate(layers):
        box = layer["bbox"]
        if not isinstance(box, Sequence) or len(box) != 4:
            raise ValueError(f"layer {index} has no bbox of four numbers: {box!r}")
        x, y, w, h = (int(value) for value in box)
        opacity = layer.get("opacity", 1.0)
        states.append(
            LayerState(
                index=index,
                name=str(layer["name"]),
                bbox=(x, y, w, h),
                matrix=translation(x, y),
                opacity=float(opacity) if isinstance(opacity, int | float) else 1.0,
                blend=str(layer.get("blend", "normal")),
            )
        )
    return Scene(width, height, tuple(states), tuple(range(len(states))))


def scene_of_stack(stack: Stack) -> Scene:
    """The unedited scene of a stack."""
    return scene_of(stack.width, stack.height, [{"name": layer.name, "bbox": layer.bbox} for layer in stack.layers])
