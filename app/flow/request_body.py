"""A request's JSON on its way to a pixel process, unread: text if it is short, a file if pictures make it long."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

IN_MEMORY = 64 * 1024
"""Bytes above which a body goes to a file."""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """``sha256`` of its bytes; ``said`` is what a pixel process is told: ``text``, or the ``path`` of a file."""

    sha256: str
    said: Mapping[str, str]

    @classmethod
    def of(cls, data: bytes, spool: Path) -> "RequestBody":
        """Of a short one; only one that is no Unicode needs ``spool``, a file that may be written."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            return cls(sha256, {"text": data.decode()})
        except UnicodeDecodeError:  # to be refused where JSON is read
            spool.write_bytes(data)
            return cls(sha256, {"path": str(spool)})

    @classmethod
    def in_file(cls, path: Path) -> "RequestBody":
        with path.open("rb") as file:
            return cls(hashlib.file_digest(file, "sha256").hexdigest(), {"path": str(path)})


def bytes_of(said: Mapping[str, str]) -> bytes:
    """The body, in the process that was told of it."""
    return said["text"].encode() if "text" in said else Path(said["path"]).read_bytes()
