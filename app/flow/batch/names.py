"""What the file of a row is called in the archive: safe on every system, and no two alike."""

import re

_LONGEST = 100
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
"""What some file system does not take, or what shows a name as another one."""
_ENDING = re.compile(r"\.(?:png|jpe?g|webp|avif)$", re.IGNORECASE)
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
"""Windows opens these as devices, whatever follows the dot."""


class Names:
    """Gives each row of one batch its name, without an ending."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def of(self, n: int, asked: str | None) -> str:
        """The name that was asked for, as far as file systems hold it, or the row's number; another row's gets a number
        behind it. Some systems do not tell capitals from small letters, so none is relied on here."""
        plain = _plain(asked or "") or f"{n:05d}"
        name, key = plain, plain.casefold()
        while name.casefold() in self._taken:
            count = self._next.get(key, 1) + 1
            self._next[key] = count
            name = f"{plain}-{count}"
        self._taken.add(name.casefold())
        return name


def _plain(asked: str) -> str:
    name = _NOT_IN_NAMES.sub("-", _ENDING.sub("", asked.strip()))
    while len(name.encode()) > _LONGEST:
        name = name[:-1]
    name = name.strip(" .-")
    return f"_{name}" if _DEVICES.match(name) else name
