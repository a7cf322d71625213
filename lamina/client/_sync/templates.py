# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""Templates: documents with variables, drawn with values; one by one, or many as a batch."""

import os
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._sync.assets import Assets
from lamina.client._sync.documents import Document
from lamina.client._sync.files import saved
from lamina.client._sync.jobs import Job
from lamina.client._sync.service import Service
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
class Template(TemplateFields):
    """A template at a version. What it draws is of that version, whatever was made since.

    Values are by the names of ``variables``. For an image a path (a ``Path``, not its text), bytes, an open file or
    Pillow's picture is uploaded; a text is an asset's sha256 or an address.
    """

    service: Service = field(repr=False, compare=False)

    @classmethod
    def of(cls, service: Service, raw: Raw) -> "Template":
        return read(cls, raw, service=service)

    def render(
        self, values: Mapping[str, Any] | None = None, *, format: str = "png", **output: Unpack[Output]
    ) -> bytes:
        """The picture with these values, a file: ``png``, ``webp``, ``jpeg``, ``avif``."""
        return self.service.content(self._picture(values, format, output))

    def save(
        self,
        to: str | os.PathLike[str],
        values: Mapping[str, Any] | None = None,
        *,
        format: str | None = None,
        **output: Unpack[Output],
    ) -> Path:
        """The same to a path, whose suffix is the format where none is given."""
        asked = self._picture(values, format or format_of(os.fspath(to)), output)
        return (saved(self.service, asked, to))[0]

    def image(self, values: Mapping[str, Any] | None = None, **output: Unpack[Output]) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(self.render(values, **output))

    def batch(
        self, rows: Rows, *, format: str = "png", webhook_url: str | None = None, **output: Unpack[Output]
    ) -> Job:
        """The job that draws a picture for each row; ``wait`` for it, then ``save_zip`` or ``rows``.

        Args:
            rows: a path or an open file with a name (``.csv``, ``.tsv``, ``.ndjson``, ``.json``), or objects, each of
                values and perhaps ``name``, of its file.
        """
        if is_file(rows):
            with file_of_rows(rows) as named:
                return self._submitted(named, format, webhook_url, output)
        uploaded: dict[Any, str] = {}
        with spool() as named:
            for row in objects_of(rows):
                named[1].write(written_row(self._values(row, uploaded)))
            named[1].seek(0)
            return self._submitted(named, format, webhook_url, output)

    def versions(self) -> Generator[TemplateVersion]:
        """All of them, newest first."""
        with closing(self.service.listed(get(self.urls["versions"], limit=100), "versions")) as found:
            for raw in found:
                yield read(TemplateVersion, raw)

    def restore(self, version: int) -> "Template":
        """An earlier version is the newest again, as a version of its own."""
        asked = post(f"{self.urls['versions']}/{version}/restore")
        return self.of(self.service, self.service.json(asked))

    def delete(self) -> None:
        """All its versions are gone; the document stays."""
        self.service.send(Request("DELETE", self.urls["self"]))

    def _picture(self, values: Mapping[str, Any] | None, format: str, output: Output) -> Request:
        drawn = self._values(values or {}, {})
        return template_request(self.urls["render"], drawn, self.version, format, output)

    def _values(self, values: Mapping[str, Any], uploaded: dict[Any, str]) -> dict[str, Any]:
        return {name: self._value(value, uploaded) for name, value in values.items()}

    def _value(self, value: Any, uploaded: dict[Any, str]) -> Any:
        picture = picture_in(value)
        if picture is None:
            return value.sha256 if isinstance(value, AssetFields) else value
        key = os.fspath(picture) if isinstance(picture, os.PathLike) else id(picture)
        if key not in uploaded:
            uploaded[key] = (Assets(self.service).upload(picture)).sha256
        return uploaded[key]

    def _submitted(self, rows: Any, format: str, webhook_url: str | None, output: Output) -> Job:
        where = path("templates", self.name, "batch")
        asked = batch_request(where, rows, self.version, format, output, webhook_url)
        return Job.of(self.service, self.service.json(asked))


@dataclass(frozen=True, slots=True)
class Templates:
    """``client.templates``."""

    service: Service

    def create(
        self,
        name: str,
        document: Document | str,
        variables: Mapping[str, Any] | None = None,
        *,
        revision: int | None = None,
        description: str | None = None,
        after: int | None = None,
        only_new: bool = False,
    ) -> Template:
        """The template of that name: its first version, or its next; the same again makes none.

        Args:
            document: or its id.
            variables: ``{"headline": {"layer": 1, "property": "text"}}``.
            revision: of the document; the one that the object is at, or of an id the newest.
            after: only if this is the newest version; else ``RevisionConflict``.
            only_new: only if there is no template of this name; else ``RevisionConflict``.
        """
        at = revision or (document.revision if isinstance(document, Document) else None)
        of = document.id if isinstance(document, Document) else document
        asked = template_version(name, of, dict(variables or {}), at, description, after, only_new)
        return Template.of(self.service, self.service.json(asked))

    def get(self, name: str, version: int | None = None) -> Template:
        """At a version; at the newest where none is given."""
        asked = get(path("templates", name), version=version)
        return Template.of(self.service, self.service.json(asked))

    def list(self) -> Generator[Template]:
        """All of them, newest first, fetched in pages."""
        with closing(self.service.listed(get("/v1/templates", limit=100), "templates")) as found:
            for raw in found:
                yield Template.of(self.service, raw)
