"""Tells all API processes what has been deleted, so that none answers for it from memory."""

from sqlalchemy import Connection, text

CHANNEL = "lamina_gone"


def announce(connection: Connection, resource: str) -> None:
    """``resource`` is its path, such as ``/v1/decompositions/{id}``; told when the transaction is committed."""
    connection.execute(text("SELECT pg_notify(:channel, :resource)"), {"channel": CHANNEL, "resource": resource})
