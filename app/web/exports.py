"""``/v1/decompositions/{id}/export.psd`` and its like: layers as a file of another program; documents' too."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.flow.export import Subject, export_file, of_decomposition, of_document, plan
from app.flow.services import Services
from app.web.attachment import attachment
from app.web.conditional import IMMUTABLE
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import picture_headers
from app.web.export_options import READERS, asked
from app.web.output import MOST_REVISIONS, REVISION, served_docs
from app.web.render import send_made
from model.export.options import Options
from model.export.table import FORMATS, Format

router = APIRouter(tags=["exports"])

At = Annotated[int | None, Query(ge=1, le=MOST_REVISIONS, description=REVISION)]

_LAYERS = (
    "All layers that are not deleted, hidden ones too, each trimmed and where it lies, with what lies beyond the "
    "canvas where the format holds that. X-Export-Warnings lists what it does not hold. The same layers give the same "
    "bytes."
)
_FRAMES = (
    "The layers appear one by one, from the bottom; the last frame is the picture. A group is one step, what is hidden "
    "is none. The same layers give the same bytes."
)
_HEADERS = {
    "Content-Disposition": {
        "description": "`attachment`, with a file name.",
        "schema": {"type": "string", "examples": ['attachment; filename="Summer poster.zip"']},
    },
    "X-Export-Warnings": {
        "description": "A JSON array of sentences, in ASCII: what the format cannot hold of these layers. `[]` where "
        "it holds all.",
        "schema": {"type": "string", "examples": ["[]", '["PSD keeps words as pixels: … cannot be typed over."]']},
    },
}


def _docs(suffix: str, told: Format, whose: str) -> dict[str, Any]:
    said = served_docs(told.media_type, made=True)
    said["responses"][200] |= {"description": f"The {told.title} file.", "headers": _HEADERS}
    how, text = ("as an animated", _FRAMES) if told.holds == "frames" else ("as", _LAYERS)
    return {"summary": f"Export {whose} {how} {told.title}", "description": text, "name": f"export_{suffix}", **said}


def _add(suffix: str, told: Format) -> None:
    reader = Depends(READERS[told.options])

    @router.get(
        f"/v1/decompositions/{{decomposition_id}}/export.{suffix}", **_docs(suffix, told, "a decomposition's layers")
    )
    def export_decomposition(
        request: Request,
        services: ServicesOf,
        tenant: Tenant,
        decomposition_id: str,
        options: Annotated[Options | None, reader],
    ) -> Response:
        subject = of_decomposition(services, tenant, decomposition_id)
        return _sent(request, services, subject, suffix, options, {"Cache-Control": IMMUTABLE})

    @router.get(f"/v1/documents/{{document_id}}/export.{suffix}", **_docs(suffix, told, "a document's layers"))
    def export_document(
        request: Request,
        services: ServicesOf,
        tenant: Tenant,
        document_id: str,
        options: Annotated[Options | None, reader],
        revision: At = None,
    ) -> Response:
        subject = of_document(services, tenant, document_id, revision)
        assert subject.document is not None
        headers = picture_headers(subject.document, revision, f"export.{suffix}", asked(options))
        return _sent(request, services, subject, suffix, options, headers)


def _sent(
    request: Request,
    services: Services,
    subject: Subject,
    suffix: str,
    options: Options | None,
    headers: dict[str, str],
) -> Response:
    planned = plan(subject, suffix, options)
    said = {
        **headers,
        "Content-Disposition": attachment(subject.title, suffix),
        "X-Export-Warnings": json.dumps(planned.warnings),
    }
    return send_made(request, planned, said, lambda: export_file(services, subject, planned))


for _suffix, _told in FORMATS.items():
    _add(_suffix, _told)
