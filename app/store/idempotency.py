"""``Idempotency-Key``: the first answer is kept and given again.

no row                       Begun: do it, then finish (or forget) in the same transaction or a later one
same request, answered       Replay
same request, no answer yet  InFlight; one that stays so for ``ABANDONED_S`` is taken over
another request              Mismatch
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.store.interval import seconds
from app.store.tables import idempotency_keys as keys

ABANDONED_S = 60.0


class Mismatch(Exception):
    """The key was used for another request."""


class InFlight(Exception):
    """The first request with this key has no answer yet."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The key is ours: this request is the first."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that the first request got, as it was given to ``finish``."""

    response: dict[str, Any]


def begin(connection: Connection, tenant_id: str, route: str, key: str, fingerprint: str) -> Begun | Replay:
    """Take the key, or find the first answer; waits for a transaction that holds the same key.

    Args:
        fingerprint: sha256 of what was asked.

    Raises:
        Mismatch: the key was used for something else.
        InFlight: the first request is still at work.
    """
    this = _this(tenant_id, route, key)
    while True:  # the row may be forgotten between the statements
        adding = insert(keys).values(tenant_id=tenant_id, route=route, key=key, fingerprint=fingerprint)
        if connection.execute(adding.on_conflict_do_nothing().returning(keys.c.key)).one_or_none() is not None:
            return Begun()
        found = connection.execute(select(keys.c.fingerprint, keys.c.response).where(this)).one_or_none()
        if found is not None:
            break
    if found.fingerprint != fingerprint:
        raise Mismatch(key)
    if found.response is not None:
        return Replay(found.response)
    abandoned = and_(this, keys.c.response.is_(None), keys.c.created_at < func.now() - seconds(ABANDONED_S))
    taking = update(keys).where(abandoned).values(created_at=func.now())
    if connection.execute(taking.returning(keys.c.key)).one_or_none() is None:
        raise InFlight(key)
    return Begun()


def finish(connection: Connection, tenant_id: str, route: str, key: str, response: Mapping[str, object]) -> None:
    """Keep the answer; JSON values only."""
    connection.execute(update(keys).where(_this(tenant_id, route, key)).values(response=dict(response)))


def forget(connection: Connection, tenant_id: str, route: str, key: str) -> None:
    """The request came to nothing; the key may be used again."""
    connection.execute(delete(keys).where(_this(tenant_id, route, key), keys.c.response.is_(None)))


def purge(connection: Connection, older_than_s: float) -> int:
    """Forget keys that are so old; returns how many."""
    return connection.execute(delete(keys).where(keys.c.created_at < func.now() - seconds(older_than_s))).rowcount


def _this(tenant_id: str, route: str, key: str) -> Any:
    return and_(keys.c.tenant_id == tenant_id, keys.c.route == route, keys.c.key == key)
