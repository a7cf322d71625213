"""Assets: uploaded pictures that edits put in a layer's place."""

import os
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from lamina.client._async.files import saved
from lamina.client._async.service import AsyncService
from lamina.client.pictures import Picture, address_of, file_of
from lamina.client.reading import read
from lamina.client.request import get, upload
from lamina.client.shapes import AssetFields


@dataclass(frozen=True, kw_only=True)
class AsyncAsset(AssetFields):
    """An uploaded picture."""

    service: AsyncService = field(repr=False, compare=False)

    async def bytes(self) -> bytes:
        """The picture as decoded: a PNG."""
        return await self.service.content(get(self.url))

    async def save(self, to: str | os.PathLike[str]) -> Path:
        """The same to a path."""
        return (await saved(self.service, get(self.url), to))[0]


@dataclass(frozen=True, slots=True)
class AsyncAssets:
    """``client.assets``."""

    service: AsyncService

    async def upload(self, picture: Picture) -> AsyncAsset:
        """Store a picture, once, however often it is uploaded."""
        with nullcontext() if address_of(picture) else file_of(picture) as file:
            raw = await self.service.json(upload("/v1/assets", picture, file, {}))
        return read(AsyncAsset, raw, service=self.service)
