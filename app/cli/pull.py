"""``lamina pull``: the weights of ``qwen-image-layered`` from the hub to this machine, ahead of the first worker."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from app.cli import INTERRUPTED
from app.cli.bytes_bar import bytes_bar
from app.cli.checks.weights import hub_cache
from app.cli.options import settings_with
from app.settings import Settings
from model.decomposers.qwen_image_layered.adapters.adapted import brought_by_all, check_on_disk, patterns_without
from model.decomposers.qwen_image_layered.adapters.known import adapter_of, needed
from model.decomposers.qwen_image_layered.weights.fetch import fetched, listed
from model.decomposers.qwen_image_layered.weights.folder import is_hub_name, looked_at
from model.decomposers.qwen_image_layered.weights.sizes import in_gb
from model.errors import ModelUnavailable


@click.command()
@click.option("--weights", "qwen_weights", metavar="NAME", help="[default: Qwen/Qwen-Image-Layered]")
@click.option("--revision", "qwen_revision", help="A commit or a branch.  [default: main]")
@click.option("--adapter", "qwen_adapter", metavar="NAME", help="Fetch this one too.")
def pull(**options: str | None) -> None:
    """Fetch the weights of qwen-image-layered ahead; run it again after a break and it goes on from there.

    They go into the hub's cache: HF_HUB_CACHE, or hub/ under HF_HOME. HF_TOKEN is sent where it is set.
    """
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # what the library would warn of is said here
    try:
        with _ending_at_once():
            _pull_all(settings_with(**options))
    except ModelUnavailable as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """SIGINT ends the process where it is.

    As a KeyboardInterrupt it would be raised wherever the main thread is: where that is taking a lock again, it becomes
    "release unlocked lock", which looks like a fault of the hub. And a thread may wait for the network for a minute
    before the process ended, with nothing to wait for: what is on the disk is whole, or is gone on with.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler:  # whoever started this wants it otherwise, such as nohup
        yield
        return
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _end(*_: object) -> None:
    with suppress(OSError):  # not by sys.stderr, which may be in the midst of a line
        os.write(2, b"\nStopped. What has arrived stays: the same command goes on from there.\n")
    os._exit(INTERRUPTED)


def _pull_all(settings: Settings) -> None:
    adapters = [adapter_of(name) for name in settings.qwen_adapters()]
    for adapter in adapters:
        check_on_disk(adapter)
    without = brought_by_all(adapters)
    if is_hub_name(settings.qwen_weights):
        path = _pull(settings.qwen_weights, settings.qwen_revision, patterns_without(without))
        looked_at(path, without)
        if settings.qwen_revision != path.name:
            click.echo(f"Pin it, so that it stays the same weights: LAMINA_QWEN_REVISION={path.name}")
    else:
        folder = Path(settings.qwen_weights).expanduser()
        size = in_gb(looked_at(folder, without).total_bytes)
        click.echo(f"The weights are a folder, {folder}, and all of it is there: {size}.")
    for source in dict.fromkeys(each for adapter in adapters for each in needed(adapter)):
        _pull(source.repository, source.revision, source.patterns)


def _pull(name: str, revision: str, patterns: Sequence[str]) -> Path:
    """Where the files are on the disk, after saying so."""
    listing = listed(name, revision, patterns)
    if listing is None or not listing.missing:
        path = fetched(name, revision, patterns=patterns)
        click.echo(f"{name} is in {hub_cache()} already, at commit {path.name}.")
        return path
    click.echo(
        f"Fetching {name}, revision {revision}, {in_gb(listing.total_bytes)}, into {hub_cache()}; "
        f"{in_gb(listing.missing_bytes)} in {len(listing.missing)} files are not here yet."
    )
    with bytes_bar() as on_bytes:
        path = fetched(name, revision, on_bytes, patterns)
    click.echo(f"Here is {name} at commit {path.name}.")
    return path
