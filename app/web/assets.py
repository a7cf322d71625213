"""``/v1/assets``: pictures that edits may put in a layer's place."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.flow.assets import Uploaded, upload
from app.flow.errors import FieldError, NotFound
from app.flow.fetch_url import fetch
from app.flow.pictures import stored
from app.store import assets
from app.web.asset_schemas import AssetOut
from app.web.context import ServicesOf, Tenant
from app.web.errors import invalid, responses
from app.web.examples import ASSET_BODY
from app.web.layers import serve
from app.web.output import served_docs
from app.web.receive import Received, received

router = APIRouter(tags=["assets"])


@router.post(
    "/v1/assets",
    summary="Upload a picture for edits",
    status_code=201,
    response_model=AssetOut,
    openapi_extra=ASSET_BODY,
    responses={
        200: {"description": "It was here already.", "model": AssetOut},
        **responses("invalid-request", "unsupported-image", "image-too-large", "url-not-allowed"),
    },
)
async def create_asset(request: Request, services: ServicesOf, tenant: Tenant) -> Response:
    async with received(request, services) as body:
        url = _checked(body)
        if url is not None:
            await fetch(url, body.picture, services.settings)
        uploaded: Uploaded = await run_in_threadpool(upload, services, tenant, body.picture)
    url = f"/v1/assets/{uploaded.sha256}"
    shown = AssetOut(sha256=uploaded.sha256, width=uploaded.width, height=uploaded.height, url=url)
    return JSONResponse(shown.model_dump(), 201 if uploaded.created else 200, {"Location": url})


def _checked(body: Received) -> str | None:
    """The URL to fetch from, or ``None`` where the picture itself came."""
    unknown = [FieldError(f"/{name}", "There is no such field") for name in body.fields if name != "image_url"]
    if unknown:
        raise invalid(unknown)
    url = body.fields.get("image_url")
    if url is not None and not isinstance(url, str):
        raise invalid([FieldError("/image_url", "It must be a string")])
    if body.has_picture == (url is not None):
        detail = "Send one picture only" if url else "A picture is required"
        raise invalid([FieldError("/image", f"{detail}: the file image, or image_url, or image_base64")])
    return url


@router.get("/v1/assets/{sha256}", summary="Get an asset as PNG", **served_docs("image/png"))
def get_asset(request: Request, services: ServicesOf, tenant: Tenant, sha256: str) -> Response:
    with services.engine.connect() as connection:
        found = assets.get(connection, tenant, sha256)
    if found is None:
        raise NotFound(f"There is no asset {sha256}.")
    return serve(request, lambda: stored(services, tenant, sha256), "image/png", {}, sha256=sha256)
