"""What an edit or an export is of: a decomposition, a document, or a picture that is taken apart first."""

import re
from pathlib import Path
from typing import Any

import click

from app.cli.follow import job_bar
from lamina.client import Client, Decomposition, Document

_DECOMPOSITION, _DOCUMENT = re.compile(r"dec_\w+"), re.compile(r"doc_\w+")
PICTURE = "DECOMPOSITION|DOCUMENT|PICTURE"


def source_of(client: Client, named: str, **how: Any) -> Decomposition | Document:
    """An id (``dec_…``, ``doc_…``) where no file has that name; else the file's layers, with a bar while they are made.

    Args:
        how: to take a picture apart.

    Raises:
        click.BadParameter: it is neither an id nor a file.
    """
    if Path(named).is_file():
        with job_bar() as seen:
            return client.decompose(named, on_progress=seen, **how)
    if _DOCUMENT.fullmatch(named):
        return client.documents.get(named)
    if _DECOMPOSITION.fullmatch(named):
        return client.decompositions.get(named)
    raise click.BadParameter(f"{named!r} is neither a file nor an id (dec_…, doc_…).", param_hint=PICTURE)
