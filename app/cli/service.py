"""A whole service for as long as a ``with`` block lasts: ``lamina up`` on a free port, as a user would start it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.up import READY

_READY_WITHIN_S = 120.0
_STOP_WITHIN_S = 60.0


@contextmanager
def running(data_dir: Path, log_dir: Path, environment: Mapping[str, str], port: int = 0) -> Iterator[str]:
    """Start the service and give its URL once it is ready; stop it in order at the end.

    Args:
        data_dir: where it keeps its data; reused when it is there.
        log_dir: where its processes write.
        environment: ``LAMINA_…`` settings, on top of ours.
        port: of the API; 0 takes a free one.

    Raises:
        click.ClickException: it did not become ready.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "app.cli", "up", "--listen", "127.0.0.1", "--port", str(port)]
    command += ["--data", str(data_dir), "--log-dir", str(log_dir), "--leash", str(os.getpid())]
    with (log_dir / "up.log").open("a") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            process_group=0,  # Ctrl-C reaches us only; the service is stopped below
        )
    try:
        yield _url(process, log_dir)
    finally:
        _stop(process)


def _url(process: "subprocess.Popen[str]", log_dir: Path) -> str:
    assert process.stdout is not None
    too_late = threading.Timer(_READY_WITHIN_S, process.terminate)
    too_late.start()
    said: list[str] = []
    try:
        for line in process.stdout:
            if line.startswith(READY):
                return line.removeprefix(READY).split()[0]
            said.append(line.strip())
    finally:
        too_late.cancel()
    words = [*said, *(log_dir / "up.log").read_text(errors="replace").splitlines()]
    raise click.ClickException("\n".join([f"The service did not start; its own words are in {log_dir}.", *words[-8:]]))


def _stop(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
