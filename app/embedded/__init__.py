"""The Postgres and the Valkey that start by themselves, under the data folder, for the URLs that nobody set.

    DIR/postgres/       the cluster            DIR/postgres.log
    DIR/valkey/         the append-only file   DIR/valkey.log
    DIR/servers.lock    held by whoever started the servers, and by the servers themselves

Both listen on unix sockets only, in folders that nobody else may enter. They are our children and end with us, even
when we are killed; one that dies is started again, and recovers what it had.

    lock        one process at a time may use a data folder
    postgres    its cluster, its account, its command line
    valkey      the same, less of it
    sockets     where a server's socket goes
    server      a program as a child of ours: started, waited for, ended
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.embedded.lock import alone
from app.embedded.postgres import embedded_postgres
from app.embedded.server import CannotStart
from app.embedded.valkey import embedded_valkey
from app.settings import Settings

__all__ = ["CannotStart", "resolve"]


@contextmanager
def resolve(settings: Settings) -> Iterator[Settings]:
    """The settings with both URLs: those that are not set lead to servers that live as long as the ``with`` block.

    Call it from the main thread: the servers end when the thread ends that started them. What they keep under
    ``data_dir`` is there again the next time. One process at a time may do this with a data folder.

    Raises:
        CannotStart: the folder is in use, a package is missing, or a server does not come up.
    """
    if settings.database_url is not None and settings.redis_url is not None:
        yield settings
        return
    folder = settings.data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        lock = stack.enter_context(alone(folder))
        if settings.database_url is None:
            urls["database_url"] = stack.enter_context(embedded_postgres(folder, lock))
        if settings.redis_url is None:
            urls["redis_url"] = stack.enter_context(embedded_valkey(folder, lock))
        yield settings.model_copy(update=urls)
