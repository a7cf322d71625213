"""``/v1/documents/{id}/layers/{index}.png``: one layer of a document by itself, as edits left it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.flow.documents.change import find
from app.flow.documents.layer_picture import layer_picture, layer_picture_file
from app.flow.services import Services
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import picture_headers
from app.web.layers import LayerFormat, Width, check_size
from app.web.output import MOST_REVISIONS, REVISION, served_docs
from app.web.render import send_made

router = APIRouter(tags=["pictures"])

Index = Annotated[int, Path(ge=0, description="Of the layer or group in the document, deleted or not.")]
At = Annotated[int | None, Query(ge=1, le=MOST_REVISIONS, description=REVISION)]
Trim = Annotated[
    bool,
    Query(
        description="All of it, not cut off by the canvas: the layer's `edited_bbox`, whose corner is in "
        "X-Layer-Offset: x,y. Where there is nothing to show, one transparent pixel."
    ),
]

_PATH = "/v1/documents/{document_id}/layers/{index}"
_TEXT = (
    "What edits made of it (another picture, words, colours, blur, crop), placed where they put it. Not in it are its "
    "opacity, its blend mode, whether it shows or is deleted, and its place in the order: these say how it is laid "
    "over others, and stand in the document's JSON. A group is its members over each other, each with its opacity and "
    "blend mode, as far as they show. The layers on the whole canvas, laid over each other, are the document's "
    "picture, to the bit; so are trimmed ones, but that some may be a little off of what is scaled, turned or blurred "
    "and reaches beyond the canvas, or is blurred widely. A trimmed layer of more than 40 million pixels, or longer "
    "than 16,384, is cut to the canvas and as much around it on each side. The ETag names what is drawn: a layer that "
    "was only renamed, hidden or faded keeps it, and a trimmed one that was only moved too. Without a revision "
    "Content-Location names the one that was shown."
)
_OFFSET = {
    "X-Layer-Offset": {
        "description": "x,y of its top left pixel on the canvas, of a trimmed one; either may be negative.",
        "schema": {"type": "string", "pattern": "^-?[0-9]+,-?[0-9]+$", "examples": ["-12,40"]},
    }
}


def _docs(media_type: str) -> dict[str, Any]:
    said = served_docs(media_type, made=True)
    said["responses"][200] = {**said["responses"][200], "headers": _OFFSET}
    return said


@router.get(f"{_PATH}.png", summary="Get a layer of a document as PNG", description=_TEXT, **_docs("image/png"))
def document_layer_png(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    index: Index,
    revision: At = None,
    trim: Trim = False,
    width: Width = None,
) -> Response:
    return _layer(request, services, tenant, document_id, index, revision, trim, width, "png")


@router.get(
    f"{_PATH}.webp", summary="Get a layer of a document as lossless WebP", description=_TEXT, **_docs("image/webp")
)
def document_layer_webp(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    index: Index,
    revision: At = None,
    trim: Trim = False,
    width: Width = None,
) -> Response:
    return _layer(request, services, tenant, document_id, index, revision, trim, width, "webp")


def _layer(
    request: Request,
    services: Services,
    tenant: str,
    document_id: str,
    index: int,
    revision: int | None,
    trim: bool,
    width: int | None,
    format_: LayerFormat,
) -> Response:
    with services.engine.begin() as connection:
        document = find(services, connection, tenant, document_id, revision)
    wanted, planned = layer_picture(document, index, trim=trim, width=width, format_=format_)
    check_size(*wanted.one.size, width, format_)
    asked = ({"trim": 1} if trim else {}) | ({} if width is None else {"w": width})
    headers = picture_headers(document, revision, f"layers/{index}.{format_}", asked)
    if trim:
        headers["X-Layer-Offset"] = f"{wanted.one.box[0]},{wanted.one.box[1]}"
    return send_made(request, planned, headers, lambda: layer_picture_file(services, document, wanted, planned))
