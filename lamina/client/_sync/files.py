# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Answers that become files."""

import os
from pathlib import Path

import httpx

from lamina.client._sync.service import Service
from lamina.client.request import Request
from lamina.client.whole_file import whole_file


def saved(service: Service, asked: Request, to: str | os.PathLike[str]) -> tuple[Path, httpx.Headers]:
    """The file that is answered, streamed to a path, which is whole or not there."""
    with whole_file(to) as file:
        headers = service.download(asked, file)
    return Path(to), headers
