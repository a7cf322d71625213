"""A folder of files by name of their content, so that pixels are read from the disk, not from the database.

Several processes may share the folder: files appear whole (written aside, then renamed), any of them may vanish at any
time, and each process trims the folder when it has written a part of its size.
"""

import hashlib
import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SAMPLED = 64
"""One hit in so many is hashed again."""

_TRIM_TO = 0.9
_TRIM_AFTER = 0.05
_ASIDE_SUFFIX = ".part"


class BlobCache:
    """At most about ``max_bytes`` of files under ``folder``; those used longest ago go first.

    Safe for many threads and processes. A reader that opened a file keeps it, although its name may be gone.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder, self._max_bytes = folder, max_bytes
        self._guard = threading.Lock()
        self._making: dict[str, tuple[threading.Lock, int]] = {}
        self._written = max_bytes  # the first write looks at what earlier processes left

    def get(self, tenant_id: str, sha256: str, fetch: Callable[[], bytes | None]) -> Path | None:
        """The file of a blob, fetched if it is not there; ``None`` when ``fetch`` knows no such blob.

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
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ValueError(f"The bytes fetched are not those of {sha256}.")
            self._write(path, data)
            return path

    def get_or_make(self, key: str, make: Callable[[], bytes]) -> Path:
        """The file of a key that names its content exactly; made by one thread while the others wait for it."""
        path = self._path(key, "made")
        if self._is_there(path):
            return path
        with self._alone(str(path)):
            if not path.exists():
                self._write(path, make())
            return path
