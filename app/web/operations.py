"""The body of a render request as ``/openapi.json`` shows it. Shapes for readers: what comes in is read and checked by
``model/edits/`` in a pixel process, and a test holds the two against each other."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Reference: TypeAlias = int | str
LayerRef = Annotated[
    Reference | list[Reference],
    Field(description='An index (0 is the bottom), a name, a list of either, or `"*"` for all.', examples=["headline"]),
]
Length: TypeAlias = float | Annotated[str, Field(pattern=r"^[+-]?(\d+\.?\d*|\.\d+)\s*%$")]
Anchor: TypeAlias = (
    Literal["top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"]
    | tuple[float, float]
)
Fit: TypeAlias = Literal["contain", "cover", "fill"]
Blending: TypeAlias = Literal[
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light",
    "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity",
]  # fmt: skip
Keep: TypeAlias = Literal["position", "opacity", "blend", "color", "mask"]


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    layer: LayerRef


class PointIn(BaseModel):
    """Pixels of the canvas, or percent of its side; from the top left. An axis left out stays."""

    model_config = ConfigDict(extra="forbid", title="Point")

    x: Length | None = None
    y: Length | None = None


class BoxIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="Box")

    width: Length | None = None
    height: Length | None = None


class FactorsIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="Factors")

    x: float = 1
    y: float = 1


class Move(_Operation):
    """`to`: the anchor comes to lie there. `by`: from where it is. Exactly one of them."""

    op: Literal["move"]
    to: PointIn | None = None
    by: PointIn | None = None
    anchor: Anchor = "top-left"


class Scale(_Operation):
    """`by` a factor, or one for each axis; or `to` a width, a height or both, with `fit`. Exactly one of them."""

    op: Literal["scale"]
    by: float | FactorsIn | None = None
    to: BoxIn | None = None
    fit: Fit = "contain"
    anchor: Anchor = "center"


class Rotate(_Operation):
    """Degrees clockwise; `to` counts from how the layer was stored. Exactly one of them."""

    op: Literal["rotate"]
    by: float | None = None
    to: float | None = None
    anchor: Anchor = "center"


class Flip(_Operation):
    """`horizontal` exchanges left and right."""

    op: Literal["flip"]
    axis: Literal["horizontal", "vertical"]
    anchor: Anchor = "center"


class Opacity(_Operation):
    op: Literal["opacity"]
    to: float = Field(ge=0, le=1, description="Times the layer's own alpha.")


class Blend(_Operation):
    """The 16 modes of W3C Compositing and Blending Level 1, on sRGB-encoded values."""

    op: Literal["blend"]
    mode: Blending


class Recolor(_Operation):
    """`hue` gives every pixel that hue and keeps its saturation and lightness; `tint` makes the layer that colour and
    keeps its shading."""

    op: Literal["recolor"]
    mode: Literal["hue", "tint"] = "hue"
    color: str = Field(description="A CSS colour, opaque.", examples=["#e11d48", "rebeccapurple", "hsl(20 90% 50%)"])
    strength: float = Field(1, ge=0, le=1, description="How much of it is mixed in.")


class Replace(_Operation):
    """Another picture in the layer's place: an `asset` that was uploaded, or one that comes along. Exactly one."""

    op: Literal["replace"]
    asset: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="sha256 of an asset.")
    image_base64: str | None = Field(None, description="The file, base64.")
    fit: Fit = "contain"
    anchor: Anchor = "center"
    keep: list[Keep] = Field(["position", "opacity", "blend"], description="What stays of the layer.")


class Reorder(_Operation):
    """Exactly one of `to`, `above`, `below` (another layer) and `index` (0 is the bottom)."""

    op: Literal["reorder"]
    to: Literal["top", "bottom", "forward", "backward"] | None = None
    above: Reference | None = None
    below: Reference | None = None
    index: int | None = Field(None, ge=0)


class Delete(_Operation):
    """Out of the picture until `restore`."""

    op: Literal["delete"]


class Restore(_Operation):
    op: Literal["restore"]


class Show(_Operation):
    op: Literal["show"]


class Hide(_Operation):
    op: Literal["hide"]


Operation = Annotated[
    Move | Scale | Rotate | Flip | Opacity | Blend | Recolor | Replace | Reorder | Delete | Restore | Show | Hide,
    Field(discriminator="op"),
]


class OutputIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="Output")

    format: Literal["png", "webp", "jpeg", "jpg"] = "png"
    width: int | None = Field(None, ge=1, le=16_384, description="In pixels; the height follows.")
    background: str | None = Field(None, description="A CSS colour laid under the picture; JPEG's own is white.")
    quality: int | None = Field(None, ge=1, le=100, description="WebP is lossless without it; JPEG takes 90.")


class RenderIn(BaseModel):
    """Operations in their order; those on one layer fold into one state, and its pixels are resampled once."""

    model_config = ConfigDict(extra="forbid", title="RenderRequest")

    operations: list[Operation] = Field([], max_length=1000)
    output: OutputIn | None = None


def schemas() -> dict[str, Any]:
    """The body and all that it is made of, by name, for the document's components."""
    body = RenderIn.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**body.pop("$defs"), "RenderRequest": body}
