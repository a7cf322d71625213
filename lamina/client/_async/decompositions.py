"""Decompositions: a picture's layers, what they look like with edits, and as files of other programs."""

import os
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._async.documents import AsyncDocument, AsyncDocuments
from lamina.client._async.files import saved
from lamina.client._async.layers import AsyncLayer
from lamina.client._async.service import AsyncService
from lamina.client.how import ExportOptions, Output
from lamina.client.pictures import opened
from lamina.client.reading import read
from lamina.client.request import Operation, Request, format_of, get, layer_called, path, render, warnings_of
from lamina.client.shapes import DecompositionFields, Exported, Raw, Size

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, kw_only=True)
class AsyncDecomposition(DecompositionFields):
    """An immutable stack of ``layers``, bottom to top, that composites to its source bit for bit."""

    service: AsyncService = field(repr=False, compare=False)
    layers: tuple[AsyncLayer, ...]

    @classmethod
    def of(cls, service: AsyncService, raw: Raw) -> "AsyncDecomposition":
        layers = tuple(read(AsyncLayer, one, service=service) for one in raw.get("layers") or ())
        return read(cls, raw, service=service, layers=layers, size=read(Size, raw.get("image") or {}))

    def layer(self, name: int | str) -> AsyncLayer:
        """The first one of that name or index.

        Raises:
            KeyError: there is none; it says which there are.
        """
        return layer_called(self.layers, name)

    async def render(
        self,
        operations: Operation | Iterable[Operation] = (),
        *,
        layers: Mapping[str, Any] | None = None,
        format: str = "png",
        **output: Unpack[Output],
    ) -> bytes:
        """The picture with the operations applied, a file; without any it is the source, bit for bit.

        Args:
            operations: of the contract, or of ``lamina.client.operations``.
            layers: what layers are to be, by name, after the operations.
            format: ``png``, ``webp``, ``jpeg`` or ``avif``.
        """
        return await self.service.content(render(self.urls["render"], operations, layers, format, output))

    async def save(
        self,
        to: str | os.PathLike[str],
        operations: Operation | Iterable[Operation] = (),
        *,
        layers: Mapping[str, Any] | None = None,
        format: str | None = None,
        **output: Unpack[Output],
    ) -> Path:
        """The same to a path, whose suffix is the format where none is given."""
        asked = render(self.urls["render"], operations, layers, format or format_of(os.fspath(to)), output)
        return (await saved(self.service, asked, to))[0]

    async def image(self, operations: Operation | Iterable[Operation] = (), **output: Unpack[Output]) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(await self.render(operations, **output))

    async def source(self) -> bytes:
        """The picture that was taken apart, as decoded: a PNG."""
        return await self.service.content(get(self.urls["source"]))

    async def composite(self) -> bytes:
        """The layers over each other: a PNG of the same pixels."""
        return await self.service.content(get(self.urls["composite"]))

    async def export(self, format: str, to: str | os.PathLike[str], **options: Unpack[ExportOptions]) -> Exported:
        """The layers as a file of another program: ``psd``, ``ora``, ``svg``, ``tiff``, ``zip`` and what else
        ``urls["exports"]`` lists."""
        asked = get(path("decompositions", self.id, f"export.{format}"), **options)
        written, headers = await saved(self.service, asked, to)
        return Exported(str(written), written.stat().st_size, warnings_of(headers))

    async def edit(self, name: str | None = None) -> AsyncDocument:
        """A new document of it, whose edits are kept."""
        return await AsyncDocuments(self.service).create(self.id, name)

    async def delete(self) -> None:
        """It is gone; documents that are made of it stand in the way.

        Raises:
            Problem: ``decomposition-in-use``.
        """
        await self.service.send(Request("DELETE", self.urls["self"]))


@dataclass(frozen=True, slots=True)
class AsyncDecompositions:
    """``client.decompositions``."""

    service: AsyncService

    async def get(self, decomposition_id: str) -> AsyncDecomposition:
        raw = await self.service.json(get(path("decompositions", decomposition_id)))
        return AsyncDecomposition.of(self.service, raw)

    async def list(self) -> AsyncGenerator[AsyncDecomposition]:
        """All of them, newest first, fetched in pages."""
        asked = get("/v1/decompositions", limit=100)
        async with aclosing(self.service.listed(asked, "decompositions")) as found:
            async for raw in found:
                yield AsyncDecomposition.of(self.service, raw)
