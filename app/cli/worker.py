"""``lamina worker``: takes jobs off the queue, for use with real servers."""

import os
import sys

import click

from app.cli.leash import end_with
from app.cli.options import become, gpu_options, leash_option, need_servers, settings_with
from app.settings import RENDERS


@click.command()
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="A model to offer; may be repeated.  [default: classic]"
)
@gpu_options
@click.option(
    "--gpu", type=click.IntRange(0), metavar="NUMBER", help="The GPU to use, by nvidia-smi's count; one worker a GPU."
)
@click.option("--renders", is_flag=True, default=None, help="Draw the rows of batches, and take no picture apart.")
@leash_option
def worker(leash: int | None, gpu: int | None, **options: object) -> None:
    """Do the jobs; needs LAMINA_DATABASE_URL and LAMINA_REDIS_URL."""
    if leash is not None:
        end_with(leash)
    if gpu is not None:  # CUDA counts from the fastest card on where it is not told otherwise
        os.environ |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": str(gpu)}
    settings = settings_with(**options)
    need_servers(settings)
    name = RENDERS if settings.renders else "worker"  # so that a list of processes tells one from the other
    node = ["--hostname", f"{name}@%h"]
    become([*_CELERY, "worker", *node, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"], settings)


_CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "worker.main:celery"]
