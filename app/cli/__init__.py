"""The ``lamina`` command. Each subcommand is one file here and is imported when it is called."""

from importlib import import_module

import click

COMMANDS = ("up", "api", "worker", "migrate", "pull", "decompose", "doctor", "demo")


class _OnDemand(click.Group):
    """A group whose subcommands are looked up by name, so that ``lamina --help`` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"app.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lamina", message="%(prog)s %(version)s")
def main() -> None:
    """Any picture into editable RGBA layers that recompose to the original, bit for bit."""
