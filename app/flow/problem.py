"""Errors as RFC 9457 problem objects: the one table of codes, for answers and for failed jobs alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.flow.errors import FieldError, InvalidRequest, RevisionConflict, VersionConflict
from model.errors import InvalidEdit, LaminaError

Problem = dict[str, object]

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a code: its HTTP status, what it is called, and what to do about it."""

    status: int
    title: str
    advice: str


MEANINGS: Mapping[str, Meaning] = {
    "invalid-request": Meaning(422, "The request is not valid", "errors says which field is wrong, and how."),
    "unsupported-image": Meaning(415, "Not a picture we take", "Send a whole PNG, JPEG, WebP, AVIF or GIF."),
    "image-too-large": Meaning(413, "The picture is too large", "Send fewer bytes or pixels; detail names the limit."),
    "url-not-allowed": Meaning(
        422, "We do not go there", "Only public http and https addresses are fetched or sent to."
    ),
    "unauthorized": Meaning(401, "Who are you?", "Send a valid key."),
    "not-found": Meaning(404, "There is no such thing here", "The id or the path is wrong, or it was deleted."),
    "not-cached": Meaning(404, "Not known yet", "The request said cache=only; without it, it is computed."),
    "malformed-request": Meaning(400, "This is no HTTP request", "The server could not read the request at all."),
    "headers-too-large": Meaning(431, "The headers are too large", "Address and headers may have 64 KiB together."),
    "method-not-allowed": Meaning(405, "Not done with this method", "The Allow header lists the methods."),
    "request-timeout": Meaning(408, "The body came too slowly", "Send it again, faster."),
    "job-already-finished": Meaning(409, "The job has finished", "There is nothing left to cancel."),
    "idempotency-conflict": Meaning(409, "The first request is still under way", "Ask again in a moment."),
    "idempotency-mismatch": Meaning(422, "The key was used for another request", "Use a new Idempotency-Key."),
    "revision-conflict": Meaning(412, "Somebody else changed it", "Read it again, then repeat the change."),
    "nothing-to-undo": Meaning(409, "Nothing to undo", "The document is as it was made."),
    "nothing-to-redo": Meaning(409, "Nothing to redo", "Nothing was undone, or something was changed since."),
    "decomposition-in-use": Meaning(
        409, "Something is made of it", "Delete the documents and templates that detail names first."
    ),
    "signature-required": Meaning(
        403, "Only signed addresses are served", "Take it from our answers, or POST /v1/sign."
    ),
    "wrong-signature": Meaning(403, "The signature does not fit", "Use the address as it was signed, unchanged."),
    "link-expired": Meaning(410, "The address has ended", "Ask whoever gave it to you for a new one."),
    "webhook-disabled": Meaning(409, "The webhook is disabled", "Enable it first: PATCH with enabled: true."),
    "too-many-webhooks": Meaning(409, "There are too many webhooks", "Delete one that is not needed."),
    "range-not-satisfiable": Meaning(416, "No such bytes", "Content-Range says how many there are."),
    "quota-exceeded": Meaning(429, "Too many jobs of yours are waiting", "Come back after Retry-After seconds."),
    "queue-full": Meaning(503, "The queue is full", "Come back after Retry-After seconds."),
    "model-unavailable": Meaning(503, "The model is not here", "Name another model, or start a worker that has it."),
    "service-unavailable": Meaning(503, "A part is away", "Come back after Retry-After seconds."),
    "job-not-finished": Meaning(409, "The job has not finished", "Ask again after Retry-After seconds."),
    "batch-failed": Meaning(500, "No row could be drawn", "The list of rows says why, each by itself."),
    "canceled": Meaning(409, "Canceled", "Somebody asked for it; post again to run it."),
    "decomposition-failed": Meaning(500, "The picture could not be taken apart", "Another model may do better."),
    "not-exact": Meaning(500, "The layers do not give back the picture", "A defect of ours: nothing was stored."),
    "out-of-memory": Meaning(500, "Out of memory", "Send a smaller picture, or use a larger machine."),
    "worker-lost": Meaning(500, "The worker died too often", "This job ends workers; it is not tried again."),
    "deadline-exceeded": Meaning(500, "It took too long", "Send a smaller picture or ask for fewer steps."),
    "stalled": Meaning(500, "It stopped getting on", "No step was done for too long; try again."),
    "internal-error": Meaning(500, "A defect of ours", "Quote request_id when you report it."),
}

_BY_STATUS = {401: "unauthorized", 404: "not-found", 405: "method-not-allowed", 408: "request-timeout",
              413: "image-too-large", 415: "unsupported-image", 416: "range-not-satisfiable",
              429: "quota-exceeded", 503: "service-unavailable"}  # fmt: skip


def problem(
    code: str, detail: str | None = None, *, request_id: str | None = None, errors: Sequence[FieldError] = ()
) -> Problem:
    """The problem object of a code; ``detail`` is the sentence for this very case."""
    meaning = MEANINGS[code]
    found: Problem = {
        "type": f"/problems/{code}",
        "title": meaning.title,
        "status": meaning.status,
        "detail": _short(detail or f"{meaning.title}. {meaning.advice}"),
        "code": code,
    }
    if request_id is not None:
        found["request_id"] = request_id
    if errors:
        found["errors"] = [{"pointer": _short(error.pointer), "detail": _short(error.detail)} for error in errors[:50]]
    return found


def _short(text: str) -> str:
    """An answer does not give back megabytes of a request."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def problem_of(error: BaseException, request_id: str | None = None) -> Problem:
    """The problem object of an exception. What is not ours to tell becomes ``internal-error`` without a detail of its
    own, so nothing of the inside leaks."""
    if isinstance(error, LaminaError):
        code = error.code if error.code in MEANINGS else "internal-error"
        found = problem(code, str(error) or None, request_id=request_id, errors=_fields(error))
        return {**found, **_newest(error)}
    if is_database_down(error):
        return problem("service-unavailable", "The database does not answer.", request_id=request_id)
    return problem("internal-error", request_id=request_id)


def code_of_status(status: int) -> str:
    """The code of an HTTP status that a framework raised by itself."""
    return _BY_STATUS.get(status, "invalid-request" if status < 500 else "internal-error")


def is_database_down(error: BaseException) -> bool:
    """Whether trying again later is the answer: the connection, not the statement, is at fault."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def _newest(error: LaminaError) -> Problem:
    """What is there by now, for who was too late."""
    if isinstance(error, RevisionConflict):
        return {"revision": error.revision}
    return {"version": error.version} if isinstance(error, VersionConflict) else {}


def _fields(error: LaminaError) -> Sequence[FieldError]:
    if isinstance(error, InvalidRequest):
        return error.errors
    if isinstance(error, InvalidEdit):
        return (FieldError(error.pointer, str(error)),)
    return ()
