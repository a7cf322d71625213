"""When a request is sent again, and how long after; nothing here sends."""

import email.utils
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from lamina.client.problems import Problem

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OURS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)  # a second try is as wrong
_PASSING = frozenset({429, 502, 503, 504})
_FOR_GOOD = frozenset({"model-unavailable"})  # a 503 that waiting does not mend
_UNDER_WAY = "idempotency-conflict"  # the answer to the first try was lost, and it is still being worked on


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is.

    Attributes:
        most: further tries after the first; 0 is none.
        first_s: the pause before the first of them; each is twice as long as the one before, a part of it by chance.
        longest_s: of a pause. Where the service asks for more in ``Retry-After``, its answer is the answer.
    """

    most: int = 5
    first_s: float = 0.5
    longest_s: float = 30.0

    def after_error(self, error: httpx.TransportError, tried: int, repeatable: bool) -> float | None:
        """Seconds to pause after the try number ``tried`` (1 is the first) broke; ``None``: give up."""
        if tried > self.most or isinstance(error, _OURS) or not (repeatable or isinstance(error, _NEVER_SENT)):
            return None
        return self._pause(tried)

    def after_problem(self, problem: Problem, tried: int, repeatable: bool) -> float | None:
        """The same after an answer, which may ask for a time itself."""
        passing = problem.status in _PASSING and problem.code not in _FOR_GOOD
        if tried > self.most or not repeatable or not (passing or problem.code == _UNDER_WAY):
            return None
        asked_s = problem.retry_after_s
        if asked_s is None:
            return self._pause(tried)
        return asked_s if asked_s <= self.longest_s else None

    def _pause(self, tried: int) -> float:
        whole: float = min(self.longest_s, self.first_s * 2 ** (tried - 1))
        return whole * random.uniform(0.5, 1.0)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After``, given as such or as a date (RFC 9110, 10.2.3); ``None`` where there is none."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        moment = email.utils.parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
