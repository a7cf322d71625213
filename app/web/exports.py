"""``/v1/decompositions/{id}/export.psd`` and its like: layers as a file of another program; documents' too."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.flow.export import Export, Subject, export_file, kept_file, of_decomposition, of_document, plan
from app.flow.services import Services
from app.web.attachment import attachment
from app.web.conditional import IMMUTABLE
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import picture_headers
from app.web.export_options import READERS, asked
from app.web.output import MOST_REVISIONS, REVISION, served_docs
from app.web.render import send_made
from app.web.scene_schemas import SceneOut
from model.content_hash import digest_of
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
_PLACES = (
    "What lies where, how it is laid over others, and where its pixels are, without the pixels: for programs that draw "
    "or check it themselves. The same state gives the same bytes."
)
_TEXTS = {"layers": _LAYERS, "frames": _FRAMES, "places": _PLACES}
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
    if told.holds == "places":
        del said["responses"][200]["content"]
        said["responses"][200]["model"] = SceneOut
    title = f"an animated {told.title}" if told.holds == "frames" else told.title
    summary = f"Export {whose} as {title}"
    return {"summary": summary, "description": _TEXTS[told.holds], "name": f"export_{suffix}", **said}


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
    if FORMATS[suffix].holds == "places":
        data = SceneOut.of(subject).model_dump_json(indent=2).encode() + b"\n"
        told = Export(suffix, FORMATS[suffix].media_type, digest_of(["scene", data.decode()]), (), (), ())
        return send_made(request, told, _said(subject, told, headers), lambda: kept_file(services, told.key, data))
    planned = plan(subject, suffix, options)
    said = _said(subject, planned, headers)
    return send_made(request, planned, said, lambda: export_file(services, subject, planned))


def _said(subject: Subject, planned: Export, headers: dict[str, str]) -> dict[str, str]:
    return {
        **headers,
        "Content-Disposition": attachment(subject.title, planned.format),
        "X-Export-Warnings": json.dumps(planned.warnings),
    }


for _suffix, _told in FORMATS.items():
    _add(_suffix, _told)
