"""``lamina worker``: takes jobs off the queue, for use with real servers."""

import sys

import click

from app.cli.leash import end_with
from app.cli.options import become, gpu_options, leash_option, need_servers, settings_with


@click.command()
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="A model to offer; may be repeated.  [default: classic]"
)
@gpu_options
@leash_option
def worker(leash: int | None, **options: object) -> None:
    """Do the jobs; needs LAMINA_DATABASE_URL and LAMINA_REDIS_URL."""
    if leash is not None:
        end_with(leash)
    settings = settings_with(**options)
    need_servers(settings)
    become([*_CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"], settings)


_CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "worker.main:celery"]
