"""The way of a job, or of a run of a model, to its end, as a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from app.cli.client import Client, Job

_STEPS = 1000

Show = Callable[[str, float, str], None]
"""``show(label, fraction, stage)``; the bar never goes back."""


@contextmanager
def progress_bar(label: str) -> Iterator[Show]:
    """A bar on the terminal; outside of one, nothing."""
    with click.progressbar(
        length=_STEPS,
        label=f"{label:<9}",
        show_eta=False,
        item_show_func=lambda stage: stage or "",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def show(label: str, fraction: float, stage: str) -> None:
            bar.label = f"{label:<9}"
            bar.update(max(0, int(fraction * _STEPS) - bar.pos), stage)

        yield show


def finished(client: Client, job: Job) -> Job:
    """Follow the job with a bar until it has succeeded.

    Raises:
        click.ClickException: it failed or was canceled.
    """
    with progress_bar("queued") as show:
        for seen in client.follow(job):
            job = seen
            progress = job.get("progress") or {}
            fraction = 1.0 if job["status"] == "succeeded" else float(progress.get("fraction") or 0)
            show(job["status"], fraction, progress.get("stage") or "")
    if job["status"] == "succeeded":
        return job
    error = job.get("error") or {}
    raise click.ClickException(str(error.get("detail") or error.get("title") or f"The job was {job['status']}."))
