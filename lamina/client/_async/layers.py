"""The layers of a decomposition."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._async.files import saved
from lamina.client._async.jobs import AsyncJob
from lamina.client._async.service import AsyncService
from lamina.client.how import How
from lamina.client.pictures import opened
from lamina.client.request import bare, format_of, get, picture_path, post
from lamina.client.shapes import LayerFields

if TYPE_CHECKING:
    from PIL import Image

    from lamina.client._async.decompositions import AsyncDecomposition


@dataclass(frozen=True, kw_only=True)
class AsyncLayer(LayerFields):
    """One layer. Its pictures are on the whole canvas; ``trim`` gives its ``bbox`` alone, ``width`` makes them at most
    so wide."""

    service: AsyncService = field(repr=False, compare=False)

    async def bytes(self, *, format: str = "png", trim: bool = False, width: int | None = None) -> bytes:
        """The picture's file, ``png`` or ``webp``, both lossless."""
        return await self.service.content(get(picture_path(self.url, format), trim=trim or None, w=width))

    async def save(self, to: str | os.PathLike[str], *, trim: bool = False, width: int | None = None) -> Path:
        """The same to a path, by whose suffix it is PNG or WebP."""
        asked = get(picture_path(self.url, format_of(os.fspath(to))), trim=trim or None, w=width)
        return (await saved(self.service, asked, to))[0]

    async def image(self, *, trim: bool = False, width: int | None = None) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(await self.bytes(trim=trim, width=width))

    async def submit_split(self, **how: Unpack[How]) -> AsyncJob:
        """The job that splits the layer further."""
        asked = post(bare(self.url) + "/decompositions", dict(how))
        return AsyncJob.of(self.service, await self.service.json(asked))

    async def split(
        self,
        *,
        timeout_s: float | None = None,
        on_progress: Callable[[AsyncJob], Any] | None = None,
        cancel_on_interrupt: bool = False,
        **how: Unpack[How],
    ) -> "AsyncDecomposition":
        """The decomposition in which its parts stand in the layer's place, when it is made; waits as ``wait`` of a job
        does."""
        job = await self.submit_split(**how)
        done = await job.wait(timeout_s=timeout_s, on_progress=on_progress, cancel_on_interrupt=cancel_on_interrupt)
        return await done.decomposition()
