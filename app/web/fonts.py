"""``/v1/fonts``: what words can be set in."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.flow.errors import Unavailable
from app.flow.pixels import RETRY_AFTER_S, PixelsLost
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses

router = APIRouter(tags=["documents"])


class FontOut(BaseModel):
    """A font of the server."""

    model_config = ConfigDict(title="Font")

    name: str = Field(description="As the operation `text` takes it.")
    family: str
    style: str


class FontList(BaseModel):
    """What the server has."""

    model_config = ConfigDict(title="FontList", json_schema_extra={"examples": [{
        "fonts": [{"name": "Noto Sans Bold", "family": "Noto Sans", "style": "Bold"}],
        "generic": ["sans-serif", "serif"]}]})  # fmt: skip

    fonts: list[FontOut] = Field(description="By their names.")
    generic: list[str] = Field(description="Names that stand for whichever of them is nearest.")


@router.get(
    "/v1/fonts",
    summary="List the fonts that words can be set in",
    response_model=FontList,
    responses=responses("service-unavailable"),
)
def list_fonts(services: ServicesOf, tenant: Tenant) -> FontList:
    try:
        return FontList(**services.pixels.call("fonts"))
    except PixelsLost as error:
        raise Unavailable("The fonts could not be listed.", RETRY_AFTER_S) from error
