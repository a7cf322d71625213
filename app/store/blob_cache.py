"""A folder of files by name of their content, so that pixels are read from the disk, not from the database.

Several processes may share the folder: files appear whole (written aside, then renamed), any of them may vanish at any
time, and each process trims the folder when it has written a part of its size.
"""

import hashlib
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SAMPLED = 64
"""One hit in so many is hashed again."""

SPARED_S = 30.0
"""A file used so lately is not trimmed: somebody may be about to open it."""

_TRIM_TO = 0.9
_TRIM_AFTER = 0.05
_ASIDE_SUFFIX = ".part"
_ABANDONED_S = 3600.0
_MADE = "made"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class BlobCache:
    """At most about ``max_bytes`` of files under ``folder``; those used longest ago go first.

    Safe for many threads and processes. A reader that opened a file keeps it, although its name may be gone.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder, self._max_bytes = folder, max_bytes
        self._guard, self._trimming = threading.Lock(), threading.Lock()
        self._making: dict[str, tuple[threading.Lock, int]] = {}
        self._made = self._room_of_this_boot()
        self._written = max_bytes  # the first write looks at what earlier processes left

    def get(self, tenant_id: str, sha256: str, fetch: Callable[[], bytes | Path | None]) -> Path | None:
        """The file of a blob, fetched if it is not there; ``None`` when ``fetch`` knows no such blob. A file that it
        names is moved into the cache.

        Raises:
            ValueError: what was fetched has another hash.
        """
        path = self._path(f"{tenant_id}/{sha256}", "blobs")
        if self._is_there(path) and self._is_whole(path, sha256):
            return path
        with self._alone(str(path)):
            if path.exists():
                return path
            data = fetch()
            if data is None:
                return None
            if _sha256(data) != sha256:
                raise ValueError(f"The bytes fetched are not those of {sha256}.")
            self._write(path, data)
            return path

    def get_or_make(self, key: str, make: Callable[[], bytes | Path]) -> Path:
        """The file of a key that names its content exactly; made by one thread while the others wait for it. A file
        that ``make`` names is moved into the cache."""
        path = self._path(key, self._made)
        if self._is_there(path):
            return path
        with self._alone(str(path)):
            if not path.exists():
                self._write(path, make(), durable=self._made == _MADE)
            return path

    def _room_of_this_boot(self) -> str:
        """Where what is made goes. It is not synced to the disk, which costs more than most pictures, so a power cut
        may have emptied it: what was made in an earlier run of the machine is dropped. Where that cannot be told, it is
        synced."""
        try:
            boot = _BOOT_ID.read_text().strip()
        except OSError:
            return _MADE
        room = f"{_MADE}-{boot}"
        for other in self._folder.glob(f"{_MADE}*"):
            if other.name != room:
                shutil.rmtree(other, ignore_errors=True)
        return room

    def _path(self, key: str, room: str) -> Path:
        """Keys are hashed, so that nothing in one is ever taken for a folder."""
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / room / name[:2] / name

    def _is_there(self, path: Path) -> bool:
        """Also notes that it was used just now."""
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _is_whole(self, path: Path, sha256: str) -> bool:
        """Whether the file is what its name says, looked at once in a while; one that is not is removed."""
        if random.randrange(SAMPLED):
            return True
        try:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    return True
        except FileNotFoundError:
            return False
        path.unlink(missing_ok=True)
        return False

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One thread at a time for each name; names are forgotten when nobody is there any more."""
        with self._guard:
            lock, users = self._making.get(name, (threading.Lock(), 0))
            self._making[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users = self._making[name][1] - 1
                if users:
                    self._making[name] = (lock, users)
                else:
                    del self._making[name]

    def _write(self, path: Path, data: bytes | Path, durable: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_near = isinstance(data, Path) and data.stat().st_dev == path.parent.stat().st_dev
        aside = data if isinstance(data, Path) and is_near else self._aside(path, data)
        try:
            with aside.open("rb+") as file:
                size = file.seek(0, os.SEEK_END)
                if durable:  # after a power cut a name without its bytes would look like a picture
                    os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        with self._guard:
            self._written += size
            due = self._written >= self._max_bytes * _TRIM_AFTER
        if due and self._trimming.acquire(blocking=False):
            try:
                self._trim()
            finally:
                self._trimming.release()

    def _aside(self, path: Path, data: bytes | Path) -> Path:
        """A file with these bytes, to be renamed to ``path``."""
        descriptor, name = tempfile.mkstemp(suffix=_ASIDE_SUFFIX, dir=path.parent)
        aside = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            try:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    shutil.move(data, aside)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
        return aside

    def _trim(self) -> None:
        with self._guard:
            self._written = 0
        now = time.time()
        files = sorted(self._files(now))
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return
        for used_at, size, path in files:
            if total <= self._max_bytes * _TRIM_TO or used_at > now - SPARED_S:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _files(self, now: float) -> Iterator[tuple[float, int, Path]]:
        """When each was used last, its size and its path; what a killed process left unfinished is removed."""
        for path in self._folder.glob("*/*/*"):
            with suppress(FileNotFoundError):
                found = path.stat()
                if path.suffix != _ASIDE_SUFFIX:
                    yield found.st_mtime, found.st_size, path
                elif found.st_mtime < now - _ABANDONED_S:
                    path.unlink()


def _sha256(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
