"""``lamina pull``: the weights of ``qwen-image-layered`` from the hub to this machine, ahead of the first worker."""

import os
import sys
from pathlib import Path

import click

from app.cli.bytes_bar import bytes_bar
from app.cli.checks.weights import hub_cache
from app.cli.options import settings_with
from model.errors import ModelUnavailable

_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


@click.command()
@click.option("--weights", "qwen_weights", metavar="NAME", help="[default: Qwen/Qwen-Image-Layered]")
@click.option("--revision", "qwen_revision", help="A commit or a branch.  [default: main]")
def pull(**options: str | None) -> None:
    """Fetch the weights of qwen-image-layered ahead; run it again after a break and it goes on from there.

    They go into the hub's cache: HF_HUB_CACHE, or hub/ under HF_HOME. HF_TOKEN is sent where it is set.
    """
    from model.decomposers.qwen_image_layered.weights import is_hub_name

    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # what the library would warn of is said here
    settings = settings_with(**options)
    try:
        if is_hub_name(settings.qwen_weights):
            _pull(settings.qwen_weights, settings.qwen_revision)
        else:
            _look_at(Path(settings.qwen_weights).expanduser())
    except ModelUnavailable as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("\nStopped. What has arrived stays: the same command goes on from there.", err=True)
        sys.stdout.flush()
        os._exit(_INTERRUPTED)  # a thread may wait for the network for a minute, and there is nothing to wait for


def _look_at(folder: Path) -> None:
    from model.decomposers.qwen_image_layered.sizes import in_gb
    from model.decomposers.qwen_image_layered.weights import looked_at

    found = looked_at(folder)
    click.echo(f"The weights are a folder, {folder}, and all of it is there: {in_gb(found.total_bytes)}.")


def _pull(name: str, revision: str) -> None:
    from model.decomposers.qwen_image_layered.fetch import fetched, listed
    from model.decomposers.qwen_image_layered.sizes import in_gb
    from model.decomposers.qwen_image_layered.weights import looked_at

    listing = listed(name, revision)
    if listing is None or not listing.missing:
        path = fetched(name, revision)
        looked_at(path)
        click.echo(f"{name} is in {hub_cache()} already, at commit {path.name}.")
    else:
        click.echo(
            f"Fetching {name}, revision {revision}, {in_gb(listing.parts.total())}, into {hub_cache()}; "
            f"{in_gb(listing.missing_bytes)} in {len(listing.missing)} files are not here yet."
        )
        with bytes_bar() as on_bytes:
            path = fetched(name, revision, on_bytes)
        looked_at(path)
        click.echo(f"Here is {name} at commit {path.name}.")
    if revision != path.name:
        click.echo(f"Pin it, so that it stays the same weights: LAMINA_QWEN_REVISION={path.name}")
