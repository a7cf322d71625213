"""Answers that become files."""

import os
from pathlib import Path

import httpx

from lamina.client._async.service import AsyncService
from lamina.client.request import Request
from lamina.client.whole_file import whole_file


async def saved(service: AsyncService, asked: Request, to: str | os.PathLike[str]) -> tuple[Path, httpx.Headers]:
    """The file that is answered, streamed to a path, which is whole or not there."""
    with whole_file(to) as file:
        headers = await service.download(asked, file)
    return Path(to), headers
