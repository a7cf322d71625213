"""What can go wrong, as exceptions.

LaminaError
├─ Problem               the service said no, or the job ended so; RFC 9457
│  ├─ InvalidRequest     422 invalid-request, 415 unsupported-image and other requests that will never do
│  ├─ NotFound           404
│  ├─ RevisionConflict   412: somebody else changed the document; ``revision`` is the newest
│  ├─ Busy               429, 503: come back after ``retry_after_s``
│  └─ JobEnded           the job failed or was canceled; ``job``
├─ NoAnswer              there is no service there, or the connection broke, as often as it was tried
└─ TimedOut              a wait was longer than asked for; the job goes on
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class LaminaError(Exception):
    """Whatever this package raises of its own."""


class NoAnswer(LaminaError):
    """The service was not reached, or did not answer; ``__cause__`` is httpx's error."""


class TimedOut(LaminaError):
    """It took longer than the caller wanted to wait."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A wrong field; ``pointer`` is a JSON pointer (RFC 6901) into what was sent."""

    pointer: str
    detail: str


class Problem(LaminaError):
    """The service said no. ``str(problem)`` is its own words on one line, each once, wrong fields included.

    Attributes:
        retry_after_s: seconds from now that the service calls a sensible time to come back; ``None``: none named.
        code: the contract's word for it, such as ``not-found``.
        title: of the code; ``detail``: of this very case.
        status: of HTTP.
        errors: the wrong fields.
        request_id: quote it in a report.
        type: where the code is explained.
        raw: the problem object as it came.
    """

    def __init__(self, raw: Mapping[str, Any], retry_after_s: float | None = None) -> None:
        self.raw = dict(raw)
        self.retry_after_s = retry_after_s
        self.code = str(raw.get("code", ""))
        self.title = str(raw.get("title") or "")
        self.detail = str(raw.get("detail") or self.title or "The service said no.")
        self.status = _whole(raw.get("status"))
        self.type = str(raw.get("type") or "")
        self.request_id: str | None = raw.get("request_id")
        self.errors = tuple(_field_errors(raw.get("errors")))
        super().__init__(_said(self.detail, self.errors))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Problem.of, (self.raw, self.retry_after_s))  # between processes; a job's client stays where it is

    @staticmethod
    def of(raw: Mapping[str, Any], retry_after_s: float | None = None) -> "Problem":
        """The problem as the class that its code or status has."""
        status = _whole(raw.get("status"))
        return _BY_STATUS.get(status, Problem)(raw, retry_after_s)


class InvalidRequest(Problem):
    """It will never do as it was asked."""


class NotFound(Problem):
    """There is no such thing, or not any more."""


class RevisionConflict(Problem):
    """A document has a newer revision, ``revision``, or a template a newer ``version``, than what was to be changed."""

    @property
    def revision(self) -> int | None:
        return self.raw.get("revision")

    @property
    def version(self) -> int | None:
        return self.raw.get("version")


class Busy(Problem):
    """Not now; perhaps after ``retry_after_s``."""


class JobEnded(Problem):
    """A job ended without a result; ``job`` is its last state."""

    def __init__(self, raw: Mapping[str, Any], job: Any) -> None:
        super().__init__(raw)
        self.job = job


_BY_STATUS: Mapping[int, type[Problem]] = {
    400: InvalidRequest, 404: NotFound, 412: RevisionConflict, 413: InvalidRequest, 415: InvalidRequest,
    422: InvalidRequest, 429: Busy, 502: Busy, 503: Busy, 504: Busy,
}  # fmt: skip


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _field_errors(given: object) -> list[FieldError]:
    entries = [entry for entry in given if isinstance(entry, Mapping)] if isinstance(given, list) else []
    return [FieldError(str(entry.get("pointer", "")), str(entry.get("detail", ""))) for entry in entries]


def _said(detail: str, errors: tuple[FieldError, ...]) -> str:
    lines = [f"{error.pointer}: {error.detail}" for error in errors if error.detail != detail]
    said = [" ".join(detail.split()), *(line for line in map(_flat, lines) if line not in detail)]
    return "; ".join(said)


def _flat(text: str) -> str:
    return " ".join(text.split())
