"""What a watched folder's pictures have come to, kept beside the results, so that a restart does nothing twice."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from app.cli.watch_folder import Version
from lamina.client.whole_file import whole_file

NAME = ".lamina-watch.jsonl"


class Taken(Exception):
    """Another process watches into this folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``folder`` of the results is named below the output folder; ``detail`` says what was wrong, where it failed."""

    name: str
    size: int
    mtime_ns: int
    folder: str
    decomposition_id: str | None = None
    detail: str | None = None

    @property
    def version(self) -> Version:
        return Version(self.name, self.size, self.mtime_ns)


class Journal:
    """The last entry of each name counts. A line is on the disk before the next picture is begun; one that was cut off
    by a crash is not heeded."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries = {entry.name: entry for entry in _read(path)}
        self._folders = {entry.name: entry.folder for entry in self._entries.values()}
        with whole_file(path) as file:
            file.writelines(_line(entry) for entry in self._entries.values())
        self._file = path.open("ab")

    @classmethod
    @contextmanager
    def opened(cls, out: Path) -> Iterator[Self]:
        """For one process at a time; raises ``Taken``."""
        with (out / f"{NAME}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Taken(f"Another process watches into {out}.") from None
            journal = cls(out / NAME)
            try:
                yield journal
            finally:
                journal._file.close()

    def entry(self, version: Version) -> Entry | None:
        """What became of this very version, if it was looked after."""
        found = self._entries.get(version.name)
        return found if found is not None and found.version == version else None

    def folder_of(self, name: str) -> str:
        """Below the output folder: the picture's name without its suffix, or with it where another picture has that;
        its own from now on."""
        stem = Path(name).stem
        return self._folders.setdefault(name, name if stem in self._folders.values() else stem)

    def add(self, entry: Entry) -> None:
        self._entries[entry.name] = entry
        self._file.write(_line(entry))
        self._file.flush()
        os.fsync(self._file.fileno())


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry)).encode() + b"\n"  # ASCII holds names that are no UTF-8, too


def _read(path: Path) -> Iterator[Entry]:
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in lines:
        try:
            given: Any = json.loads(line)
            yield Entry(**given)
        except (ValueError, TypeError):
            continue
