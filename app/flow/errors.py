"""What can go wrong with a request, beside what goes wrong with pixels (``model/errors.py``).

LaminaError
├── InvalidRequest            a field is missing, unknown or out of range; says which
│   └── UrlNotAllowed         image_url or a webhook's url points where we do not go
├── UnsupportedMediaType      the body is neither a form nor JSON
├── NotFound                  no such job, decomposition, layer, document, asset or webhook for this tenant
├── NotCached                 cache=only, and nobody has asked for this before
├── JobAlreadyFinished        too late to cancel
├── WebhookDisabled           nothing is sent to it until it is enabled
├── TooManyWebhooks           a tenant has as many as it may have
├── DecompositionInUse        documents are made of it, so that it cannot be deleted
├── RevisionConflict          the document has changed since the revision that If-Match names
├── VersionConflict           the template has changed since the version that If-Match names, or is there already
├── NothingToUndo             the document is as it was made
├── NothingToRedo             nothing was undone, or something was changed since
├── IdempotencyMismatch       the key was used for another request
└── Busy                      come back after ``retry_after_s``
    ├── JobNotFinished        there is no result yet
    ├── IdempotencyConflict   the first request with this key has no answer yet
    ├── QuotaExceeded         too many waiting jobs of this tenant
    ├── QueueFull             too many waiting jobs in all
    └── Unavailable           a part we cannot do without is away
"""

from collections.abc import Sequence
from dataclasses import dataclass

from model.errors import LaminaError


@dataclass(frozen=True, slots=True)
class FieldError:
    """``pointer`` is the JSON pointer of the field, such as ``/max_layers``; ``""`` is the whole body."""

    pointer: str
    detail: str


class InvalidRequest(LaminaError):
    code = "invalid-request"

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


def invalid_field(pointer: str, detail: str) -> InvalidRequest:
    """One field is wrong; the sentence is both the problem's detail and the field's."""
    return InvalidRequest(detail, [FieldError(pointer, detail)])


class UnsupportedMediaType(LaminaError):
    code = "unsupported-image"


class UrlNotAllowed(InvalidRequest):
    code = "url-not-allowed"


class NotFound(LaminaError):
    code = "not-found"


class NotCached(LaminaError):
    code = "not-cached"


class JobAlreadyFinished(LaminaError):
    code = "job-already-finished"


class WebhookDisabled(LaminaError):
    code = "webhook-disabled"


class TooManyWebhooks(LaminaError):
    code = "too-many-webhooks"


class DecompositionInUse(LaminaError):
    code = "decomposition-in-use"


class RevisionConflict(LaminaError):
    """``revision`` is the newest of the document."""

    code = "revision-conflict"

    def __init__(self, message: str, revision: int) -> None:
        super().__init__(message)
        self.revision = revision


class VersionConflict(LaminaError):
    """``version`` is the newest of the template; 0 where there is none."""

    code = "revision-conflict"

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


class NothingToUndo(LaminaError):
    code = "nothing-to-undo"


class NothingToRedo(LaminaError):
    code = "nothing-to-redo"


class IdempotencyMismatch(LaminaError):
    code = "idempotency-mismatch"


class Busy(LaminaError):
    """Not now; ``retry_after_s`` whole seconds from now is a sensible time."""

    def __init__(self, message: str, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class IdempotencyConflict(Busy):
    code = "idempotency-conflict"


class JobNotFinished(Busy):
    code = "job-not-finished"


class QuotaExceeded(Busy):
    code = "quota-exceeded"


class QueueFull(Busy):
    code = "queue-full"


class Unavailable(Busy):
    code = "service-unavailable"
