"""``lamina render``: one picture of a template."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app.cli.edit import SUFFIXES
from app.cli.exits import told_plainly
from app.cli.service_options import ENDING, json_option, url_option
from lamina.client import Client, Template

_TEXTS = frozenset({"text", "color", "blend"})
"""Properties whose values are texts, whatever they look like; others are read as JSON where they are JSON."""


@click.command(epilog=ENDING)
@click.argument("template")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="The picture to write; its suffix is its format: .png, .webp, .jpg or .avif.",
)  # fmt: skip
@click.option("--values", "file", type=click.File(encoding="utf-8"), help="A JSON object of values; - reads it.")
@click.option("--width", type=click.IntRange(1), help="In pixels; the height follows.")
@click.option("--quality", type=click.IntRange(1, 100), help="Of .webp, .jpg and .avif.")
@click.option("--background", metavar="COLOUR", help="Laid under the picture: a CSS colour, or checkerboard.")
@click.option("--template-version", type=click.IntRange(1), help="[default: the newest]")
@url_option
@json_option
def render(
    template: str, values: Sequence[str], out: Path, file: Any, template_version: int | None, url: str, as_json: bool,
    **output: Any,
) -> None:  # fmt: skip
    """Draw TEMPLATE with values, and write the picture.

    A picture is the name of a file, which is uploaded, an address, or an asset.

    \b
      lamina render summer-sale headline='Winter sale' product=boots.png badge=false -o sale.webp
    """
    if out.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"{out} is no picture's name; it ends in one of {', '.join(SUFFIXES)}.")
    given = _object(file) if file else {}
    with told_plainly(as_json), Client(url) as client:
        found = client.templates.get(template, template_version)
        given |= dict(_value(found, one) for one in values)
        found.save(out, given, **output)
    told = {"path": str(out), "template": found.name, "version": found.version}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else out)


def _object(file: Any) -> dict[str, Any]:
    try:
        given = json.load(file)
    except ValueError as error:
        raise click.BadParameter(f"It is not valid JSON: {error}.", param_hint="--values") from None
    if not isinstance(given, dict):
        raise click.BadParameter("It must be an object of values by name.", param_hint="--values")
    return given


def _value(template: Template, given: str) -> tuple[str, Any]:
    name, equals, text = given.partition("=")
    if not equals:
        raise click.UsageError(f"{given!r} is no NAME=VALUE.")
    kind = template.variables.get(name, {}).get("property", "text")
    if kind == "image" and Path(text).is_file():
        return name, Path(text)
    if kind in _TEXTS or kind == "image":
        return name, text
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text
