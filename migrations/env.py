"""What Alembic runs for every command: ours comes with a connection, whose transaction and lock ``migrate`` holds.

Without one (``alembic -c …`` by hand, to write a new revision) ``LAMINA_DATABASE_URL`` names the database.
"""

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from app.settings import Settings
from app.store.session import sqlalchemy_url
from app.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


def _main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    database_url = Settings().database_url
    if database_url is None:
        raise SystemExit("Set LAMINA_DATABASE_URL.")
    with create_engine(sqlalchemy_url(database_url), poolclass=NullPool).connect() as connection:
        _run(connection)


_main()
