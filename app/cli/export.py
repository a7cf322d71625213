"""``lamina export``: the layers as a file of another program."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click

from app.cli.exits import told_plainly
from app.cli.service_options import ENDING, json_option, url_option
from app.cli.source import PICTURE, source_of
from lamina.client import Client, Document
from model.export.options import LEAST_MS, MOST_LOOPS, MOST_MS, Build, Texts
from model.export.table import FORMATS

_MS = click.IntRange(LEAST_MS, MOST_MS)


@click.command(epilog=ENDING)
@click.argument("source", metavar=PICTURE)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help=f"The file to write; its suffix is the format: {', '.join(f'.{name}' for name in FORMATS)}.",
)  # fmt: skip
@click.option("--format", "format_", metavar="NAME", help="Where the suffix is another one.")
@click.option("--revision", type=click.IntRange(1), help="Of a document.  [default: the newest]")
@click.option("--model", metavar="NAME", help="That takes a picture apart.  [default: the service's first]")
@click.option("--frame-ms", type=_MS, help="Of .webp, .apng and .gif: how long each step is shown.")
@click.option("--hold-ms", type=_MS, help="The same: how long the last one is, which is the picture.")
@click.option("--width", type=click.IntRange(1), help="The same: of the frames, in pixels.")
@click.option("--loop", type=click.IntRange(0, MOST_LOOPS), help="The same: how often all is shown; 0 for ever.")
@click.option("--text", type=click.Choice(get_args(Texts)), help="Of .pptx: words as pictures, or as text boxes.")
@click.option("--build", type=click.Choice(get_args(Build)), help="Of .pptx: how the layers appear one by one.")
@url_option
@json_option
def export(
    source: str, out: Path, format_: str | None, revision: int | None, model: str | None, url: str, as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Write the layers of a decomposition, a document or a picture as a file of another program.

    A decomposition and a document are named by their ids; a picture is taken apart first. What the format cannot hold
    is said on standard error.

    \b
      lamina export poster.png -o poster.psd
      lamina export doc_4c1f0c6a -o poster.gif --frame-ms 400
    """
    suffix = (format_ or out.suffix.removeprefix(".")).lower()
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise click.UsageError(f"{suffix or 'No suffix'} is none of the formats: {known}. Another name with --format.")
    with told_plainly(as_json), Client(url) as client:
        found = source_of(client, source, model=model)
        if isinstance(found, Document):
            exported = found.export(suffix, out, revision=revision, **options)
        elif revision is not None:
            raise click.UsageError("--revision is of a document, and this is none.")
        else:
            exported = found.export(suffix, out, **options)
    if as_json:
        click.echo(json.dumps(asdict(exported), ensure_ascii=False))
        return
    for warning in exported.warnings:
        click.echo(f"Note: {warning}", err=True)
    click.echo(out)
