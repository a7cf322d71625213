# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Decompositions: a picture's layers, what they look like with edits, and as files of other programs."""

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._sync.documents import Document, Documents
from lamina.client._sync.files import saved
from lamina.client._sync.layers import Layer
from lamina.client._sync.service import Service
from lamina.client.how import ExportOptions, Output
from lamina.client.pictures import opened
from lamina.client.reading import read
from lamina.client.request import Operation, Request, format_of, get, layer_called, path, render, warnings_of
from lamina.client.shapes import DecompositionFields, Exported, Raw, Size

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, kw_only=True)
class Decomposition(DecompositionFields):
    """An immutable stack of ``layers``, bottom to top, that composites to its source bit for bit."""

    service: Service = field(repr=False, compare=False)
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, service: Service, raw: Raw) -> "Decomposition":
        layers = tuple(read(Layer, one, service=service) for one in raw.get("layers") or ())
        return read(cls, raw, service=service, layers=layers, size=read(Size, raw.get("image") or {}))

    def layer(self, name: int | str) -> Layer:
        """The first one of that name or index.

        Raises:
            KeyError: there is none; it says which there are.
        """
        return layer_called(self.layers, name)

    def render(
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
        return self.service.content(render(self.urls["render"], operations, layers, format, output))

    def save(
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
        return (saved(self.service, asked, to))[0]

    def image(self, operations: Operation | Iterable[Operation] = (), **output: Unpack[Output]) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(self.render(operations, **output))

    def source(self) -> bytes:
        """The picture that was taken apart, as decoded: a PNG."""
        return self.service.content(get(self.urls["source"]))

    def composite(self) -> bytes:
        """The layers over each other: a PNG of the same pixels."""
        return self.service.content(get(self.urls["composite"]))

    def export(self, format: str, to: str | os.PathLike[str], **options: Unpack[ExportOptions]) -> Exported:
        """The layers as a file of another program: ``psd``, ``ora``, ``svg``, ``tiff``, ``zip`` and what else
        ``urls["exports"]`` lists."""
        asked = get(path("decompositions", self.id, f"export.{format}"), **options)
        written, headers = saved(self.service, asked, to)
        return Exported(str(written), written.stat().st_size, warnings_of(headers))

    def edit(self, name: str | None = None) -> Document:
        """A new document of it, whose edits are kept."""
        return Documents(self.service).create(self.id, name)

    def delete(self) -> None:
        """It is gone; documents that are made of it stand in the way.

        Raises:
            Problem: ``decomposition-in-use``.
        """
        self.service.send(Request("DELETE", self.urls["self"]))


@dataclass(frozen=True, slots=True)
class Decompositions:
    """``client.decompositions``."""

    service: Service

    def get(self, decomposition_id: str) -> Decomposition:
        raw = self.service.json(get(path("decompositions", decomposition_id)))
        return Decomposition.of(self.service, raw)

    def list(self) -> Generator[Decomposition]:
        """All of them, newest first, fetched in pages."""
        asked = get("/v1/decompositions", limit=100)
        with closing(self.service.listed(asked, "decompositions")) as found:
            for raw in found:
                yield Decomposition.of(self.service, raw)
