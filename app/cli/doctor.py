"""``lamina doctor``: what this machine has, what it lacks, and how to get that."""

import sys
from pathlib import Path

import click

from app.cli.checks import STATES, Check, examine
from app.cli.options import data_option, gpu_options, listen_option, models_option, port_option, settings_with


@click.command()
@listen_option
@port_option
@data_option
@models_option
@gpu_options
def doctor(data: Path | None, **options: object) -> None:
    """Say what is missing and how to get it; exit status 1 when something needed is."""
    checks = examine(settings_with(data_dir=data, **options))
    for line in _table(checks):
        click.echo(line)
    lacking = [check for check in checks if check.state == "missing"]
    if lacking:
        click.echo(f"\n{len(lacking)} of {len(checks)} checks found something missing that is needed.")
        sys.exit(1)
    click.echo("\nEverything needed is here.")


def _table(checks: list[Check]) -> list[str]:
    width = max(len(check.name) for check in checks)
    state_width = max(map(len, STATES))
    lines = []
    for check in checks:
        lines.append(f"{check.name:<{width}}  {check.state:<{state_width}}  {check.detail}")
        if check.remedy:
            lines.append(" " * (width + state_width + 4) + f"-> {check.remedy}")
    return lines
