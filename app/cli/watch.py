"""``lamina watch``: a folder whose pictures are taken apart as they come."""

import asyncio
import json
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.exits import Partly, told_plainly
from app.cli.given_operations import operations_given
from app.cli.service_options import ENDING, json_option, url_option
from app.cli.watch_folder import SUFFIXES, WatchedFolder
from app.cli.watch_journal import Journal, Taken
from app.cli.watch_results import Wanted, begin
from app.cli.watcher import Done, Orders, Watcher
from lamina.client import AsyncClient
from model.export.table import FORMATS


@click.command(epilog=ENDING)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="Where each picture gets a folder of its name, with its layers and manifest.json.",
)  # fmt: skip
@click.option("--layers/--no-layers", default=True, show_default=True, help="A PNG a layer.")
@click.option(
    "--export", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="And this; may be given again."
)
@click.option("--operations", "file", metavar="FILE", help="And edited.png, with this JSON list of operations applied.")
@click.option("--op", "single", multiple=True, metavar="JSON", help="The same with one operation; may be given again.")
@click.option("--model", metavar="NAME", help="[default: the service's first]")
@click.option("--max-layers", type=click.IntRange(1), help="[default: as many as the picture has]")
@click.option("--move", is_flag=True, help="Pictures that are done go to FOLDER/done, others to FOLDER/failed.")
@click.option("--once", is_flag=True, help="End when all that is there has been done.")
@click.option("--every", type=click.FloatRange(0.01), default=1.0, show_default=True, help="Seconds between looks.")
@click.option(
    "--settle", type=click.FloatRange(0), default=2.0, show_default=True,
    help="Seconds for which a file must not have changed before it counts as whole.",
)  # fmt: skip
@click.option("--at-once", type=click.IntRange(1, 64), default=2, show_default=True, help="Pictures under way.")
@url_option
@json_option
def watch(
    folder: Path, out: Path, layers: bool, formats: tuple[str, ...], file: str | None, single: tuple[str, ...],
    model: str | None, max_layers: int | None, move: bool, once: bool, every: float, settle: float, at_once: int,
    url: str, as_json: bool,
) -> None:  # fmt: skip
    """Take every picture that comes into FOLDER apart, and write what is wanted of it.

    A picture is begun when it has been written whole, and its results are there whole or not at all. What was done is
    kept in OUT, so that a restart does nothing twice; a picture that is written anew is done anew. One that cannot be
    taken apart leaves OUT/NAME.failed.txt. While the service is away, pictures wait. Ends with Ctrl-C.

    \b
      lamina watch incoming --out layers --export psd --move
    """
    out.mkdir(parents=True, exist_ok=True)
    edit = operations_given(file, single) if file or single else None
    how = {"model": model, "max_layers": max_layers}
    orders = Orders(out, how, Wanted(layers, formats, edit), move, at_once, every, once)  # type: ignore[arg-type]
    failed: list[Done] = []

    def tell(done: Done) -> None:
        if done.detail is not None:
            failed.append(done)
        _say(done, as_json)

    with told_plainly(as_json):
        try:
            with Journal.opened(out) as journal:
                begin(out)
                asyncio.run(_watch(url, WatchedFolder(folder, SUFFIXES, settle), journal, orders, tell))
        except Taken as taken:
            raise click.ClickException(str(taken)) from None
        except asyncio.CancelledError:  # SIGTERM, as a service manager stops it: all in order
            return
    if failed:
        raise Partly(f"{len(failed)} of the pictures could not be done.")


async def _watch(
    url: str, folder: WatchedFolder, journal: Journal, orders: Orders, tell: Callable[[Done], None]
) -> None:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    async with AsyncClient(url) as client:
        await Watcher(client, folder, journal, orders, tell, lambda line: click.echo(line, err=True)).run()


def _say(done: Done, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str).encode("utf-8", "backslashreplace"))
        return
    name = click.format_filename(done.name)  # may hold bytes that are no UTF-8
    for warning in done.warnings:
        click.echo(f"Note: {name}: {warning}", err=True)
    if done.detail is not None:
        click.echo(f"{name}: {done.detail}", err=True)
    else:
        click.echo(f"{name} -> {click.format_filename(done.folder)} ({done.layers} layers)")
