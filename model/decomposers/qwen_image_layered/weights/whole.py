"""Whether a file of weights is whole, by the few bytes that say how long it must be."""

import json
from pathlib import Path

_LENGTH_BYTES = 8
_MOST_HEADER_BYTES = 100_000_000
"""The format's own limit."""


def files_cut_off(folder: Path) -> list[str]:
    """The folder's safetensors files that are not as long as they say, or do not say it, each with its length.

    A file begins with the length of its header, 8 bytes, little-endian; the header is a JSON object that gives each
    tensor's place behind it, ``data_offsets`` (https://github.com/huggingface/safetensors, "Format"). No more is read.
    """
    found = []
    for file in sorted(folder.glob("*.safetensors")):
        size, wanted = file.stat().st_size, _wanted_bytes(file)
        if size != wanted:
            of = "" if wanted is None else f" of {wanted}"
            found.append(f"{file.resolve()} ({size}{of} bytes)")  # in the hub's cache it is a link to be followed
    return found


def _wanted_bytes(file: Path) -> int | None:
    with file.open("rb") as opened:
        header_bytes = int.from_bytes(opened.read(_LENGTH_BYTES), "little")
        if header_bytes > _MOST_HEADER_BYTES:
            return None
        header = opened.read(header_bytes)
    try:
        ends = [tensor["data_offsets"][1] for name, tensor in json.loads(header).items() if name != "__metadata__"]
        return _LENGTH_BYTES + header_bytes + max(ends, default=0)
    except (ValueError, AttributeError, KeyError, IndexError, TypeError):
        return None
