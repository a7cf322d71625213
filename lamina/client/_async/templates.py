"""Templates: documents with variables, drawn with values; one by one, or many as a batch."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._async.assets import AsyncAssets
from lamina.client._async.documents import AsyncDocument
from lamina.client._async.files import saved
from lamina.client._async.jobs import AsyncJob
from lamina.client._async.service import AsyncService
from lamina.client.how import Output
from lamina.client.pictures import opened
from lamina.client.reading import read
from lamina.client.request import Request, format_of, get, path, post, template_request, template_version
from lamina.client.rows import Rows, batch_request, file_of_rows, is_file, objects_of, spool, written_row
from lamina.client.shapes import AssetFields, Raw, TemplateFields, TemplateVersion
from lamina.client.values import picture_in

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, kw_only=True)
class AsyncTemplate(TemplateFields):
    """A template at a version. What it draws is of that version, whatever was made since.

    Values are by the names of ``variables``. For an image a path (a ``Path``, not its text), bytes, an open file or
    Pillow's picture is uploaded; a text is an asset's sha256 or an address.
    """

    service: AsyncService = field(repr=False, compare=False)

    @classmethod
    def of(cls, service: AsyncService, raw: Raw) -> "AsyncTemplate":
        return read(cls, raw, service=service)

    async def render(
        self, values: Mapping[str, Any] | None = None, *, format: str = "png", **output: Unpack[Output]
    ) -> bytes:
        """The picture with these values, a file: ``png``, ``webp``, ``jpeg``, ``avif``."""
        return await self.service.content(await self._picture(values, format, output))

    async def save(
        self,
        to: str | os.PathLike[str],
        values: Mapping[str, Any] | None = None,
        *,
        format: str | None = None,
        **output: Unpack[Output],
    ) -> Path:
        """The same to a path, whose suffix is the format where none is given."""
        asked = await self._picture(values, format or format_of(os.fspath(to)), output)
        return (await saved(self.service, asked, to))[0]

    async def image(self, values: Mapping[str, Any] | None = None, **output: Unpack[Output]) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(await self.render(values, **output))

    async def batch(
        self, rows: Rows, *, format: str = "png", webhook_url: str | None = None, **output: Unpack[Output]
    ) -> AsyncJob:
        """The job that draws a picture for each row; ``wait`` for it, then ``save_zip`` or ``rows``.

        Args:
            rows: a path or an open file with a name (``.csv``, ``.tsv``, ``.ndjson``, ``.json``), or objects, each of
                values and perhaps ``name``, of its file.
        """
        if is_file(rows):
            with file_of_rows(rows) as named:
                return await self._submitted(named, format, webhook_url, output)
        uploaded: dict[Any, str] = {}
        with spool() as named:
            for row in objects_of(rows):
                named[1].write(written_row(await self._values(row, uploaded)))
            named[1].seek(0)
            return await self._submitted(named, format, webhook_url, output)

    async def versions(self) -> AsyncGenerator[TemplateVersion]:
        """All of them, newest first."""
        async with aclosing(self.service.listed(get(self.urls["versions"], limit=100), "versions")) as found:
            async for raw in found:
                yield read(TemplateVersion, raw)

    async def restore(self, version: int) -> "AsyncTemplate":
        """An earlier version is the newest again, as a version of its own."""
        asked = post(f"{self.urls['versions']}/{version}/restore")
        return self.of(self.service, await self.service.json(asked))

    async def delete(self) -> None:
        """All its versions are gone; the document stays."""
        await self.service.send(Request("DELETE", self.urls["self"]))

    async def _picture(self, values: Mapping[str, Any] | None, format: str, output: Output) -> Request:
        drawn = await self._values(values or {}, {})
        return template_request(self.urls["render"], drawn, self.version, format, output)

    async def _values(self, values: Mapping[str, Any], uploaded: dict[Any, str]) -> dict[str, Any]:
        return {name: await self._value(value, uploaded) for name, value in values.items()}

    async def _value(self, value: Any, uploaded: dict[Any, str]) -> Any:
        picture = picture_in(value)
        if picture is None:
            return value.sha256 if isinstance(value, AssetFields) else value
        key = os.fspath(picture) if isinstance(picture, os.PathLike) else id(picture)
        if key not in uploaded:
            uploaded[key] = (await AsyncAssets(self.service).upload(picture)).sha256
        return uploaded[key]

    async def _submitted(self, rows: Any, format: str, webhook_url: str | None, output: Output) -> AsyncJob:
        where = path("templates", self.name, "batch")
        asked = batch_request(where, rows, self.version, format, output, webhook_url)
        return AsyncJob.of(self.service, await self.service.json(asked))


@dataclass(frozen=True, slots=True)
class AsyncTemplates:
    """``client.templates``."""

    service: AsyncService

    async def create(
        self,
        name: str,
        document: AsyncDocument | str,
        variables: Mapping[str, Any] | None = None,
        *,
        revision: int | None = None,
        description: str | None = None,
        after: int | None = None,
        only_new: bool = False,
    ) -> AsyncTemplate:
        """The template of that name: its first version, or its next; the same again makes none.

        Args:
            document: or its id.
            variables: ``{"headline": {"layer": 1, "property": "text"}}``.
            revision: of the document; the one that the object is at, or of an id the newest.
            after: only if this is the newest version; else ``RevisionConflict``.
            only_new: only if there is no template of this name; else ``RevisionConflict``.
        """
        at = revision or (document.revision if isinstance(document, AsyncDocument) else None)
        of = document.id if isinstance(document, AsyncDocument) else document
        asked = template_version(name, of, dict(variables or {}), at, description, after, only_new)
        return AsyncTemplate.of(self.service, await self.service.json(asked))

    async def get(self, name: str, version: int | None = None) -> AsyncTemplate:
        """At a version; at the newest where none is given."""
        asked = get(path("templates", name), version=version)
        return AsyncTemplate.of(self.service, await self.service.json(asked))

    async def list(self) -> AsyncGenerator[AsyncTemplate]:
        """All of them, newest first, fetched in pages."""
        async with aclosing(self.service.listed(get("/v1/templates", limit=100), "templates")) as found:
            async for raw in found:
                yield AsyncTemplate.of(self.service, raw)
