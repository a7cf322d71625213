"""The pictures of a batch as a ZIP that is never made: every byte of it is known before the first is sent.

Pictures are stored as they are (they are compressed already), and their sizes and checksums were kept with them. So the
length is known, ranges can be asked for, and no more is in memory than the piece that is being sent. Format: APPNOTE
6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 16; ZIP64 where there is more than the older fields hold.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

_UTF8 = 0x0800
_STORED = 0
_PLAIN, _ZIP64 = 20, 45  # versions needed to extract
_MADE_BY = 3 << 8 | _ZIP64  # Unix
_FILE_MODE = 0o100644 << 16
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF

Read: TypeAlias = Callable[[str, int, int], bytes]
"""``read(sha256, start, length)``: a piece of a picture."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive: a picture by its ``sha256``, or ``data`` itself."""

    name: str
    size: int
    crc32: int
    sha256: str = ""
    data: bytes | None = None

    @classmethod
    def of(cls, name: str, data: bytes) -> "Entry":
        return cls(name, len(data), zlib.crc32(data), data=data)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive to be sent; ``size`` in bytes."""

    parts: Sequence[bytes | Entry]
    size: int

    def bytes(self, read: Read, start: int, end: int, piece: int = 2**20) -> Iterator[bytes]:
        """Those from ``start`` to ``end``, in pieces of at most ``piece``."""
        at = 0
        for part in self.parts:
            length = len(part) if isinstance(part, bytes) else part.size
            first, last = max(start - at, 0), min(end - at, length)
            at += length
            if first >= last:
                continue
            held = part if isinstance(part, bytes) else part.data
            for begin in range(first, last, piece):
                stop = min(begin + piece, last)
                if held is not None:
                    yield held[begin:stop]
                elif isinstance(part, Entry):
                    yield read(part.sha256, begin, stop - begin)


def archive(entries: Iterable[Entry], made_at: datetime) -> Archive:
    """The archive of these files in their order, all of them as of ``made_at``."""
    parts: list[bytes | Entry] = []
    directory: list[bytes] = []
    stamp, offset = _dos_time(made_at), 0
    for entry in entries:
        name = entry.name.encode()
        local = struct.pack(
            "<4sHHHLLLLHH", b"PK\x03\x04", _PLAIN, _UTF8, _STORED, stamp,
            entry.crc32, entry.size, entry.size, len(name), 0,
        ) + name  # fmt: skip
        parts += [local, entry]
        directory.append(_listed(entry, name, stamp, offset))
        offset += len(local) + entry.size
    tail = b"".join(directory) + _end(len(directory), sum(map(len, directory)), offset)
    return Archive([*parts, tail], offset + len(tail))


def _listed(entry: Entry, name: bytes, stamp: int, offset: int) -> bytes:
    """The central directory's line of a file."""
    far = offset >= _MOST_32
    extra = struct.pack("<HHQ", 1, 8, offset) if far else b""
    return struct.pack(
        "<4sHHHHLLLLHHHHHLL", b"PK\x01\x02", _MADE_BY, _ZIP64 if far else _PLAIN, _UTF8, _STORED, stamp,
        entry.crc32, entry.size, entry.size, len(name), len(extra), 0, 0, 0, _FILE_MODE,
        _MOST_32 if far else offset,
    ) + name + extra  # fmt: skip


def _end(count: int, size: int, offset: int) -> bytes:
    large = b""
    if count >= _MOST_16 or size >= _MOST_32 or offset >= _MOST_32:
        large = struct.pack(
            "<4sQHHLLQQQQ", b"PK\x06\x06", 44, _MADE_BY, _ZIP64, 0, 0, count, count, size, offset
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)  # fmt: skip
    few, small, near = min(count, _MOST_16), min(size, _MOST_32), min(offset, _MOST_32)
    return large + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, few, few, small, near, 0)


def _dos_time(moment: datetime) -> int:
    """MS-DOS: two seconds a step, from 1980 on; the date is the upper half."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    date = max(moment.year - 1980, 0) << 9 | moment.month << 5 | moment.day
    return date << 16 | time
