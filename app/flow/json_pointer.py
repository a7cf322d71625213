"""Pointers to places within JSON (RFC 6901)."""


def escaped(key: str) -> str:
    """A key as a part of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")
