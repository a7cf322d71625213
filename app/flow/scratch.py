"""Files that live as long as their request."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def scratch_file(folder: Path) -> Iterator[Path]:
    """A path of its own in a folder, to be written to; what is there at the end is removed. A folder for each would
    cost several times as much."""
    path = folder / uuid4().hex
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """A path of its own in a folder, where whoever needs it makes a folder; it is removed with all in it at the end."""
    path = folder / uuid4().hex
    try:
        yield path
    finally:
        if path.exists():
            shutil.rmtree(path)
