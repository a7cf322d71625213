"""``lamina templates``: what can be drawn with other values."""

import json

import click

from app.cli.exits import told_plainly
from app.cli.service_options import ENDING, json_option, url_option
from lamina.client import Client


@click.command(epilog=ENDING)
@url_option
@json_option
def templates(url: str, as_json: bool) -> None:
    """List the templates, newest first: name, version, size, and the variables with the property that each sets.

    With --json, an object a line.
    """
    with told_plainly(as_json), Client(url) as client:
        for one in client.templates.list():
            if as_json:
                click.echo(json.dumps(one.raw, ensure_ascii=False))
                continue
            variables = ", ".join(f"{name}: {said.get('property')}" for name, said in one.variables.items())
            click.echo(f"{one.name}  v{one.version}  {one.width} x {one.height}  {variables}")
