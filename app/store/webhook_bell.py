"""Postgres tells senders that there is something to send."""

from typing import Any

import psycopg2
from psycopg2 import extensions

from app.store.session import libpq_url
from app.store.webhook_outbox import CHANNEL

Lost = psycopg2.Error
"""What a connection raises when it is lost."""


class Ear:
    """A connection that listens; its ``fileno`` is readable when there is something to hear, or the connection is
    lost."""

    def __init__(self, database_url: str) -> None:
        """Raises ``Lost``: nobody answers."""
        self._connection: Any = psycopg2.connect(libpq_url(database_url))
        try:
            self._connection.set_isolation_level(extensions.ISOLATION_LEVEL_AUTOCOMMIT)
            with self._connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        except psycopg2.Error:
            self._connection.close()
            raise

    def fileno(self) -> int:
        return int(self._connection.fileno())

    def heard(self) -> bool:
        """Whether it rang since the last look; raises ``Lost``."""
        self._connection.poll()
        rang = bool(self._connection.notifies)
        self._connection.notifies.clear()
        return rang

    def close(self) -> None:
        self._connection.close()
