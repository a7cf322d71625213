"""Where a server's socket goes, as the path of one must be short."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded.server import OURS, Account, CannotStart

SOCKET_PATH_BYTES = 100
"""What every system allows for the path of a socket: 104 on macOS and 108 on Linux, with a zero at the end."""


@contextmanager
def socket_folder(data: Path, name: str, account: Account = OURS) -> Iterator[Path]:
    """Where the socket ``name`` goes: beside the data, or in a short folder of its own where that path will not do.

    Raises:
        CannotStart: no short folder can be made either.
    """
    if _can_be_socket(data / name):
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="lamina-") as short:
        if not _can_be_socket(Path(short) / name):
            raise CannotStart(f"A socket in {short} would have too long a path, or a comma in it; set TMPDIR.")
        os.chown(short, *account)
        yield Path(short)


def _can_be_socket(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES and "," not in str(path)  # libpq splits hosts at commas
