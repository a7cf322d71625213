"""What the service keeps for itself: answers to repeated requests, and counts."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.tables.base import metadata, moment, tenant

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    tenant(),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="sha256 of what was asked"),
    Column("response", JSONB(none_as_null=True), comment="status, headers, body; null while the first is under way"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "route", "key"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("value", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("name", "label"),
)
