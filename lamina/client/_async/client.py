"""The client: a service as a program sees it."""

from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from lamina.client._async.assets import AsyncAssets
from lamina.client._async.decompositions import AsyncDecomposition, AsyncDecompositions
from lamina.client._async.documents import AsyncDocuments
from lamina.client._async.jobs import AsyncJob, AsyncJobs
from lamina.client._async.service import AsyncService
from lamina.client._async.templates import AsyncTemplates
from lamina.client._async.webhooks import AsyncWebhooks
from lamina.client.how import How
from lamina.client.pictures import Picture, address_of, file_of
from lamina.client.reading import read
from lamina.client.request import file_upload, get, sign, upload
from lamina.client.retrying import Retries
from lamina.client.shapes import Fonts, Signed
from lamina.client.where import Where


class AsyncClient:
    """One service. May be shared by threads and tasks; close it, or use it in a ``with``.

    Args:
        url: of the service; ``LAMINA_URL`` of the environment where it is not given, else this machine's port 8080.
        api_key: of the user; ``LAMINA_API_KEY`` where it is not given.
        timeout_s: of each answer's next byte, not of the whole.
        retries: how often what failed in passing is tried again; ``Retries(most=0)`` is never.
        transport: httpx's, in place of the network.

    Raises, and so does every method that asks the service:
        Problem: the service said no.
        NoAnswer: there is none, or not any more.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout_s: float = 90.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        where = Where.of(url, api_key, timeout_s, retries)
        self.url = where.url
        self._service = AsyncService(where, transport)
        self.jobs = AsyncJobs(self._service)
        self.decompositions = AsyncDecompositions(self._service)
        self.documents = AsyncDocuments(self._service)
        self.assets = AsyncAssets(self._service)
        self.templates = AsyncTemplates(self._service)
        self.webhooks = AsyncWebhooks(self._service)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._service.close()

    async def submit(self, picture: Picture, **how: Unpack[How]) -> AsyncJob:
        """The job that takes a picture apart; it has succeeded already where its decomposition is known.

        Args:
            picture: a path, bytes, an open file, Pillow's, or an address that the service fetches.
            how: ``model``, ``max_layers`` and what else ``How`` lists.
        """
        with nullcontext() if address_of(picture) else file_of(picture) as file:
            raw = await self._service.json(upload("/v1/decompositions", picture, file, how))
        return AsyncJob.of(self._service, raw)

    async def decompose(
        self,
        picture: Picture,
        *,
        timeout_s: float | None = None,
        on_progress: Callable[[AsyncJob], Any] | None = None,
        cancel_on_interrupt: bool = False,
        **how: Unpack[How],
    ) -> AsyncDecomposition:
        """The layers of a picture, when they are made; ``submit`` and then ``wait`` of the job.

        Raises:
            JobEnded: it could not be taken apart.
            TimedOut: the job takes longer than ``timeout_s``, and goes on.
        """
        job = await self.submit(picture, **how)
        done = await job.wait(timeout_s=timeout_s, on_progress=on_progress, cancel_on_interrupt=cancel_on_interrupt)
        return await done.decomposition()

    async def import_file(self, file: Picture) -> AsyncDecomposition:
        """The layers of a PSD, an OpenRaster file or Lamina's own ZIP; ``notes["imported"]["warnings"]`` says what of
        it could not be taken.

        Args:
            file: a path, bytes or an open file.
        """
        with file_of(file) as named:
            raw = await self._service.json(file_upload("/v1/decompositions/import", named))
        return AsyncDecomposition.of(self._service, raw)

    async def sign(self, url: str, *, expires_in: int = 3600) -> Signed:
        """The address of a picture or an export, good for so many seconds, for whoever has it.

        Args:
            url: such as ``layer.url``, or the whole address as others reach the service.
        """
        return read(Signed, await self._service.json(sign(url, expires_in)))

    async def fonts(self) -> Fonts:
        """What words can be set in."""
        return read(Fonts, await self._service.json(get("/v1/fonts")))
