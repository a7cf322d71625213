"""``Prefer: wait=20`` (RFC 7240)."""

import re

MAX_WAIT_S = 60.0
_WAIT = re.compile(r"""(?:^|[,;\s])wait\s*(?:=\s*"?(\d+(?:\.\d+)?)"?)?\s*(?:[,;]|$)""", re.IGNORECASE | re.ASCII)


def wait_s(header: str | None) -> float | None:
    """Seconds to wait, 60 at most and where no number is given; ``None`` where nobody asked."""
    found = _WAIT.search(header or "")
    if found is None:
        return None
    return min(MAX_WAIT_S, float(found[1])) if found[1] else MAX_WAIT_S
