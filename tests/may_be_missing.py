"""What a machine may lack that the tests cannot bring along: the only place from which a test is left out."""

import importlib
import shutil
from types import ModuleType

import pytest

from model.typeset.fonts import alternatives


def fonts_with(letters: str) -> tuple[str, ...]:
    """The installed fonts that have the letters, by name."""
    names = alternatives(letters)
    if not names:
        pytest.skip(f"fontconfig finds no font with {letters!r} on this machine")
    return names


def chromium() -> str:
    """The path of a Chromium, or of the Chrome made of it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("there is no Chromium on this machine (on Debian: apt install chromium)")


def program(package: str, *names: str) -> str:
    """The path of a program by one of its names; ``package`` is Debian's."""
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.skip(f"there is no {names[0]} on this machine (on Debian: apt install {package})")


def libvips() -> ModuleType:
    """The binding to libvips, which comes with the extra ``rivals`` only."""
    try:
        return importlib.import_module("pyvips")
    except ImportError:
        pytest.skip("there is no libvips on this machine (pip install '.[rivals]')")
