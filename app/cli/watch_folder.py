"""A folder into which pictures come, looked at again and again: which of them are there whole."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".avif", ".gif")


@dataclass(frozen=True, slots=True)
class Version:
    """A file as it was at a look; another size or time of writing is another picture under the name."""

    name: str
    size: int
    mtime_ns: int


class WatchedFolder:
    """Needs no notifications, which folders of other machines do not have: two looks that see the same are enough.

    Args:
        settle_s: for how long a file must stay as it is before it counts as whole.
    """

    def __init__(self, folder: Path, suffixes: Collection[str], settle_s: float) -> None:
        self.path = folder
        self._suffixes = {suffix.lower() for suffix in suffixes}
        self._settle_s = settle_s
        self._since: dict[Version, float] = {}

    def look(self, now_s: float) -> tuple[list[Version], bool]:
        """The pictures that are whole, by name; and whether others may still be being written. An empty file is not a
        picture yet.

        Args:
            now_s: on a clock that never goes back.
        """
        seen = {version: self._since.get(version, now_s) for version in self._versions()}
        settled = [version for version, since in seen.items() if since <= now_s - self._settle_s]
        self._since = seen
        return sorted(settled, key=lambda version: version.name), len(settled) < len(seen)

    def _versions(self) -> list[Version]:
        found = []
        for path in self.path.iterdir():
            if path.name.startswith(".") or path.suffix.lower() not in self._suffixes:
                continue
            try:
                stat = path.stat()
            except FileNotFoundError:  # moved away between the list and the look
                continue
            if path.is_file() and stat.st_size:
                found.append(Version(path.name, stat.st_size, stat.st_mtime_ns))
        return found
