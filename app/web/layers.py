"""The pictures of a decomposition: its layers, what they add up to, and where they came from."""

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path, Query, Request, Response

from app.flow.composite import composite_file
from app.flow.errors import NotFound, invalid_field
from app.flow.find import find_layer
from app.flow.pictures import layer_file, shown_box, source_file
from app.flow.services import Services
from app.store import images
from app.web.conditional import IMMUTABLE, SANDBOX, is_known, not_modified, quoted, send_file
from app.web.context import ServicesOf, Tenant
from app.web.decompositions import find
from app.web.output import served_docs
from model.thumbnail import thumbnail_size

router = APIRouter(tags=["pictures"])

MAX_WIDTH = 4096
WEBP_SIDE = 16_383

Index = Annotated[int, Path(ge=0, description="0 is the bottom.")]
Trim = Annotated[bool, Query(description="Only the layer's bbox; its place is in X-Layer-Offset: x,y.")]
Width = Annotated[int | None, Query(alias="w", ge=1, le=MAX_WIDTH, description="At most so wide; never enlarged.")]
LayerFormat: TypeAlias = Literal["png", "webp"]


@router.get(
    "/v1/decompositions/{decomposition_id}/layers/{index}.png",
    summary="Get a layer as PNG",
    description="On the full canvas, the very bytes whose sha256 is in the manifest.",
    **served_docs("image/png", ("invalid-request",)),
)
def layer_png(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    decomposition_id: str,
    index: Index,
    trim: Trim = False,
    width: Width = None,
) -> Response:
    return _layer(request, services, tenant, decomposition_id, index, trim, width, "png")


@router.get(
    "/v1/decompositions/{decomposition_id}/layers/{index}.webp",
    summary="Get a layer as lossless WebP",
    **served_docs("image/webp", ("invalid-request",)),
)
def layer_webp(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    decomposition_id: str,
    index: Index,
    trim: Trim = False,
    width: Width = None,
) -> Response:
    return _layer(request, services, tenant, decomposition_id, index, trim, width, "webp")


def _layer(
    request: Request,
    services: Services,
    tenant: str,
    decomposition_id: str,
    index: int,
    trim: bool,
    width: int | None,
    format_: LayerFormat,
) -> Response:
    found = find(services, tenant, decomposition_id)
    layer = find_layer(found, index)
    x, y, across, down = shown_box(layer) if trim else (0, 0, found.width, found.height)
    check_size(across, down, width, format_)
    headers = {"X-Layer-Offset": f"{x},{y}"} if trim else {}
    untouched = format_ == "png" and not trim and width is None

    def file() -> FilePath:
        return layer_file(services, tenant, layer, trim=trim, width=width, format_=format_)[0]

    return serve(request, file, f"image/{format_}", headers, sha256=layer["sha256"] if untouched else None)


def check_size(width: int, height: int, most: int | None, format_: LayerFormat) -> None:
    """Whether a picture of this size, at most ``most`` wide, can be sent in this format; raises ``InvalidRequest``."""
    sides = (width, height) if most is None else thumbnail_size(width, height, most)
    if format_ == "webp" and max(sides) > WEBP_SIDE:
        raise invalid_field("/w", f"WebP holds sides of at most {WEBP_SIDE} pixels; ask for PNG or a smaller width.")


@router.get(
    "/v1/decompositions/{decomposition_id}/composite.png",
    summary="Get the recomposed picture",
    description="All layers over each other: the source, bit for bit.",
    **served_docs("image/png", ("invalid-request",)),
)
def composite_png(
    request: Request, services: ServicesOf, tenant: Tenant, decomposition_id: str, width: Width = None
) -> Response:
    found = find(services, tenant, decomposition_id)
    return serve(request, lambda: composite_file(services, tenant, found, width), "image/png", {})


@router.get(
    "/v1/decompositions/{decomposition_id}/source.png",
    summary="Get the source picture",
    description="The upload as decoded: upright, sRGB, 8 bits, without metadata.",
    **served_docs("image/png", ("invalid-request",)),
)
def source_png(
    request: Request, services: ServicesOf, tenant: Tenant, decomposition_id: str, width: Width = None
) -> Response:
    found = find(services, tenant, decomposition_id)
    with services.engine.connect() as connection:
        image = images.get(connection, tenant, found.image_id)
    if image is None:
        raise NotFound("The source has been deleted.")
    sha256 = image.sha256
    return serve(
        request,
        lambda: source_file(services, tenant, sha256, width),
        "image/png",
        {},
        sha256=sha256 if width is None else None,
    )


def serve(
    request: Request,
    file: Callable[[], FilePath],
    media_type: str,
    headers: Mapping[str, str],
    *,
    sha256: str | None = None,
) -> Response:
    """An immutable picture with a strong ETag, the sha256 of its bytes; ``file`` makes or finds it, and is not called
    where the sha256 is known and the client has it."""
    for last_try in (False, True):
        try:
            path = None if sha256 else file()
            etag = quoted(sha256 or _sha256(str(path)))
            sent = {"ETag": etag, "Cache-Control": IMMUTABLE, **SANDBOX, **headers}
            if is_known(request, etag):
                return not_modified(sent)
            return send_file(request, path or file(), media_type, sent)
        except FileNotFoundError:  # evicted from the disk cache between finding and opening it
            if last_try:
                raise
    raise AssertionError


@lru_cache(maxsize=20_000)
def _sha256(path: str) -> str:
    """Of a file in the cache; its name says what is in it, so it is read for this once."""
    with FilePath(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
