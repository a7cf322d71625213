"""What may be given for a picture, and what comes back as one."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

if TYPE_CHECKING:
    from PIL import Image


@runtime_checkable
class Drawn(Protocol):
    """A picture in memory that can write itself, as Pillow's can."""

    def save(self, file: IO[bytes], format: str) -> Any: ...
    def tobytes(self) -> bytes: ...


Picture: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Drawn
"""A path, a file's bytes, an open file, a picture of Pillow's, or an ``http://`` or ``https://`` address that the
service fetches."""

_IN_MEMORY = 2**20


def address_of(picture: Picture) -> str | None:
    """The address, where the picture is one that the service is to fetch."""
    is_one = isinstance(picture, str) and picture.lower().startswith(("http://", "https://"))
    return cast("str", picture) if is_one else None


@contextmanager
def file_of(picture: Picture) -> Iterator[tuple[str, IO[bytes]]]:
    """A name, and a file that can be read more than once; never the whole of a large one in memory.

    Raises:
        OSError: the path cannot be read.
        TypeError: it is nothing that can be sent.
    """
    if isinstance(picture, str | os.PathLike):
        with Path(picture).open("rb") as file:
            yield _sendable(Path(picture).name), file
    elif isinstance(picture, bytes | bytearray | memoryview):
        yield "picture", io.BytesIO(picture)
    elif isinstance(picture, Drawn):
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            picture.save(cast("IO[bytes]", spool), format="PNG")
            yield "picture.png", cast("IO[bytes]", spool)
    elif hasattr(picture, "read"):
        with _seekable(picture) as file:
            yield _sendable(Path(str(getattr(picture, "name", "picture"))).name) or "picture", file
    else:
        raise TypeError(f"A picture is a path, bytes, a file, Pillow's or an address, not {type(picture).__name__}.")


def _sendable(name: str) -> str:
    """A file's name may hold bytes that are no UTF-8, which no request can carry."""
    return name.encode("utf-8", "replace").decode()


@contextmanager
def _seekable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """From where it stands to its end; a pipe is copied, so that it can be sent again."""
    seekable = getattr(file, "seekable", lambda: False)
    if seekable() and file.tell() == 0:
        yield file
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        while chunk := file.read(_IN_MEMORY):
            spool.write(chunk)
        spool.seek(0)
        yield cast("IO[bytes]", spool)


def opened(file: bytes) -> "Image.Image":
    """A file as Pillow's picture, loaded.

    Raises:
        ImportError: Pillow is not installed; it is not needed for anything else.
    """
    pillow = import_module("PIL.Image")
    found: Image.Image = pillow.open(io.BytesIO(file))
    found.load()
    return found
