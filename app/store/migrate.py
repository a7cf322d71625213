"""Alembic, called from code: the tables up to what the code wants, or back down."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.store.session import sqlalchemy_url

LOCK = 0x1A717AB1E
"""An advisory lock, held while tables change: of two that migrate at once, the second finds everything done."""

_APP = Path(__file__).resolve().parents[1]


def upgrade(database_url: str) -> None:
    """Bring the tables up to date; safe to repeat, and to call from many processes at once.

    Raises:
        SQLAlchemyError: the database does not answer, or a step failed; then none of the steps was taken.
    """
    with _locked(database_url) as connection:
        command.upgrade(_config(connection), "head")


def downgrade(database_url: str, revision: str) -> None:
    """Go back to a revision; ``base`` removes every table.

    Raises:
        alembic.util.CommandError: there is no such revision.
        SQLAlchemyError: as for ``upgrade``.
    """
    with _locked(database_url) as connection:
        command.downgrade(_config(connection), revision)


def is_current(database_url: str) -> bool:
    """Whether the tables are those that this code wants; raises SQLAlchemy's errors where nobody answers."""
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory(str(_scripts())).get_heads())


@contextmanager
def _locked(database_url: str) -> Iterator[Connection]:
    """One transaction for all steps. The clocks that protect the service are off: a big table takes its time."""
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _scripts() -> Path:
    """``migrations/`` of a checkout; a wheel carries it inside the package."""
    packed = _APP / "_migrations"
    return packed if packed.is_dir() else _APP.parent / "migrations"
