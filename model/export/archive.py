"""ZIP files of which the same contents give the same bytes."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_LONG_AGO = 1980, 1, 1, 0, 0, 0
"""The first moment that a ZIP knows: when it was made is nothing that a file should differ by."""
_UNIX, _READABLE = 3, 0o644 << 16


class Archive:
    """An archive that is being written, front to back."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    def add(self, name: str, data: bytes, *, packed: bool = False) -> None:
        """One file of it; as it is, which is all that helps a PNG, or ``packed``."""
        info = zipfile.ZipInfo(name, _LONG_AGO)
        info.create_system, info.external_attr = _UNIX, _READABLE
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._file.writestr(info, data)


@contextmanager
def archive(file: BinaryIO) -> Iterator[Archive]:
    """A new archive in a file, whole when the ``with`` ends."""
    with zipfile.ZipFile(file, "w") as whole:
        yield Archive(whole)
