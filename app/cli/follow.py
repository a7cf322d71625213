"""The way of a job, or of a run of a model, to its end, as a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from lamina.client import Job

_STEPS = 1000
_WIDTH = 16
"""In characters: with the longest model's name and stage a line is as long as a terminal is wide, 80."""

Show = Callable[[str, float, str], None]
"""``show(label, fraction, stage)``; the bar never goes back."""


def stage_of(stage: str | None, step: int | None, steps: int | None) -> str:
    """The stage as the bar names it, with its step where it has steps."""
    return f"{stage} {step}/{steps}" if stage and steps else stage or ""


@contextmanager
def progress_bar(label: str) -> Iterator[Show]:
    """A bar on the terminal; outside of one, nothing."""
    with click.progressbar(
        length=_STEPS,
        label=f"{label:<9}",
        show_eta=False,
        width=_WIDTH,
        item_show_func=lambda stage: stage or "",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def show(label: str, fraction: float, stage: str) -> None:
            bar.label = f"{label:<9}"
            bar.update(max(0, int(fraction * _STEPS) - bar.pos), stage)
            bar.render_progress()  # update() draws where the bar moves only; it stands while a model runs once more

        yield show


@contextmanager
def job_bar() -> Iterator[Callable[[Job], None]]:
    """A bar for the ``on_progress`` of a job."""
    with progress_bar("sending") as show:

        def seen(job: Job) -> None:
            fraction = 1.0 if job.status == "succeeded" else job.progress.fraction
            show(job.status, fraction, stage_of(job.progress.stage, job.progress.step, job.progress.steps))

        yield seen
