"""When a receiver that did not take it is tried again."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MINUTE, _HOUR = 60.0, 3600.0
DELAYS_S = (
    5.0, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
"""After each failure; the first attempt is at once. Three days in all."""
LONGEST_S = 24 * _HOUR
JITTER = 0.2
PATIENCE_S = 5 * 24 * _HOUR
"""A webhook that has done nothing but fail for so long is disabled."""
OVERLAP_S = 24 * _HOUR
"""A secret that was rotated signs so much longer, beside the new one."""


def delay_s(tries: int, retry_after_s: float | None = None) -> float | None:
    """Seconds until the next attempt after ``tries`` that failed, never sooner than the receiver asks for, at most a
    day; ``None`` after the last. Jittered, so that what failed together is not sent again together."""
    if tries > len(DELAYS_S):
        return None
    planned = DELAYS_S[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return max(planned, min(LONGEST_S, retry_after_s or 0.0))


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Of a Retry-After, in seconds or as a date; ``None`` where there is none that can be read."""
    if header is None:
        return None
    if header.strip().isdecimal() and len(header) < 12:
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
