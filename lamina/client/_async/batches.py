"""What came of a batch, row by row."""

import os
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import IO, cast

from lamina.client._async.files import saved
from lamina.client._async.service import AsyncService
from lamina.client.reading import read
from lamina.client.request import get
from lamina.client.shapes import RowFields

_IN_MEMORY = 2**20


@dataclass(frozen=True, kw_only=True)
class AsyncRow(RowFields):
    """One row and, where it was drawn, its picture."""

    service: AsyncService = field(repr=False, compare=False)

    async def bytes(self) -> bytes:
        """The picture's file; raises ``ValueError`` where there is none."""
        return await self.service.content(get(self._url))

    async def save(self, to: str | os.PathLike[str]) -> Path:
        """The same to a path."""
        return (await saved(self.service, get(self._url), to))[0]

    @property
    def _url(self) -> str:
        if self.url is None:
            raise ValueError(f"The row {self.row} has no picture: it is {self.status}.")
        return self.url


async def rows_of(service: AsyncService, url: str, status: str | None) -> AsyncGenerator[AsyncRow]:
    """The rows at an address of NDJSON, which may be long."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        file = cast("IO[bytes]", spool)
        await service.download(get(url, status=status), file)
        file.seek(0)
        for line in file:
            yield read(AsyncRow, loads(line), service=service)
