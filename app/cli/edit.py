"""``lamina edit``: operations on a picture's layers, and the picture that comes of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import click

from app.cli.exits import told_plainly
from app.cli.given_operations import operations_given
from app.cli.service_options import ENDING, json_option, url_option
from app.cli.source import PICTURE, source_of
from lamina.client import Client, Decomposition, Document

SUFFIXES = (".png", ".webp", ".jpg", ".jpeg", ".avif")
Edit: TypeAlias = tuple[list[dict[str, Any]], dict[str, Any] | None]


@click.command(epilog=ENDING)
@click.argument("source", metavar=PICTURE)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="The picture to write; its suffix is its format: .png, .webp, .jpg or .avif.",
)  # fmt: skip
@click.option(
    "--operations", "file", metavar="FILE", help="A JSON list of operations, as the API takes them; - reads them."
)
@click.option("--op", "single", multiple=True, metavar="JSON", help="One operation; may be given again and again.")
@click.option(
    "--keep/--no-keep", default=None,
    help="As a revision of the document, or of a new one.  [default: a document's edits are kept, others are not]",
)  # fmt: skip
@click.option("--model", metavar="NAME", help="That takes a picture apart.  [default: the service's first]")
@click.option("--width", type=click.IntRange(1), help="In pixels; the height follows.")
@click.option("--quality", type=click.IntRange(1, 100), help="Of .webp, .jpg and .avif.")
@click.option("--background", metavar="COLOUR", help="Laid under the picture: a CSS colour, or checkerboard.")
@url_option
@json_option
def edit(
    source: str, out: Path, file: str | None, single: tuple[str, ...], keep: bool | None, model: str | None,
    url: str, as_json: bool, **output: Any,
) -> None:  # fmt: skip
    """Apply operations to the layers of a decomposition, a document or a picture, and write the picture.

    A decomposition and a document are named by their ids; a picture is taken apart first. Without operations it is
    written as it is.

    \b
      lamina edit poster.png -o poster.webp --op '{"op": "hide", "layer": "Headline"}'
      lamina edit doc_4c1f0c6a -o poster.png --operations summer.json
    """
    if out.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"{out} is no picture's name; it ends in one of {', '.join(SUFFIXES)}.")
    operations = operations_given(file, single)
    with told_plainly(as_json), Client(url) as client:
        found = source_of(client, source, model=model)
        if isinstance(found, Document):
            said = _of_document(client, found, operations, out, keep is not False, output)
        elif keep:
            said = _of_document(client, found.edit(Path(source).stem), operations, out, True, output)
        else:
            said = _of_decomposition(found, operations, out, output)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(out)
    if "revision" in said:
        click.echo(f"It is revision {said['revision']} of {said['document_id']}.", err=True)


def _of_decomposition(found: Decomposition, edit: Edit, out: Path, output: Mapping[str, Any]) -> dict[str, Any]:
    operations, layers = edit
    found.save(out, operations, layers=layers, **output)
    return {"path": str(out), "decomposition_id": found.id}


def _of_document(
    client: Client, found: Document, edit: Edit, out: Path, keep: bool, output: Mapping[str, Any]
) -> dict[str, Any]:
    """Kept as a revision; or put on top of what the document shows, which stays as it is."""
    operations, layers = edit
    if not keep:
        stack = client.decompositions.get(found.decomposition_id)
        return _of_decomposition(stack, ([*found.operations(), *operations], layers), out, output)
    if operations or layers:
        found.apply(operations, layers=layers)
    found.save(out, **output)
    told = {"path": str(out), "decomposition_id": found.decomposition_id}
    return {**told, "document_id": found.id, "revision": found.revision}
