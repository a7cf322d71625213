"""A tenant's own secrets, made when they are first asked for; one that was rotated stays good for a while."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Literal, TypeAlias

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.store.interval import seconds
from app.store.tables import signing_keys as keys

Purpose: TypeAlias = Literal["webhooks", "urls"]

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """``previous`` is the one before the last rotation, good until ``previous_until`` on the database's clock; ``None``
    where there is none or it is over."""

    secret: bytes
    previous: bytes | None = None
    previous_until: datetime | None = None

    @property
    def live(self) -> tuple[bytes, ...]:
        """The newest first."""
        return (self.secret,) if self.previous is None else (self.secret, self.previous)


def new_secret() -> bytes:
    return token_bytes(SECRET_BYTES)


def get(connection: Connection, tenant_id: str, purpose: Purpose) -> Secrets:
    """The tenant's, made now where there is none; many who ask at once get the same."""
    live = keys.c.previous_until > func.now()
    reading = select(keys.c.secret, keys.c.previous, keys.c.previous_until, live.label("live")).where(
        keys.c.tenant_id == tenant_id, keys.c.purpose == purpose
    )
    row = connection.execute(reading).one_or_none()
    if row is None:
        adding = insert(keys).values(tenant_id=tenant_id, purpose=purpose, secret=new_secret())
        connection.execute(adding.on_conflict_do_nothing())
        row = connection.execute(reading).one()
    return Secrets(row.secret, row.previous, row.previous_until) if row.live else Secrets(row.secret)


def rotate(connection: Connection, tenant_id: str, purpose: Purpose, overlap_s: float) -> Secrets:
    """A new secret; the one so far is good for ``overlap_s`` seconds more."""
    get(connection, tenant_id, purpose)
    connection.execute(
        update(keys)
        .where(keys.c.tenant_id == tenant_id, keys.c.purpose == purpose)
        .values(secret=new_secret(), previous=keys.c.secret, previous_until=func.now() + seconds(overlap_s))
    )
    return get(connection, tenant_id, purpose)
