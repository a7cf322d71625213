"""Which texts from strangers can be kept."""


def is_storable(text: str) -> bool:
    """Whether it can be kept and given back: Unicode, and no NUL, which Postgres takes nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
