"""The answer to a request that makes a decomposition without a model: 201, or 200 where it was known."""

from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from app.flow.documents.change import Replayed
from app.flow.made_layers import MadeLayers
from app.web.decomposition_schemas import DecompositionOut
from app.web.document_answers import replayed


def answered(found: MadeLayers | Replayed) -> Response:
    """The decomposition, or what was answered first under the same Idempotency-Key."""
    if isinstance(found, Replayed):
        return replayed(found)
    kept = described(found)
    return JSONResponse(kept["body"], kept["status"], kept["headers"])


def described(found: MadeLayers) -> dict[str, Any]:
    """The answer as it is kept under an Idempotency-Key."""
    body = DecompositionOut.of(found.decomposition).model_dump(mode="json")
    return {"status": 201 if found.created else 200, "headers": {"Location": body["urls"]["self"]}, "body": body}
