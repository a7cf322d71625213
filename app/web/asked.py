"""The fields of ``POST /v1/decompositions`` and of its like for a layer, alike in a form and in JSON."""

from dataclasses import fields
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from app.flow.errors import FieldError
from app.flow.public_address import MAX_URL_LENGTH
from app.settings import Settings
from app.web.errors import invalid
from app.web.fields import checked_as, sent
from model.decomposers import MOST_LAYERS, NAMES, LayerCount, Parameters


def storable(value: str) -> str:
    """Postgres stores neither NUL nor half a surrogate pair."""
    if "\x00" in value:
        raise ValueError("It must not hold a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("It is not valid Unicode") from error
    return value


def _whole(value: Any) -> Any:
    """A form sends ``"640"``, and pydantic's Literal would not take it for 640."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _in_one_sentence(value: Any, as_count: ValidatorFunctionWrapHandler) -> LayerCount:
    """Pydantic would say of each of the two what is wrong with it, at places that no request has."""
    try:
        count: LayerCount = as_count(value)
    except ValidationError:
        raise ValueError(f'It must be a whole number from 1 to {MOST_LAYERS}, or "auto"') from None
    return count


Count = Annotated[
    Annotated[int, Field(ge=1, le=MOST_LAYERS)] | Literal["auto"],
    WrapValidator(_in_one_sentence),
]
Prompt = Annotated[str, Field(max_length=4000), AfterValidator(storable)]
_DEFAULTS = Parameters()


class _How(BaseModel):
    """How to take something apart."""

    model: str | None
    max_layers: Count = Field(
        _DEFAULTS.max_layers,
        description=f"auto: as many as the picture has, {MOST_LAYERS} at most. A number: more are merged by likeness. "
        "For auto qwen-image-layered makes four and, where one of them holds things that interlock, runs up to twice "
        "more, each time for the price of a picture; for a number it runs once.",
    )
    min_alpha_area_ratio: float = Field(
        _DEFAULTS.min_alpha_area_ratio, ge=0, le=1, allow_inf_nan=False, description="Smaller layers are merged."
    )
    enable_residual: bool = Field(_DEFAULTS.enable_residual, description="What no layer explains gets one of its own.")
    seed: int = Field(_DEFAULTS.seed, ge=0, le=2**32 - 1)
    prompt: Prompt | None = Field(
        None,
        description="For models that read text; they caption the picture without it. qwen-image-layered-control takes "
        "out the one thing that it names, and is not asked without.",
    )
    negative_prompt: Prompt | None = None
    resolution: Annotated[Literal[640, 1024], BeforeValidator(_whole)] = Field(
        640, description="The model's own working size; the layers have the picture's."
    )
    num_inference_steps: int = Field(_DEFAULTS.num_inference_steps, ge=1, le=200, description="Diffusion models only.")
    guidance_scale: float = Field(_DEFAULTS.guidance_scale, ge=0, le=30, allow_inf_nan=False)
    cache: Literal["use", "bypass", "only"] = Field(
        "use", description="bypass runs the model again; only answers 404 where nothing is known."
    )
    webhook_url: str | None = Field(
        None,
        max_length=MAX_URL_LENGTH,
        description="A public http or https address that is sent the job once it has ended, also where it was known. "
        "Signed with the secret at `/v1/webhooks/secret`; other requests for the same job may name others.",
        examples=["https://example.com/hooks/lamina"],
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, bool) and info.field_name != "enable_residual":
            raise ValueError("It must not be true or false")
        return value

    def parameters(self) -> Parameters:
        """The part of the request that a decomposer sees, all of it in the decomposition's id."""
        return Parameters(**{field.name: getattr(self, field.name) for field in fields(Parameters)})


class DecompositionIn(_How):
    """What to take apart, and how. Exactly one of the file `image`, `image_url` and `image_base64`."""

    model_config = ConfigDict(extra="forbid", title="DecompositionRequest")

    cache: Literal["use", "bypass", "only", "similar"] = Field(  # type: ignore[assignment]  # one word more
        "use",
        description="bypass runs the model again; only answers 404 where nothing is known; similar takes what is known "
        "of a picture that looks the same, as a JPEG of it does or one of another size, where that was made by the "
        "same model and parameters.",
    )

    image_url: str | None = Field(None, description="A public http or https address.")
    image_base64: str | None = Field(None, description="The file, base64; a data: URI is taken too. JSON only.")
    model: str | None = Field(None, description="One of the models offered; the first of them by default.")

    def model_name(self, settings: Settings) -> str:
        """The model asked for, or the first of those offered."""
        return self.model or settings.models[0]


class LayerDecompositionIn(_How):
    """How to split a layer further; all of it may be left out, the body too."""

    model_config = ConfigDict(extra="forbid", title="LayerDecompositionRequest")

    model: str | None = Field(
        None, description="One of the models offered; by default the one that made the layer, if it is among them."
    )


_Asked = TypeVar("_Asked", bound=_How)


def parse(given: dict[str, Any], *, has_file: bool) -> DecompositionIn:
    """Check what came in; ``null`` counts as not sent. ``has_file``: the picture itself came along.

    Raises:
        InvalidRequest: lists every wrong field.
    """
    asked = _checked(DecompositionIn, given)
    if has_file == (asked.image_url is not None):
        detail = "Send one picture only" if has_file else "A picture is required"
        raise invalid([FieldError("/image", f"{detail}: the file image, or image_url, or image_base64")])
    return asked


def parse_for_layer(given: dict[str, Any], *, has_file: bool) -> LayerDecompositionIn:
    """The same where the picture is a layer, and none may come along; raises as ``parse``."""
    if has_file or given.get("image_url") is not None:
        raise invalid([FieldError("/image", "The picture is the layer; none may be sent")])
    return _checked(LayerDecompositionIn, given)


def _checked(shape: type[_Asked], given: dict[str, Any]) -> _Asked:
    asked = checked_as(shape, sent(given))
    if asked.model is not None and asked.model not in NAMES:
        known = ", ".join(sorted(NAMES))
        raise invalid([FieldError("/model", f"There is no model called {asked.model!r}; known are {known}")])
    return asked
