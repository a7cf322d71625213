"""Pixel tasks that go wrong in every way a decoder can; run inside the pool's processes by ``test_pixels.py``."""

import os
import threading
from pathlib import Path

from model.errors import ImageRejected, InvalidEdit


def pid() -> int:
    return os.getpid()


def environment() -> list[str]:
    return sorted(os.environ)


def die() -> None:
    os.kill(os.getpid(), 11)


def die_once(marker: str) -> str:
    if not Path(marker).exists():
        Path(marker).write_text("died")
        os.kill(os.getpid(), 9)
    return "second time lucky"


def hang() -> None:
    threading.Event().wait()


def hog() -> int:
    return len(bytearray(8 * 2**30))


def refuse() -> None:
    raise ImageRejected("It is a poem.")


def point() -> None:
    raise InvalidEdit("No such colour.", "/operations/2/color")


def blunder() -> None:
    raise ZeroDivisionError("a defect")


def read(path: str) -> str:
    return Path(path).read_text()
