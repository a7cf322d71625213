"""``lamina batch``: a template drawn for every row of a file."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import click

from app.cli.exits import Partly, told_plainly
from app.cli.follow import job_bar
from app.cli.local_pictures import Pictures, with_assets
from app.cli.service_options import ENDING, cancel_option, json_option, url_option
from lamina.client import Client, Job, JobEnded, Row, Template

_SHOWN = 20
"""Failed rows that are listed, at most; the ZIP lists all of them."""
_IN_MEMORY = 2**20


@click.command(epilog=ENDING)
@click.argument("template", required=False)
@click.argument("rows", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="The ZIP to write: the pictures, and rows.ndjson, which lists all rows.",
)  # fmt: skip
@click.option(
    "--format", "format_", type=click.Choice(["png", "webp", "jpg", "avif"]), default="png", show_default=True,
    help="Of the pictures.",
)  # fmt: skip
@click.option("--width", type=click.IntRange(1), help="Of the pictures, in pixels; the height follows.")
@click.option("--quality", type=click.IntRange(1, 100), help="Of .webp, .jpg and .avif.")
@click.option("--background", metavar="COLOUR", help="Laid under the pictures: a CSS colour, or checkerboard.")
@click.option("--template-version", type=click.IntRange(1), help="[default: the newest]")
@click.option(
    "--input", "kind", type=click.Choice(["csv", "ndjson", "json"]), help="What ROWS is, where its suffix says it not."
)
@click.option(
    "--pictures", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of pictures that ROWS name; those are uploaded.",
)  # fmt: skip
@click.option("--job", "job_id", metavar="ID", help="Of a batch that was begun earlier, in place of TEMPLATE and ROWS.")
@cancel_option
@url_option
@json_option
def batch(
    template: str | None, rows: Path | None, out: Path, template_version: int | None, kind: str | None,
    pictures: Path | None, job_id: str | None, cancel_on_interrupt: bool, url: str, as_json: bool, **output: Any,
) -> None:  # fmt: skip
    """Draw TEMPLATE once for each of ROWS, and write the pictures as a ZIP.

    ROWS is CSV (a column for each variable, and `name` for the file), NDJSON (an object a line) or JSON
    ({"rows": [...]}); - is standard input. With --pictures, columns of pictures may name files. Rows that cannot be
    drawn are listed, and the others are drawn all the same. Stopped with Ctrl-C, the service goes on, and --job fetches
    what came of it.

    \b
      lamina batch summer-sale rows.csv -o pictures.zip --format webp --width 800
    """
    if (job_id is None) == (template is None or rows is None):
        raise click.UsageError("Name TEMPLATE and ROWS, or --job in their place.")
    with told_plainly(as_json), Client(url) as client:
        if job_id is not None:
            job = client.jobs.get(job_id)
        else:
            assert template is not None
            assert rows is not None
            found = client.templates.get(template, template_version)
            with _rows(rows, kind) as given, _uploaded(client, found, given, pictures) as named:
                job = found.batch(named, format=output.pop("format_"), **output)
        if not as_json:
            click.echo(f"{job.id}: {job.counts.total if job.counts else '?'} rows", err=True)
        ended = _ended(job, cancel_on_interrupt)
        failed = _failed(ended)
        if ended.urls.get("result"):  # of one that was canceled, what was drawn until then
            ended.save_zip(out)
        _say(ended, out, failed, as_json)
        if ended.error is not None:
            raise ended.error
    if failed:
        raise Partly(f"{len(failed)} of {ended.counts.total if ended.counts else '?'} rows could not be drawn.")


@contextmanager
def _rows(rows: Path, kind: str | None) -> Iterator["_Named"]:
    suffix = f".{kind}" if kind else rows.suffix.lower()
    if suffix not in (".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl"):
        raise click.UsageError(f"{rows} does not say what it is; say it with --input.")
    if str(rows) == "-":
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            spool.seek(0)
            yield _Named(spool, f"rows{suffix}")
        return
    with rows.open("rb") as file:
        yield _Named(file, f"rows{suffix}")


@contextmanager
def _uploaded(client: Client, template: Template, rows: "_Named", folder: Path | None) -> Iterator["_Named"]:
    """The rows with assets in place of the pictures of a folder that they name."""
    if folder is None:
        yield rows
        return
    images = [name for name, said in template.variables.items() if said.get("property") == "image"]
    columns = [*images, *(f"{name}.image" for name in images)]
    pictures = Pictures(folder, columns, lambda path: client.assets.upload(path).sha256)
    with with_assets(rows.file, Path(rows.name).suffix, pictures) as file:
        yield _Named(file, rows.name)


class _Named:
    """A file by a name that says what is in it."""

    def __init__(self, file: Any, name: str) -> None:
        self.file, self.name = file, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def _ended(job: Job, cancel: bool) -> Job:
    """Its last state, however it ended."""
    with job_bar() as seen:
        try:
            return job.wait(on_progress=seen, cancel_on_interrupt=cancel)
        except JobEnded as ended:
            last = ended.job
            assert isinstance(last, Job)
            return last


def _failed(job: Job) -> Sequence[Row]:
    return list(job.rows(status="failed")) if job.counts is None or job.counts.failed else []


def _say(job: Job, out: Path, failed: Sequence[Row], as_json: bool) -> None:
    if as_json:
        errors = [{"row": row.row, "name": row.name, **(asdict(row.error) if row.error else {})} for row in failed]
        counts = asdict(job.counts) if job.counts else None
        path = str(out) if job.urls.get("result") else None
        click.echo(json.dumps({"path": path, "job_id": job.id, "counts": counts, "errors": errors}, ensure_ascii=False))
        return
    for row in islice(failed, _SHOWN):
        said = f"{row.error.pointer}: {row.error.detail}" if row.error else ""
        click.echo(f"Row {row.row}: {' '.join(said.split())}", err=True)
    if len(failed) > _SHOWN:
        click.echo(f"And {len(failed) - _SHOWN} more; rows.ndjson in the ZIP lists all of them.", err=True)
    if job.urls.get("result"):
        click.echo(out)
