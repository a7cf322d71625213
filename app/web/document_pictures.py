"""``/v1/documents/{id}/render.png``: what a document looks like, now or at a revision."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from app.flow.documents.change import find
from app.flow.documents.picture import picture, plan
from app.flow.services import Services
from app.web.conditional import IMMUTABLE
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import MOST_REVISIONS
from app.web.layers import picture_docs
from app.web.operations import BACKGROUND, QUALITY
from app.web.render import send_made

router = APIRouter(tags=["pictures"])

At = Annotated[
    int | None,
    Query(ge=1, le=MOST_REVISIONS, description="Of the document; immutable then. By default the newest one."),
]
Wide = Annotated[int | None, Query(ge=1, le=16_384, description="In pixels; the height follows.")]
Ground = Annotated[
    str | None, Query(max_length=100, description=BACKGROUND, examples=["#ffffff", "transparent", "checkerboard"])
]
Quality = Annotated[int | None, Query(ge=1, le=100, description=QUALITY)]
Part = Annotated[
    str | None,
    Query(
        max_length=200,
        description="`x,y,width,height` of the canvas, in pixels or as percent of its sides: only what lies in it is "
        "sent, and `width` scales it. What is beyond the canvas is cut off.",
        examples=["40,10%,50%,300"],
    ),
]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_PATH = "/v1/documents/{document_id}/render"
_TEXT = (
    "Rendered once for all that come to the same picture: after an undo it is there already, as Cache-Status says. "
    "Without a revision Content-Location names the one that was shown."
)


@router.get(
    f"{_PATH}.png",
    summary="Get a document's picture as PNG",
    description=_TEXT,
    **picture_docs("image/png", "invalid-request"),
)
def render_png(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    box: Part = None,
) -> Response:
    asked = {"width": width, "background": background, "box": box}
    return _render(request, services, tenant, document_id, revision, "png", asked)


@router.get(
    f"{_PATH}.webp",
    summary="Get a document's picture as WebP",
    description=_TEXT,
    **picture_docs("image/webp", "invalid-request"),
)
def render_webp(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    box: Part = None,
    quality: Quality = None,
) -> Response:
    asked = {"width": width, "background": background, "quality": quality, "box": box}
    return _render(request, services, tenant, document_id, revision, "webp", asked)


@router.get(
    f"{_PATH}.avif",
    summary="Get a document's picture as AVIF",
    description=_TEXT,
    **picture_docs("image/avif", "invalid-request"),
)
def render_avif(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    box: Part = None,
    quality: Quality = None,
) -> Response:
    asked = {"width": width, "background": background, "quality": quality, "box": box}
    return _render(request, services, tenant, document_id, revision, "avif", asked)


@router.get(
    f"{_PATH}.jpg",
    summary="Get a document's picture as JPEG",
    description=_TEXT,
    **picture_docs("image/jpeg", "invalid-request"),
)
def render_jpg(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    box: Part = None,
    quality: Quality = None,
) -> Response:
    asked = {"width": width, "background": background, "quality": quality, "box": box}
    return _render(request, services, tenant, document_id, revision, "jpg", asked)


def _render(
    request: Request,
    services: Services,
    tenant: str,
    document_id: str,
    revision: int | None,
    format_: str,
    asked: dict[str, Any],
) -> Response:
    with services.engine.begin() as connection:
        document = find(services, connection, tenant, document_id, revision)
    given = {name: value for name, value in asked.items() if value is not None}
    output = {"format": format_, **given, **({"box": _parts(given["box"])} if "box" in given else {})}
    planned = plan(services, document, output)
    headers = {"Cache-Control": IMMUTABLE if revision else "private, no-cache"}
    if revision is None:
        query = urlencode({"revision": document.revision.n, **given})
        headers["Content-Location"] = f"/v1/documents/{document.id}/render.{format_}?{query}"
    return send_made(request, planned, headers, lambda: picture(services, document, output, planned))


def _parts(box: str) -> list[float | str]:
    """The list that stands for it in a body; what is no number stays a text, to be read or refused there."""
    parts = (part.strip() for part in box.split(","))
    return [float(part) if _NUMBER.fullmatch(part) else part for part in parts]
