"""What the migrations build is what the code says, on a real Postgres, and it can be taken away again."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, text

from app.store.migrate import downgrade, is_current, upgrade
from app.store.session import make_engine
from app.store.tables import DEFAULT_TENANT, metadata

_CATALOGUE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    "options": "SELECT relname, reloptions FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'",
}


def catalogue(connection: Connection) -> dict[str, list[Any]]:
    """All that Postgres knows of the tables, in a fixed order."""
    return {name: sorted(map(tuple, connection.execute(text(query))), key=repr) for name, query in _CATALOGUE.items()}


def of_code(url: str) -> dict[str, list[Any]]:
    """The catalogue of the tables as the code would make them."""
    engine = make_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        # Said by a comment in tables/pictures.py, since SQLAlchemy has no word for it.
        connection.execute(text("ALTER TABLE blobs ALTER COLUMN data SET STORAGE EXTERNAL"))
        found = catalogue(connection)
        metadata.drop_all(connection)
    engine.dispose()
    return found


def test_up_down_and_up_again_build_what_the_code_says(empty_database_url: str) -> None:
    wanted = of_code(empty_database_url)
    engine = make_engine(empty_database_url)
    upgrade(empty_database_url)
    with engine.connect() as connection:
        assert catalogue(connection) == wanted
    downgrade(empty_database_url, "base")
    with engine.connect() as connection:
        assert catalogue(connection) == {name: [] for name in wanted}
    upgrade(empty_database_url)
    with engine.connect() as connection:
        assert catalogue(connection) == wanted
    engine.dispose()


def test_a_way_back_leaves_no_job_that_older_code_would_misread(own_database_url: str) -> None:
    engine = make_engine(own_database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO jobs (id, state, model_name, model_revision, parameters, image_id, decomposition_id,"
                " parent_id, parent_layer) VALUES "
                "('of a layer', 'queued', 'm', '1', '{}', 'i', 'a', 'p', 0), "
                "('at work', 'running', 'm', '1', '{}', 'i', 'b', 'p', 0), "
                "('of a picture', 'queued', 'm', '1', '{}', 'i', 'c', NULL, NULL)"
            )
        )
    downgrade(own_database_url, "2026_11_24")
    upgrade(own_database_url)
    with engine.connect() as connection:
        states = {row.id: row.state for row in connection.execute(text("SELECT id, state FROM jobs"))}
    assert states == {"of a layer": "canceled", "at work": "canceled", "of a picture": "queued"}
    engine.dispose()


def test_alembic_finds_no_difference_either(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_default_tenant_is_there(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM tenants")).all() == [DEFAULT_TENANT]
    engine.dispose()


def test_a_database_is_current_only_when_all_steps_were_taken(empty_database_url: str) -> None:
    assert not is_current(empty_database_url)
    upgrade(empty_database_url)
    assert is_current(empty_database_url)
    upgrade(empty_database_url)
    assert is_current(empty_database_url)
    downgrade(empty_database_url, "base")
    assert not is_current(empty_database_url)


def test_many_that_migrate_at_once_do_it_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as callers:
        list(callers.map(upgrade, [empty_database_url] * 4))
    assert is_current(empty_database_url)


def test_an_unknown_revision_changes_nothing(own_database_url: str) -> None:
    with pytest.raises(CommandError):
        downgrade(own_database_url, "never_written")
    assert is_current(own_database_url)
