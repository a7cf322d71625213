"""Connections give up in time, and what a URL asks for is heeded, however it is spelled."""

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.store.session import libpq_url, make_engine

ASKED = "application_name=mine&connect_timeout=9&options=-c%20search_path%3Dpg_catalog%20-c%20work_mem%3D8MB"


def setting(url: str, name: str, **options: float) -> str:
    engine = make_engine(url, **options)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one()
    engine.dispose()
    return str(found)


def test_a_statement_and_a_forgotten_transaction_have_an_end(database_url: str) -> None:
    assert setting(database_url, "statement_timeout") == "1min"
    assert setting(database_url, "idle_in_transaction_session_timeout") == "10s"
    assert setting(database_url, "application_name") == "lamina"


def test_what_the_url_asks_for_is_heeded_in_a_hurry_too(database_url: str) -> None:
    url = f"{database_url}&{ASKED}"
    for options in ({}, {"hurry_s": 3.0}):
        assert setting(url, "search_path", **options) == "pg_catalog"
        assert setting(url, "work_mem", **options) == "8MB"
        assert setting(url, "application_name", **options) == "mine"
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        assert setting(url, limit, hurry_s=3.0) == "3s"


def test_in_a_hurry_a_slow_statement_is_given_up(database_url: str) -> None:
    engine = make_engine(database_url, hurry_s=0.05)
    with pytest.raises(OperationalError, match="statement timeout"), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(60)"))
    engine.dispose()


def test_libpq_takes_the_same_url(database_url: str) -> None:
    for url in (database_url, f"{database_url}&{ASKED}"):
        connection = psycopg2.connect(libpq_url(url))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('work_mem')")
            assert cursor.fetchone() == ("8MB" if "work_mem" in url else "4MB",)
        connection.close()


def test_every_spelling_of_the_scheme_leads_to_postgres(database_url: str) -> None:
    rest = database_url.removeprefix("postgresql")
    for scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        assert setting(scheme + rest, "server_encoding") == "UTF8"


def test_a_connection_that_was_cut_is_replaced_before_it_is_used(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = make_engine(database_url)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid
    engine.dispose()
    other.dispose()
