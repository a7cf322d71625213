"""The ``lamina`` command. Each subcommand is one file here and is imported when it is called."""

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

COMMANDS = (
    "up", "api", "worker", "migrate", "pull", "decompose", "edit", "export", "import", "templates", "render", "batch",
    "watch", "doctor", "demo",
)  # fmt: skip
INTERRUPTED = 130
"""128 + SIGINT."""


class _OnDemand(click.Group):
    """A group whose subcommands are looked up by name, so that ``lamina --help`` starts at once."""

    def invoke(self, ctx: click.Context) -> Any:
        """Ctrl-C is status 130, as shells have it, where a command has nothing else to say to it; click's is 1."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = getattr(import_module(f"app.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lamina", message="%(prog)s %(version)s")
def main() -> None:
    """Any picture into editable RGBA layers that recompose to the original, bit for bit."""
