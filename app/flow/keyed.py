"""``Idempotency-Key``: what was answered first is answered again, in the same transaction as what is done."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection

from app.flow.errors import IdempotencyConflict, IdempotencyMismatch
from app.store import idempotency


class Keyed(Protocol):
    """A request that may have a key. ``fingerprint`` is of what is asked under it at this ``route``."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def route(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def fingerprint(self) -> str: ...


def first_answer(connection: Connection, asked: Keyed) -> dict[str, Any] | None:
    """What was answered under this key, or ``None`` where there is none or this request is the first.

    Raises:
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    if asked.key is None:
        return None
    try:
        begun = idempotency.begin(connection, asked.tenant_id, asked.route, asked.key, asked.fingerprint)
    except idempotency.Mismatch as error:
        raise IdempotencyMismatch("This Idempotency-Key was used for another request.") from error
    except idempotency.InFlight as error:
        raise IdempotencyConflict("The first request with this Idempotency-Key is still under way.", 1) from error
    return begun.response if isinstance(begun, idempotency.Replay) else None


def keep_answer(connection: Connection, asked: Keyed, answer: Callable[[], Mapping[str, Any]]) -> None:
    """Keep the answer under the key, where there is one; JSON values only."""
    if asked.key is not None:
        idempotency.finish(connection, asked.tenant_id, asked.route, asked.key, answer())
