"""Every error leaves as ``application/problem+json``; ``app/flow/problem.py`` says which is which."""

import json
import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.flow.errors import Busy, FieldError, InvalidRequest
from app.flow.json_pointer import escaped
from app.flow.problem import MEANINGS, Problem, code_of_status, is_database_down, problem, problem_of
from model.errors import LaminaError

logger = logging.getLogger("lamina.http")

MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def install(app: FastAPI) -> None:
    """Answer every exception by a problem object."""
    app.add_exception_handler(LaminaError, _on_error)
    app.add_exception_handler(SQLAlchemyError, _on_error)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)


def problem_response(found: Problem, error: BaseException | None = None) -> Response:
    """The answer of a problem object, with ``Retry-After`` where waiting helps."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.retry_after_s)
    elif found["status"] == 503:
        headers["Retry-After"] = "5"
    if "revision" in found:
        headers["ETag"] = f'"r{found["revision"]}"'
    if found.get("version"):
        headers["ETag"] = f'"v{found["version"]}"'
    # A lone surrogate that came in as \ud800 must not stand in the way of saying what is wrong with it.
    body = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, int(str(found["status"])), headers, MEDIA_TYPE)


def field_errors(error: ValidationError) -> list[FieldError]:
    """Pydantic's findings as JSON pointers."""
    return [FieldError(pointer(item["loc"]), _sentence(item)) for item in error.errors()]


def pointer(place: tuple[object, ...]) -> str:
    """RFC 6901."""
    return "".join("/" + escaped(str(part)) for part in place)


def invalid(errors: list[FieldError]) -> InvalidRequest:
    """One error that lists all fields, its sentence made of the first ones."""
    sentences = [f"{error.pointer or 'The body'}: {error.detail}" for error in errors]
    return InvalidRequest("; ".join(sentences[:3]) + ("; …" if len(sentences) > 3 else ""), errors)


def _sentence(item: object) -> str:
    found = dict(item)  # type: ignore[call-overload]
    if found["type"] == "extra_forbidden":
        return "There is no such field"
    if found["type"] == "missing":
        return "It is required"
    if found["type"] == "json_invalid":
        return f"It is not valid JSON: {found['ctx']['error']}"
    return str(found["msg"]).removeprefix("Value error, ")


def _request_id(request: Request) -> str | None:
    value: str | None = getattr(request.state, "request_id", None)
    return value


async def _on_error(request: Request, error: Exception) -> Response:
    found = problem_of(error, _request_id(request))
    named = {"request_id": _request_id(request), "path": request.url.path}
    if found["code"] == "internal-error":
        logger.error("failed", exc_info=error, extra=named)
    elif is_database_down(error):
        logger.warning("the database does not answer: %s", error, extra=named)
    return problem_response(found, error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = code_of_status(error.status_code)
    plain = error.detail in ("Not Found", "Method Not Allowed")
    detail = f"There is nothing at {request.url.path}." if error.status_code == 404 and plain else None
    detail = detail or (None if plain else str(error.detail))
    answer = problem_response(problem(code, detail, request_id=_request_id(request)), error)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(_allowed(request))
    return answer


def _allowed(request: Request) -> list[str]:
    """The methods of all routes at this path; the framework names those of the first one only."""
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    routes = request.app.router.routes
    found = [method for method, scope in scopes.items() if any(one.matches(scope)[0] is Match.FULL for one in routes)]
    return [*found, "HEAD"] if "GET" in found else found


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await _on_error(request, invalid([_located(item) for item in error.errors()]))


def _located(item: dict[str, object]) -> FieldError:
    """The first part of a place says body, query, path or header; broken JSON has an offset for the second."""
    place = item["loc"]
    assert isinstance(place, tuple)
    return FieldError("" if item["type"] == "json_invalid" else pointer(place[1:]), _sentence(item))


def any_problem(*codes: str) -> dict[str, object]:
    """The ``default`` response of a route for OpenAPI, with these for examples."""
    examples = {code: {"value": problem(code, request_id="6f1c…")} for code in codes}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "Any other problem.", "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}}}


def responses(*codes: str) -> dict[int | str, dict[str, object]]:
    """The ``responses`` of a route for OpenAPI: its problems by status."""
    documented: dict[int | str, dict[str, object]] = {}
    for code in codes:
        meaning = MEANINGS[code]
        entry = documented.setdefault(meaning.status, {"description": "", "content": {MEDIA_TYPE: {
            "schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}}})  # fmt: skip
        entry["description"] = f"{entry['description']} `{code}`: {meaning.title}.".strip()
        entry["content"][MEDIA_TYPE]["examples"][code] = {"value": problem(code, request_id="6f1c…")}  # type: ignore[index]
    return documented
