"""A job's way to its end, as a progress bar."""

import click

from app.cli.client import Client, Job

_STEPS = 1000


def finished(client: Client, job: Job) -> Job:
    """Follow the job with a bar on the terminal until it has succeeded.

    Raises:
        click.ClickException: it failed or was canceled.
    """
    with click.progressbar(length=_STEPS, label="queued", show_eta=False, item_show_func=str) as bar:
        for seen in client.follow(job):
            job = seen
            progress = job.get("progress") or {}
            fraction = 1.0 if job["status"] == "succeeded" else float(progress.get("fraction") or 0)
            bar.label = f"{job['status']:<9}"
            bar.update(max(0, int(fraction * _STEPS) - bar.pos), progress.get("stage") or "")
    if job["status"] == "succeeded":
        return job
    error = job.get("error") or {}
    raise click.ClickException(str(error.get("detail") or error.get("title") or f"The job was {job['status']}."))
