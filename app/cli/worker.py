"""``lamina worker``: takes jobs off the queue, for use with real servers."""

import os
import sys

import click

from app.cli.leash import end_with
from app.cli.options import become, gpu_options, leash_option, need_servers, settings_with


@click.command()
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="A model to offer; may be repeated.  [default: classic]"
)
@gpu_options
@click.option(
    "--gpu", type=click.IntRange(0), metavar="NUMBER", help="The GPU to use, by nvidia-smi's count; one worker a GPU."
)
@leash_option
def worker(leash: int | None, gpu: int | None, **options: object) -> None:
    """Do the jobs; needs LAMINA_DATABASE_URL and LAMINA_REDIS_URL."""
    if leash is not None:
        end_with(leash)
    if gpu is not None:  # CUDA counts from the fastest card on where it is not told otherwise
        os.environ |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": str(gpu)}
    settings = settings_with(**options)
    need_servers(settings)
    become([*_CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"], settings)


_CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "worker.main:celery"]
