"""Documents: decompositions whose edits are kept, each a revision that can be undone."""

import os
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from lamina.client._async.edits import AsyncEdits
from lamina.client._async.files import saved
from lamina.client._async.service import AsyncService
from lamina.client.how import ExportOptions, Output
from lamina.client.pictures import opened
from lamina.client.reading import read
from lamina.client.request import (
    Operation,
    Request,
    change,
    format_of,
    get,
    layer_called,
    path,
    picture_path,
    picture_query,
    post,
    warnings_of,
)
from lamina.client.shapes import DocumentFields, DocumentLayerFields, Exported, Raw, Revision

if TYPE_CHECKING:
    from PIL import Image

    from lamina.client._async.decompositions import AsyncDecomposition


@dataclass(frozen=True, kw_only=True)
class AsyncDocumentLayer(DocumentLayerFields):
    """A layer as edits left it at the document's revision."""

    service: AsyncService = field(repr=False, compare=False)

    async def bytes(self) -> bytes:
        """Its picture, trimmed, a PNG: to be drawn at the corner of ``edited_bbox``.

        Raises:
            ValueError: there is nothing of it to be seen.
        """
        if self.edited_url is None:
            raise ValueError(f"There is nothing of the layer {self.name!r} to be seen.")
        return await self.service.content(get(self.edited_url))


@dataclass(kw_only=True)
class AsyncDocument(DocumentFields, AsyncEdits):
    """A document at the revision that this object last saw. What changes it is meant for that revision, brings the
    object up to date and gives it back.

    Raises of all that changes it:
        RevisionConflict: somebody else was faster; ``refresh()``, look, and try again.
    """

    service: AsyncService = field(repr=False, compare=False)
    layers: tuple[AsyncDocumentLayer, ...]

    @classmethod
    def of(cls, service: AsyncService, raw: Raw) -> Self:
        layers = tuple(read(AsyncDocumentLayer, one, service=service) for one in raw.get("layers") or ())
        return read(cls, raw, service=service, layers=layers)

    def _take(self, raw: Raw) -> Self:
        vars(self).update(vars(self.of(self.service, raw)))
        return self

    def layer(self, name: int | str) -> AsyncDocumentLayer:
        """The first one of that name or index; raises ``KeyError``, which says which there are."""
        return layer_called(self.layers, name)

    async def refresh(self) -> Self:
        """As it is now, whoever changed it."""
        return self._take(await self.service.json(get(self.urls["self"])))

    async def apply(
        self,
        operations: Operation | Iterable[Operation] = (),
        *,
        layers: Mapping[str, Any] | None = None,
        onto_any: bool = False,
    ) -> Self:
        """All of them become one revision, or none does.

        Args:
            operations: of the contract, or of ``lamina.client.operations``.
            layers: what layers are to be, by name, after the operations.
            onto_any: whatever the newest revision is, and whoever wrote it.
        """
        asked = change(self.urls["operations"], operations, layers, None if onto_any else self._tag)
        return self._take(await self.service.json(asked))

    async def undo(self) -> Self:
        """The state before the last change is shown again; raises ``Problem``, ``nothing-to-undo``."""
        return self._take(await self.service.json(post(self.urls["undo"], if_match=self._tag)))

    async def redo(self) -> Self:
        """What was undone is shown again; raises ``Problem``, ``nothing-to-redo``."""
        return self._take(await self.service.json(post(self.urls["redo"], if_match=self._tag)))

    async def restore(self, revision: int) -> Self:
        """The state of an earlier revision is shown again; ``undo`` takes that back."""
        asked = post(f"{self.urls['revisions']}/{revision}/restore", if_match=self._tag)
        return self._take(await self.service.json(asked))

    async def set_name(self, name: str | None) -> Self:
        """A name is for people: it is no revision."""
        asked = Request("PATCH", self.urls["self"], json={"name": name})
        return self._take(await self.service.json(asked))

    async def revisions(self) -> AsyncGenerator[Revision]:
        """Its history, newest first."""
        async with aclosing(self.service.listed(get(self.urls["revisions"], limit=100), "revisions")) as found:
            async for raw in found:
                yield read(Revision, raw)

    async def operations(self, revision: int | None = None) -> list[dict[str, Any]]:
        """All that lead to a revision, this one where none is given, from the unedited decomposition on."""
        asked = get(f"{self.urls['revisions']}/{revision or self.revision}/operations")
        found: list[dict[str, Any]] = (await self.service.json(asked))["operations"]
        return found

    async def render(self, *, format: str = "png", revision: int | None = None, **output: Unpack[Output]) -> bytes:
        """The picture at a revision, this one where none is given, a file: ``png``, ``webp``, ``jpg``, ``avif``."""
        return await self.service.content(self._picture(format, revision, output))

    async def save(
        self,
        to: str | os.PathLike[str],
        *,
        format: str | None = None,
        revision: int | None = None,
        **output: Unpack[Output],
    ) -> Path:
        """The same to a path, whose suffix is the format where none is given."""
        asked = self._picture(format or format_of(os.fspath(to)), revision, output)
        return (await saved(self.service, asked, to))[0]

    async def image(self, *, revision: int | None = None, **output: Unpack[Output]) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(await self.render(revision=revision, **output))

    async def export(
        self, format: str, to: str | os.PathLike[str], *, revision: int | None = None, **options: Unpack[ExportOptions]
    ) -> Exported:
        """The layers as edits left them, as a file of another program; ``urls["exports"]`` lists the formats."""
        asked = get(path("documents", self.id, f"export.{format}"), revision=revision or self.revision, **options)
        written, headers = await saved(self.service, asked, to)
        return Exported(str(written), written.stat().st_size, warnings_of(headers))

    async def freeze(self) -> "AsyncDecomposition":
        """A decomposition of what it shows."""
        from lamina.client._async.decompositions import AsyncDecomposition

        asked = post(self.urls["freeze"], if_match=self._tag)
        return AsyncDecomposition.of(self.service, await self.service.json(asked))

    async def delete(self) -> None:
        """It is gone, with its history; the decomposition stays."""
        await self.service.send(Request("DELETE", self.urls["self"]))

    @property
    def _tag(self) -> str:
        return f'"r{self.revision}"'

    def _picture(self, format: str, revision: int | None, output: Output) -> Request:
        where = picture_path(self.urls["render"], "jpg" if format == "jpeg" else format)
        return get(where, revision=revision or self.revision, **picture_query(output))


@dataclass(frozen=True, slots=True)
class AsyncDocuments:
    """``client.documents``."""

    service: AsyncService

    async def create(self, decomposition_id: str, name: str | None = None) -> AsyncDocument:
        """A new one of a decomposition, unedited."""
        asked = post("/v1/documents", {"decomposition_id": decomposition_id, "name": name})
        return AsyncDocument.of(self.service, await self.service.json(asked))

    async def get(self, document_id: str) -> AsyncDocument:
        return AsyncDocument.of(self.service, await self.service.json(get(path("documents", document_id))))

    async def list(self, *, decomposition_id: str | None = None) -> AsyncGenerator[AsyncDocument]:
        """All of them, or those of a decomposition, newest first, fetched in pages."""
        asked = get("/v1/documents", decomposition_id=decomposition_id, limit=100)
        async with aclosing(self.service.listed(asked, "documents")) as found:
            async for raw in found:
                yield AsyncDocument.of(self.service, raw)
