"""The way to Postgres: one engine a process, whose connections give up rather than hang."""

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

POOL_SIZE = 10
POOL_OVERFLOW = 20
POOL_WAIT_S = 5
LARGE_BYTES = 2**20

_LIBPQ = {
    "application_name": "lamina",
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    # A process that is stopped in the middle of a transaction must not hold its locks for long: it may be a sweep, and
    # no other worker can sweep meanwhile. Ours do nothing between two statements that takes a second.
    "options": "-c statement_timeout=60s -c idle_in_transaction_session_timeout=10s",
}
"""Defaults of a connection; the query part of the URL overrides each of them."""


def make_engine(database_url: str, *, hurry_s: float | None = None) -> Engine:
    """An engine for a whole process, safe to use from many threads; connects when it is first used.

    Callers write ``with engine.begin() as connection:``, one transaction a block.

    Args:
        database_url: ``postgresql://user:password@host/database``; query parameters are libpq's.
        hurry_s: give up connecting, each statement, and a transaction between statements, after so many seconds,
            whatever the URL says.
    """
    url = sqlalchemy_url(database_url)
    engine = create_engine(
        url if hurry_s is None else _hurried(url, hurry_s),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        pool_use_lifo=True,
        use_native_hstore=False,
    )
    event.listen(engine, "checkin", _drop_when_large)
    return engine


def carries(connection: Connection, size: int) -> None:
    """Say that a value of so many bytes goes over the connection. libpq keeps buffers of the largest one for as long as
    the connection lives, on both ways twice its size; so after a large one the pool makes a new connection."""
    if size > LARGE_BYTES:
        connection.info[_LARGE] = True


_LARGE = "carried something large"


def _drop_when_large(_: object, record: ConnectionPoolEntry) -> None:
    if record.info.get(_LARGE):
        record.invalidate()


def sqlalchemy_url(database_url: str) -> URL:
    """The URL with the driver named and the defaults of a connection filled in."""
    url = make_url(database_url)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg2")
    return url.update_query_dict({name: value for name, value in _LIBPQ.items() if name not in url.query})


def _hurried(url: URL, seconds: float) -> URL:
    ms = round(seconds * 1000)
    options = url.query["options"]
    given = options if isinstance(options, str) else " ".join(options)
    hasty = f"{given} -c statement_timeout={ms} -c idle_in_transaction_session_timeout={ms}"
    limits = {"options": hasty, "tcp_user_timeout": str(ms)}
    return url.update_query_dict({**limits, "connect_timeout": str(max(2, round(seconds)))})


def libpq_url(database_url: str) -> str:
    """The URL as libpq itself takes it, password included, with the same defaults."""
    url = sqlalchemy_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    address, _, query = url.partition("?")
    return f"{address}?{query.replace('+', '%20')}"  # libpq takes a plus for a plus, not for a space
