"""ZIP files from strangers: looked over before anything is read, and read without being unpacked anywhere."""

import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from model.errors import ImageRejected, ImageTooLarge

MOST_ENTRIES = 2_000
MOST_BYTES = 2**30
"""Of all files in an archive, unpacked."""
_DIRECTORY_BYTES = 2**20
_RATIO = 1_000
"""DEFLATE packs nothing tighter than 1,032 to 1; what comes near that is a bomb, if it is large."""
_SMALL = 2**20
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE, _ZIP64_SIGNATURE, _ZIP64_BYTES = b"PK\5\6", b"PK\6\7", 20
_COMMENT_BYTES = 2**16
_FOLDERS = "/data/", "/Thumbnails/"
"""Of OpenRaster: a much used writer, pyora, begins them with a slash. Nothing is unpacked, so that it does no harm."""


class Archive:
    """An archive that holds nothing suspicious."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._sizes = {info.filename: info.file_size for info in file.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def read(self, name: str, most_bytes: int) -> bytes:
        """A file's bytes, whose checksum is right.

        Raises:
            ImageTooLarge: they are more than that.
            ImageRejected: there is no such file, or it is broken.
        """
        if name not in self._sizes:
            raise ImageRejected(f"The archive has no {name!r}, which it names.")
        if self._sizes[name] > most_bytes:
            raise ImageTooLarge(f"{name!r} has {self._sizes[name]:,} bytes; at most {most_bytes:,} are taken.")
        with _refusing():
            return self._file.read(name)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive to read from.

    Raises:
        ImageRejected: it is broken, or made to do harm.
        ImageTooLarge: it holds more than is taken.
    """
    with path.open("rb") as raw:
        _check_directory(raw)
        with _refusing():
            file = zipfile.ZipFile(raw)
        with file:
            _check(file.infolist())
            yield Archive(file)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ImageRejected, MemoryError):
        raise
    except Exception as error:  # an archive made by hand may raise whatever it likes
        raise ImageRejected("The archive is broken or cut short.") from error


def _check_directory(raw: BinaryIO) -> None:
    """Before ``zipfile`` reads the list of files, which it does whole: how long that says it is."""
    size = raw.seek(0, 2)
    raw.seek(max(0, size - _END.size - _COMMENT_BYTES - _ZIP64_BYTES))
    tail = raw.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(tail):
        raise ImageRejected("The archive is broken or cut short: its list of files is missing.")
    directory_bytes = _END.unpack_from(tail, at)[5]
    if tail[max(0, at - _ZIP64_BYTES) :][:4] == _ZIP64_SIGNATURE:
        raise ImageTooLarge("The archive is of the kind for more than 4 GiB, which is not taken.")
    if directory_bytes > _DIRECTORY_BYTES:
        raise ImageTooLarge(f"The archive lists too many files; at most {MOST_ENTRIES:,} are taken.")


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise ImageTooLarge(f"The archive has {len(entries):,} files; at most {MOST_ENTRIES:,} are taken.")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry, seen)
        if entry.flag_bits & 1:
            raise ImageRejected(f"The archive's {entry.filename!r} is encrypted.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ImageRejected(f"The archive's {entry.filename!r} is packed in a way other than DEFLATE.")
        if entry.file_size > _SMALL and entry.file_size > _RATIO * entry.compress_size:
            raise ImageTooLarge(f"The archive's {entry.filename!r} unpacks to {entry.file_size:,} bytes: a bomb.")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise ImageTooLarge(f"The archive unpacks to {total:,} bytes; at most {MOST_BYTES:,} are taken.")


def _check_name(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if (parts[0] == "" and not name.startswith(_FOLDERS)) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ImageRejected(f"The archive has a file that would leave its folder: {name!r}.")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ImageRejected(f"The archive's {name!r} is a link or a device, not a file.")
    if entry.filename in seen:
        raise ImageRejected(f"The archive has two files called {name!r}.")
    seen.add(entry.filename)
