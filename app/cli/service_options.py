"""Options of the commands that talk to a service, and what all of them end with."""

import click

from lamina.client.where import DEFAULT_URL, URL

url_option = click.option(
    "--url", envvar=URL, show_envvar=True, default=DEFAULT_URL, show_default=True, help="Of a running service."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Say what was done as JSON; a problem too, on standard error."
)
cancel_option = click.option(
    "--cancel-on-interrupt", is_flag=True,
    help="Ctrl-C cancels the job too, for all who asked for the same; without it the service goes on.",
)  # fmt: skip

ENDING = "Exit status: 0 done, 1 the service said no, 2 wrong usage, 3 there is no service, 4 some failed, 130 Ctrl-C."
