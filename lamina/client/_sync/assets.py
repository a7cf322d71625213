# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Assets: uploaded pictures that edits put in a layer's place."""

import os
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from lamina.client._sync.files import saved
from lamina.client._sync.service import Service
from lamina.client.pictures import Picture, address_of, file_of
from lamina.client.reading import read
from lamina.client.request import get, upload
from lamina.client.shapes import AssetFields


@dataclass(frozen=True, kw_only=True)
class Asset(AssetFields):
    """An uploaded picture."""

    service: Service = field(repr=False, compare=False)

    def bytes(self) -> bytes:
        """The picture as decoded: a PNG."""
        return self.service.content(get(self.url))

    def save(self, to: str | os.PathLike[str]) -> Path:
        """The same to a path."""
        return (saved(self.service, get(self.url), to))[0]


@dataclass(frozen=True, slots=True)
class Assets:
    """``client.assets``."""

    service: Service

    def upload(self, picture: Picture) -> Asset:
        """Store a picture, once, however often it is uploaded."""
        with nullcontext() if address_of(picture) else file_of(picture) as file:
            raw = self.service.json(upload("/v1/assets", picture, file, {}))
        return read(Asset, raw, service=self.service)
