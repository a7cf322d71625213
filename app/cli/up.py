"""``lamina up``: everything on this machine, with nothing to set up first."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import click
import httpx

from app.cli.api import bound, url_of
from app.cli.leash import end_with
from app.cli.options import (
    data_option,
    environment_of,
    gpu_options,
    leash_option,
    listen_option,
    models_option,
    port_option,
    settings_with,
)
from app.cli.supervise import Child, supervise
from app.settings import Settings

READY = "Lamina is ready:"
_API_STOP_S = 10.0
_WORKER_STOP_S = 30.0


@click.command()
@listen_option
@port_option
@data_option
@models_option
@gpu_options
@click.option("--log-dir", type=click.Path(file_okay=False, path_type=Path), help="Write the logs there, not here.")
@leash_option
def up(log_dir: Path | None, leash: int | None, data: Path | None, **options: object) -> None:
    """Start Postgres, Redis, the API and two workers, one of them for batches, and keep them running until Ctrl-C.

    LAMINA_DATABASE_URL and LAMINA_REDIS_URL name servers of your own; what they leave out starts here, embedded.
    """
    from app.embedded import resolve
    from app.store.migrate import upgrade

    if leash is not None:
        end_with(leash)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    settings = settings_with(data_dir=data, **options)
    if log_dir is not None:
        log_dir.mkdir(parents=True, exist_ok=True)
    try:
        with bound(settings.listen, settings.port) as listener, resolve(settings) as resolved:
            assert resolved.database_url is not None
            upgrade(resolved.database_url)
            asyncio.run(_run(resolved, listener, log_dir))
            _be_patient()
    except KeyboardInterrupt:
        pass
    click.echo("Lamina has stopped.")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _be_patient() -> None:
    """The servers are asked to stop next; one more Ctrl-C must not leave them running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


async def _run(settings: Settings, listener: socket.socket, log_dir: Path | None) -> None:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def on_signal() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)
    announcing = asyncio.create_task(_announce(url_of(listener)))
    try:
        await supervise(_children(settings, listener, log_dir), stop, hurry, say)
    finally:
        announcing.cancel()


def _children(settings: Settings, listener: socket.socket, log_dir: Path | None) -> list[Child]:
    """The API first: it stops taking requests before the worker that serves them goes."""
    environment = environment_of(settings)
    lamina = (sys.executable, "-P", "-m", "app.cli")
    leash = ("--leash", str(os.getpid()))

    def log(name: str) -> Path | None:
        return None if log_dir is None else log_dir / f"{name}.log"

    fd = listener.fileno()
    api = (*lamina, "api", "--fd", str(fd), *leash)
    return [
        Child("API", api, environment, pass_fds=(fd,), log=log("api"), stop_s=_API_STOP_S),
        Child("worker", (*lamina, "worker", *leash), environment, log=log("worker"), stop_s=_WORKER_STOP_S),
        Child(
            "renders", (*lamina, "worker", "--renders", *leash), environment, log=log("renders"), stop_s=_WORKER_STOP_S
        ),
    ]


async def _announce(url: str) -> None:
    """Say where the service is, once it answers."""
    pause_s = 0.02
    async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as client:
        while not await _is_ready(client):
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.25)
    say(f"{READY} {url} (the API's description is at {url}/docs; Ctrl-C stops it)")


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def say(line: str) -> None:
    """One line for the user, at once even into a pipe."""
    print(line, flush=True)
