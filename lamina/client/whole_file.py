"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write and to read, which takes its name when the ``with`` ends well; else nothing is left of it and
    what was there before stays.

    Raises:
        OSError: the folder is not there, or cannot be written to.
    """
    target = Path(path)
    part = target.with_name(f".{target.name[:80]}.{uuid4().hex[:12]}.part")
    try:
        with part.open("x+b") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
