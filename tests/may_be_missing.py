"""What a machine may lack that the tests cannot bring along: the only place from which a test is left out."""

import pytest

from model.typeset.fonts import alternatives


def fonts_with(letters: str) -> tuple[str, ...]:
    """The installed fonts that have the letters, by name."""
    names = alternatives(letters)
    if not names:
        pytest.skip(f"fontconfig finds no font with {letters!r} on this machine")
    return names
