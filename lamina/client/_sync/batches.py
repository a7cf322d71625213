# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""What came of a batch, row by row."""

import os
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import IO, cast

from lamina.client._sync.files import saved
from lamina.client._sync.service import Service
from lamina.client.reading import read
from lamina.client.request import get
from lamina.client.shapes import RowFields

_IN_MEMORY = 2**20


@dataclass(frozen=True, kw_only=True)
class Row(RowFields):
    """One row and, where it was drawn, its picture."""

    service: Service = field(repr=False, compare=False)

    def bytes(self) -> bytes:
        """The picture's file; raises ``ValueError`` where there is none."""
        return self.service.content(get(self._url))

    def save(self, to: str | os.PathLike[str]) -> Path:
        """The same to a path."""
        return (saved(self.service, get(self._url), to))[0]

    @property
    def _url(self) -> str:
        if self.url is None:
            raise ValueError(f"The row {self.row} has no picture: it is {self.status}.")
        return self.url


def rows_of(service: Service, url: str, status: str | None) -> Generator[Row]:
    """The rows at an address of NDJSON, which may be long."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        file = cast("IO[bytes]", spool)
        service.download(get(url, status=status), file)
        file.seek(0)
        for line in file:
            yield read(Row, loads(line), service=service)
