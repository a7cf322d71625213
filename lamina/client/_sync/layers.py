# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""The layers of a decomposition."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lamina.client._sync.files import saved
from lamina.client._sync.jobs import Job
from lamina.client._sync.service import Service
from lamina.client.how import How
from lamina.client.pictures import opened
from lamina.client.request import bare, format_of, get, picture_path, post
from lamina.client.shapes import LayerFields

if TYPE_CHECKING:
    from PIL import Image

    from lamina.client._sync.decompositions import Decomposition


@dataclass(frozen=True, kw_only=True)
class Layer(LayerFields):
    """One layer. Its pictures are on the whole canvas; ``trim`` gives its ``bbox`` alone, ``width`` makes them at most
    so wide."""

    service: Service = field(repr=False, compare=False)

    def bytes(self, *, format: str = "png", trim: bool = False, width: int | None = None) -> bytes:
        """The picture's file, ``png`` or ``webp``, both lossless."""
        return self.service.content(get(picture_path(self.url, format), trim=trim or None, w=width))

    def save(self, to: str | os.PathLike[str], *, trim: bool = False, width: int | None = None) -> Path:
        """The same to a path, by whose suffix it is PNG or WebP."""
        asked = get(picture_path(self.url, format_of(os.fspath(to))), trim=trim or None, w=width)
        return (saved(self.service, asked, to))[0]

    def image(self, *, trim: bool = False, width: int | None = None) -> "Image.Image":
        """The same as Pillow's picture; needs Pillow."""
        return opened(self.bytes(trim=trim, width=width))

    def submit_split(self, **how: Unpack[How]) -> Job:
        """The job that splits the layer further."""
        asked = post(bare(self.url) + "/decompositions", dict(how))
        return Job.of(self.service, self.service.json(asked))

    def split(
        self,
        *,
        timeout_s: float | None = None,
        on_progress: Callable[[Job], Any] | None = None,
        cancel_on_interrupt: bool = False,
        **how: Unpack[How],
    ) -> "Decomposition":
        """The decomposition in which its parts stand in the layer's place, when it is made; waits as ``wait`` of a job
        does."""
        job = self.submit_split(**how)
        done = job.wait(timeout_s=timeout_s, on_progress=on_progress, cancel_on_interrupt=cancel_on_interrupt)
        return done.decomposition()
