"""``lamina import``: a layered file of another program becomes a decomposition."""

import json
from pathlib import Path

import click

from app.cli.exits import told_plainly
from app.cli.folder import save_decomposition
from app.cli.service_options import ENDING, json_option, url_option
from lamina.client import Client


@click.command("import", epilog=ENDING)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for the layers and manifest.json."
)
@url_option
@json_option
def import_(file: Path, out: Path | None, url: str, as_json: bool) -> None:
    """Import the layers of FILE, a PSD, an OpenRaster file or a ZIP of Lamina's, and print the decomposition's id.

    What of the file could not be taken is said on standard error.
    """
    with told_plainly(as_json), Client(url) as client:
        found = client.import_file(file)
        if out is not None:
            save_decomposition(out, found)
    if as_json:
        click.echo(json.dumps(found.raw, ensure_ascii=False))
        return
    for warning in found.notes.get("imported", {}).get("warnings", ()):
        click.echo(f"Note: {warning}", err=True)
    click.echo(found.id)
