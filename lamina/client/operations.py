"""The operations of an edit, one function each, for programs that are written with an editor's help; each gives the
plain object of the contract, so that a list may hold both. What is left out is not sent.

``layer`` is an index, a name, a list of either, or ``"*"``. Lengths are pixels of the canvas or ``"12.5%"``, colours
are CSS, degrees go clockwise. An anchor is one of nine names, ``"top-left"`` … ``"bottom-right"``, or ``(fx, fy)``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

Operation: TypeAlias = dict[str, Any]
Layer: TypeAlias = int | str | Sequence[int | str]
Length: TypeAlias = float | str
Point: TypeAlias = Mapping[str, Length]
Box: TypeAlias = Mapping[str, Length]
Anchor: TypeAlias = str | Sequence[float]
Fit: TypeAlias = Literal["contain", "cover", "fill"]
Keep: TypeAlias = Sequence[Literal["position", "opacity", "blend", "color", "mask"]]
Reset: TypeAlias = Literal[True]


def _operation(op: str, **given: Any) -> Operation:
    return {"op": op, **{name.rstrip("_"): value for name, value in given.items() if value is not None}}


def move(layer: Layer, *, by: Point | None = None, to: Point | None = None, anchor: Anchor | None = None) -> Operation:
    """``by={"x": 24, "y": "-5%"}``, or the anchor ``to`` a point; an axis left out stays."""
    return _operation("move", layer=layer, by=by, to=to, anchor=anchor)


def scale(
    layer: Layer,
    *,
    by: float | Mapping[str, float] | None = None,
    to: Mapping[str, Length] | None = None,
    fit: Fit | None = None,
    anchor: Anchor | None = None,
) -> Operation:
    """``by`` a factor or ``{"x": 2, "y": 1}``; or ``to`` a ``{"width", "height"}``, where ``fit`` keeps the shape."""
    return _operation("scale", layer=layer, by=by, to=to, fit=fit, anchor=anchor)


def rotate(
    layer: Layer, *, by: float | None = None, to: float | None = None, anchor: Anchor | None = None
) -> Operation:
    """Degrees; ``to`` counts from how the layer was stored."""
    return _operation("rotate", layer=layer, by=by, to=to, anchor=anchor)


def flip(layer: Layer, axis: Literal["horizontal", "vertical"], *, anchor: Anchor | None = None) -> Operation:
    """``horizontal`` exchanges left and right."""
    return _operation("flip", layer=layer, axis=axis, anchor=anchor)


def crop(layer: Layer, *, box: Box | None = None, reset: Reset | None = None) -> Operation:
    """Only what lies in ``{"x", "y", "width", "height"}`` shows from here on."""
    return _operation("crop", layer=layer, box=box, reset=reset)


def opacity(layer: Layer, to: float) -> Operation:
    """0 to 1."""
    return _operation("opacity", layer=layer, to=to)


def blend(layer: Layer, mode: str) -> Operation:
    """One of the 16 modes of CSS, such as ``multiply``."""
    return _operation("blend", layer=layer, mode=mode)


def recolor(
    layer: Layer,
    color: str | None = None,
    *,
    mode: Literal["hue", "tint", "replace", "duotone", "matrix"] | None = None,
    from_: str | None = None,
    tolerance: float | None = None,
    colors: Sequence[str] | None = None,
    matrix: Sequence[float] | None = None,
    strength: float | None = None,
    reset: Reset | None = None,
) -> Operation:
    """To the hue of a colour where no ``mode`` is given; ``from_`` is what ``replace`` replaces."""
    return _operation(
        "recolor", layer=layer, color=color, mode=mode, from_=from_, tolerance=tolerance, colors=colors,
        matrix=matrix, strength=strength, reset=reset,
    )  # fmt: skip


def adjust(
    layer: Layer,
    *,
    brightness: Length | None = None,
    contrast: Length | None = None,
    saturation: Length | None = None,
    hue: float | None = None,
    blur: float | None = None,
    reset: Reset | None = None,
) -> Operation:
    """CSS filters: 1 leaves it as it is, ``hue`` in degrees, ``blur`` in pixels."""
    return _operation(
        "adjust", layer=layer, brightness=brightness, contrast=contrast, saturation=saturation, hue=hue, blur=blur,
        reset=reset,
    )  # fmt: skip


def replace(
    layer: Layer,
    *,
    asset: str | None = None,
    image_base64: str | None = None,
    fit: Fit | None = None,
    anchor: Anchor | None = None,
    keep: Keep | None = None,
) -> Operation:
    """Another picture in the layer's place: the ``sha256`` of an asset, or a file in base64."""
    return _operation("replace", layer=layer, asset=asset, image_base64=image_base64, fit=fit, anchor=anchor, keep=keep)


def add(
    *,
    asset: str | None = None,
    image_base64: str | None = None,
    box: Box | None = None,
    fit: Fit | None = None,
    anchor: Anchor | None = None,
    name: str | None = None,
    to: Literal["top", "bottom"] | None = None,
    above: int | str | None = None,
    below: int | str | None = None,
) -> Operation:
    """A new layer; on top where nothing is said."""
    return _operation(
        "add", asset=asset, image_base64=image_base64, box=box, fit=fit, anchor=anchor, name=name, to=to, above=above,
        below=below,
    )  # fmt: skip


def text(
    layer: Layer,
    value: str | None = None,
    *,
    font: str | None = None,
    size: float | None = None,
    color: str | None = None,
    align: Literal["start", "left", "center", "right"] | None = None,
    direction: Literal["auto", "ltr", "rtl"] | None = None,
    fit: Literal["shrink", "none"] | None = None,
) -> Operation:
    """Words set anew in the layer's box; they shrink until they fit where they have no ``size``, or ``fit`` says so."""
    return _operation(
        "text", layer=layer, value=value, font=font, size=size, color=color, align=align, direction=direction, fit=fit
    )


def reorder(
    layer: Layer,
    *,
    to: Literal["top", "bottom", "forward", "backward"] | None = None,
    above: int | str | None = None,
    below: int | str | None = None,
    index: int | None = None,
) -> Operation:
    """Next to another layer, into its group; or ``to`` an end, or an ``index`` among those not deleted."""
    return _operation("reorder", layer=layer, to=to, above=above, below=below, index=index)


def group(layer: Layer, *, name: str | None = None) -> Operation:
    """Several layers as one."""
    return _operation("group", layer=layer, name=name)


def ungroup(layer: Layer) -> Operation:
    """The members of a group by themselves again."""
    return _operation("ungroup", layer=layer)


def duplicate(layer: Layer, *, name: str | None = None) -> Operation:
    """A copy right above."""
    return _operation("duplicate", layer=layer, name=name)


def canvas(
    *,
    width: Length | None = None,
    height: Length | None = None,
    anchor: Anchor | None = None,
    x: Length | None = None,
    y: Length | None = None,
    box: Box | None = None,
) -> Operation:
    """Larger or smaller, around what is there."""
    return _operation("canvas", width=width, height=height, anchor=anchor, x=x, y=y, box=box)


def delete(layer: Layer) -> Operation:
    """Gone until ``restore``."""
    return _operation("delete", layer=layer)


def restore(layer: Layer) -> Operation:
    """A deleted layer is back."""
    return _operation("restore", layer=layer)


def show(layer: Layer) -> Operation:
    """Seen again."""
    return _operation("show", layer=layer)


def hide(layer: Layer) -> Operation:
    """Not seen."""
    return _operation("hide", layer=layer)


def lock(layer: Layer) -> Operation:
    """Refuses edits until ``unlock``."""
    return _operation("lock", layer=layer)


def unlock(layer: Layer) -> Operation:
    """Takes edits again."""
    return _operation("unlock", layer=layer)


def rename(layer: Layer, name: str) -> Operation:
    """What operations may call it by."""
    return _operation("rename", layer=layer, name=name)
